import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { maxDifference, readTensors } from '../support/closeness.js';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-embed-'));
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true });
});

describe('hotlens embed', () => {
  it('embeds what it can in order, says which lines it cannot, and answers 1', async () => {
    const file = path.join(folder, 'rows.ndjson');
    const out = path.join(folder, 'rows.npy');
    await writeFile(file, '{"id":1,"text":"a dog"}\n{"id":2}\nnonsense\n\n{"id":"4","caption":"a cat"}\n');
    const { ended, stdout, stderr } = runHotlens(['embed', file, '--json', '--out', out]);
    expect(await ended).toBe(1);
    expect(stderr()).toBe(`${file}:2: has no text, caption or image\n${file}:3: is not JSON\n`);
    const rows = stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: unknown; embedding: number[] });
    expect(rows.map(({ id }) => id)).toEqual([1, '4']);
    const npy = await readFile(out);
    // NPY 1.0: magic, version, then the header's length at byte 8; float32 rows follow.
    const data = npy.subarray(10 + npy.readUInt16LE(8));
    const floats = Array.from({ length: data.length / 4 }, (_, i) => data.readFloatLE(4 * i));
    expect(floats).toEqual(rows.flatMap(({ embedding }) => embedding));
  });

  it('embeds pictures where the model has a side for them, and refuses those it cannot read by their lines', async () => {
    const rows = path.join(folder, 'pictures.ndjson');
    const picture = path.resolve('test/fixtures/blip2-opt-tiny/image0.png');
    const lines = [
      { id: 'a', image: picture },
      { id: 'b', text: 'two people' },
      { id: 'c', image: 'none.png' },
      { id: 'd', image: path.relative(folder, picture) },
    ];
    await writeFile(rows, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { ended, stdout, stderr } = runHotlens([
      'embed',
      rows,
      '--json',
      '--model',
      'test/fixtures/checkpoints/retrieval-float16',
    ]);
    expect(await ended).toBe(1);
    expect(stderr()).toMatch(new RegExp(`^${rows}:3: [^\n]+\n$`));
    const found = stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; embedding: number[] });
    expect(found.map(({ id }) => id)).toEqual(['a', 'b', 'd']);
    // Of image0 as in test/fixtures/checkpoints/retrieval-float16/expected.safetensors: the mean of its queries' vectors.
    const { image_embeds: each } = await readTensors(
      'test/fixtures/checkpoints/retrieval-float16/expected.safetensors',
    );
    const [, queries, width] = each!.shape as [number, number, number];
    const sum = Array.from({ length: width }, (_, k) =>
      Array.from({ length: queries }, (__, n) => each!.data[n * width + k]!).reduce((a, b) => a + b, 0),
    );
    expect(
      maxDifference(
        found[0]!.embedding,
        sum.map((value) => value / Math.hypot(...sum)),
      ),
    ).toBeLessThan(1e-4);
    expect(found[2]!.embedding).toEqual(found[0]!.embedding);
  });

  it('says before it begins that a file cannot be read or written', async () => {
    const missing = path.join(folder, 'none', 'x.ndjson');
    const readable = path.join(folder, 'readable.ndjson');
    await writeFile(readable, '{"id":1,"text":"a dog"}\n');
    for (const [args, message] of [
      [[missing, '--json'], `${missing} cannot be read: no such file`],
      [[folder, '--json'], `${folder} cannot be read: a folder, not a file`],
      [[readable, '--out', missing], `${missing} cannot be written: its folder is missing or not writable`],
    ] as const) {
      const { ended, stdout, stderr } = runHotlens(['embed', ...args]);
      expect(await ended).toBe(1);
      expect(stderr()).toBe(`hotlens: ${message}\n`);
      expect(stdout()).toBe('');
    }
  });

  it('ends with 2 when nobody wants the vectors', async () => {
    expect(await runHotlens(['embed', 'rows.ndjson']).ended).toBe(2);
  });
});
