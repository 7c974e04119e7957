import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';

const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-opinion-'));
afterAll(() => {
  endAllHotlens();
  rmSync(folder, { recursive: true });
});

async function opinion(...args: string[]) {
  const { ended, stdout, stderr } = runHotlens(['opinion', ...args]);
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}

const file = path.join(folder, 'posts.ndjson');
const texts = [
  'I love this!',
  'the flood is terrible',
  'the train leaves at nine',
  'wat een prachtig weer vandaag',
  '',
];
writeFileSync(file, texts.map((text, id) => JSON.stringify({ id: String(id), text })).join('\n'));

describe('hotlens opinion', () => {
  it('prints a score and a class a row', async () => {
    const { status, stdout, stderr } = await opinion(file, '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; score: number | null; class: string });
    expect(rows.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4']);
    expect(rows.map((row) => row.class)).toEqual(['positive', 'negative', 'neutral', 'unknown', 'unknown']);
    expect(rows[0]!.score).toBeGreaterThan(0.3);
    expect(rows[1]!.score).toBeLessThan(-0.3);
    expect(rows.slice(2).map(({ score }) => score)).toEqual([0, null, null]);
    expect((await opinion(file)).stdout).toMatch(
      /^0\t0\.\d{3}\tpositive\n1\t-0\.\d{3}\tnegative\n2\t0\.000\tneutral\n3\t-\tunknown\n/,
    );
  });

  it('asks a classifier where one is given', async () => {
    const { status, stdout } = await opinion(file, '--json', '--model', 'test/fixtures/checkpoints/classifier-bert');
    expect(status).toBe(0);
    const classes = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { class: string }).class);
    expect(classes).toHaveLength(5);
    expect(classes[4]).toBe('unknown');
    expect(classes.slice(0, 4)).not.toContain('unknown');
  });

  it('tells which rows it can’t use, and goes on with the others', async () => {
    const bad = path.join(folder, 'bad.ndjson');
    writeFileSync(bad, '{"id":"a","text":"nice"}\nnonsense\n{"text":"x"}\n{"id":1,"text":2}\n{"id":2}\n');
    const { status, stdout, stderr } = await opinion(bad, '--json');
    expect(status).toBe(1);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/bad\.ndjson:2: /),
      expect.stringMatching(/bad\.ndjson:3: has no id/),
      expect.stringMatching(/bad\.ndjson:4: text: expected a string/),
    ]);
  });

  it.each([
    [['none.ndjson'], 1, /none\.ndjson cannot be read: no such file/],
    [
      [file, '--model', 'test/fixtures/checkpoints/sentence-bert-cls'],
      1,
      /expected a model for sequence classification/,
    ],
    [[], 2, /posts/],
  ])('refuses %j', async (args, expected, reason) => {
    const { status, stderr } = await opinion(...args);
    expect(stderr).toMatch(reason);
    expect(status).toBe(expected);
  });
});
