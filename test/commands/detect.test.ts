import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { DIMENSION, madeStream } from '../analytics/detection/madeStream.js';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';

const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-detect-'));
afterAll(() => {
  endAllHotlens();
  rmSync(folder, { recursive: true });
});

async function detect(...args: string[]) {
  const { ended, stdout, stderr } = runHotlens(['detect', ...args]);
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}

const words = ['smoke', 'flames', 'firefighters', 'burning', 'evacuate', 'sirens', 'roof'];
const posts = madeStream({ days: 2, planted: [{ name: 'fire', from: 30, to: 34, posts: 70, words }] });
const rows = posts.map(({ id, at, author, picture, text, caption }) =>
  JSON.stringify({ id, createdAt: new Date(at).toISOString(), author, text, caption, imageKey: picture }),
);
const file = path.join(folder, 'posts.ndjson');
writeFileSync(file, `${rows.join('\n')}\n`);

/** A float32 matrix as NumPy writes it. */
function npy(matrix: readonly Float32Array[]): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${matrix.length}, ${DIMENSION}), }`.padEnd(117);
  const start = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}\n`, 'latin1');
  return Buffer.concat([start, ...matrix.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength))]);
}
const embeddings = path.join(folder, 'posts.npy');
writeFileSync(embeddings, npy(posts.map(({ vector }) => vector!)));

type Row = Record<string, unknown> & { type: string; at: string };
const read = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

describe('hotlens detect', () => {
  it('replays a stream, and prints what was found when', async () => {
    const { status, stdout, stderr } = await detect(file, '--embeddings', embeddings, '--json');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const found = read(stdout);
    expect(new Set(found.map(({ type }) => type))).toEqual(new Set(['assign', 'hotspot', 'rank']));
    const [emerged] = found.filter(({ type }) => type === 'hotspot');
    expect(emerged).toMatchObject({ event: 'emerged', hotspot: 'h1' });
    expect(emerged!.at).toMatch(/^2026-03-03T0[67]:(00|15|30|45):00\.000Z$/);
    const ranks = found.filter(({ type }) => type === 'rank').map(({ at }) => Date.parse(at));
    expect(ranks.slice(1).every((at, i) => at - ranks[i]! === 15 * 60_000)).toBe(true);
    expect((await detect(file, '--embeddings', embeddings)).stdout).toBe(stdout);
  });

  it('looks as often, and as far back, as it is told', async () => {
    const { stdout } = await detect(file, '--embeddings', embeddings, '--step', '1h', '--window', '12h');
    const ranks = read(stdout).filter(({ type }) => type === 'rank');
    expect(ranks.length).toBeGreaterThan(45);
    expect(ranks.every(({ at }) => at.endsWith(':00:00.000Z'))).toBe(true);
  });

  it('compares by their words what the embedder has no words for, and says so', async () => {
    const { status, stdout, stderr } = await detect(file);
    expect(stderr).toMatch(
      /blip2-scenes-embedder does not know the words of \d+ of 670 posts: all are compared by their words\n$/,
    );
    expect(status).toBe(0);
    expect(read(stdout).some(({ type }) => type === 'hotspot')).toBe(true);
  });

  it('tells which rows it can’t use, and goes on with the others', async () => {
    const bad = path.join(folder, 'bad.ndjson');
    const lines = [rows[0], 'no JSON', '{"id":"x"}', rows[0], '{"id":"y","createdAt":"2026-03-02","text":5}', rows[1]];
    writeFileSync(bad, `${lines.join('\n')}\n`);
    const { status, stdout, stderr } = await detect(bad);
    expect(stderr.split('\n').filter((line) => line.startsWith(bad))).toEqual([
      expect.stringMatching(/bad\.ndjson:2: /),
      expect.stringMatching(/bad\.ndjson:3: createdAt: expected a date and time/),
      expect.stringMatching(/bad\.ndjson:4: id "p\d+" is there already/),
      expect.stringMatching(/bad\.ndjson:5: text: expected a string/),
    ]);
    expect(status).toBe(1);
    expect(read(stdout).every(({ type }) => type === 'rank')).toBe(true);
  });

  it.each([
    [['none.ndjson'], 1, /none\.ndjson cannot be read: no such file/],
    [[file, '--step', 'soon'], 2, /--step/],
    [[file, '--embeddings', 'none.npy'], 1, /none\.npy: no such file/],
    [[file, '--embed', 'picture'], 2, /caption\+text/],
  ])('refuses %j', async (args, expected, reason) => {
    const { status, stdout, stderr } = await detect(...args);
    expect(stderr).toMatch(reason);
    expect(stdout).toBe('');
    expect(status).toBe(expected);
  });

  it('refuses a matrix of another number of rows', async () => {
    const short = path.join(folder, 'short.npy');
    writeFileSync(short, npy(posts.slice(1).map(({ vector }) => vector!)));
    const { status, stderr } = await detect(file, '--embeddings', short);
    expect(stderr).toMatch(/short\.npy: 669 vectors for 670 posts; expected one a post/);
    expect(status).toBe(1);
  });
});
