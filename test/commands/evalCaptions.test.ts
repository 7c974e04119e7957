import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expected, FIXTURE } from '../evaluation/captionFixture.js';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';

const given = ['--references', `${FIXTURE}/references.json`];
const fixture = [...given, '--results', `${FIXTURE}/results.json`];
const METRICS = ['BLEU-1', 'BLEU-2', 'BLEU-3', 'BLEU-4', 'ROUGE-L', 'CIDEr', 'METEOR (exact, stem)'];

interface Output {
  readonly corpus: Record<string, number>;
  readonly images: Record<string, Record<string, number>>;
  readonly intervals?: Record<string, { low: number; high: number }>;
  readonly against?: Output & { differences?: Record<string, { difference: number; p: number }> };
}

let folder: string;
let captions: { image_id: number; caption: string }[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-eval-'));
  captions = JSON.parse(await readFile(`${FIXTURE}/results.json`, 'utf8'));
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true });
});

async function write(name: string, value: unknown): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, JSON.stringify(value));
  return file;
}

describe('hotlens eval captions', () => {
  it('prints one object with the metrics of the corpus and of every image', async () => {
    const { ended, stdout, stderr } = runHotlens(['eval', 'captions', ...fixture, '--json']);
    expect(await ended).toBe(0);
    expect(stderr()).toBe('');
    const { corpus, images, intervals } = JSON.parse(stdout()) as Output;
    expect(Object.keys(corpus)).toEqual(METRICS);
    expect(Object.keys(images)).toEqual(Object.keys(expected.images));
    for (const metric of METRICS) {
      expect(corpus[metric]).toBeCloseTo(expected.corpus[metric]!, 10);
      expect(intervals![metric]!.low).toBeLessThan(corpus[metric]!);
      for (const [image, scores] of Object.entries(images)) {
        expect(scores[metric]).toBeCloseTo(expected.images[image]![metric]!, 10);
      }
    }
  });

  it('prints a table, with the difference to other results where asked', async () => {
    const worse = await write(
      'worse.json',
      captions.map(({ image_id }, i) => ({ image_id, caption: captions[(i + 7) % 60]!.caption })),
    );
    const args = ['eval', 'captions', ...fixture, '--against', worse, '--resamples', '200'];
    const table = runHotlens(args);
    expect(await table.ended).toBe(0);
    const lines = table.stdout().trimEnd().split('\n');
    expect(lines[0]).toMatch(/^60 images +score +95 % interval +against +difference +95 % interval +p$/);
    expect(lines.slice(1).map((line) => line.split(/ {2,}/)[0])).toEqual(METRICS);
    expect(lines[1]).toMatch(/^BLEU-1 +0\.6110 +0\.\d{4} to 0\.\d{4} +0\.\d{4} +\+0\.\d{4} /);
    const json = runHotlens([...args, '--json']);
    expect(await json.ended).toBe(0);
    const { corpus, against } = JSON.parse(json.stdout()) as Output;
    for (const metric of METRICS) {
      expect(against!.differences![metric]!.difference).toBeCloseTo(corpus[metric]! - against!.corpus[metric]!, 12);
      expect(against!.differences![metric]!.p).toBeLessThan(0.05);
    }
  });

  it("leaves out intervals on demand, and uses METEOR's data", async () => {
    const args = ['--meteor-data', `${FIXTURE}/meteor`, '--resamples', '0'];
    const { ended, stdout } = runHotlens(['eval', 'captions', ...fixture, ...args]);
    expect(await ended).toBe(0);
    expect(stdout()).toMatch(/^60 images +score\n/);
    expect(stdout()).toMatch(/\nMETEOR +0\.\d{4}\n$/);
  });

  it('warns of images without a caption, and scores the others', async () => {
    const some = await write('some.json', captions.slice(5));
    const { ended, stdout, stderr } = runHotlens([
      'eval',
      'captions',
      ...given,
      '--results',
      some,
      '--json',
      '--resamples',
      '0',
    ]);
    expect(await ended).toBe(0);
    expect(stderr()).toBe(
      `hotlens: ${some}: 5 of 60 images with references have no caption and are left out: 1000, 1007, 1014, ...\n`,
    );
    expect(Object.keys((JSON.parse(stdout()) as Output).images)).toHaveLength(55);
  });

  it('ends with 1 and one plain line where the files do not fit', async () => {
    const stranger = await write('stranger.json', [...captions, { image_id: 5, caption: 'x' }]);
    const twice = await write('twice.json', [...captions, captions[0]]);
    const other = await write('other.json', [captions[0]]);
    const another = await write('another.json', [captions[1]]);
    for (const [args, message] of [
      [
        [...given, '--results', stranger],
        `${stranger}, entry 60: image 5 has no references in ${FIXTURE}/references.json`,
      ],
      [[...given, '--results', twice], `${twice}, entry 60: a second caption of image 1000 (the first is entry 0)`],
      [
        [...given, '--results', `${FIXTURE}/references.json`],
        `${FIXTURE}/references.json: expected the file to be a list`,
      ],
      [[...given, '--results', other, '--against', another], `no image has a caption in both ${other} and ${another}`],
      [[...fixture, '--meteor-data', '/nowhere'], '/nowhere cannot be read: no such file'],
    ] as const) {
      const { ended, stdout, stderr } = runHotlens(['eval', 'captions', ...args]);
      expect(await ended).toBe(1);
      expect(stderr().split('\n').at(-2)).toContain(`hotlens: ${message}`);
      expect(stdout()).toBe('');
    }
  });

  it('ends with 2 when it is used wrongly', async () => {
    expect(await runHotlens(['eval', 'captions', '--references', 'x']).ended).toBe(2);
    expect(await runHotlens(['eval', 'captions', ...fixture, '--resamples', 'many']).ended).toBe(2);
  });
});
