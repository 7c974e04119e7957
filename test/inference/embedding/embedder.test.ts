// Vectors against sentence-transformers 6.2.0 and transformers 5.18.0 (test/fixtures/README.md).
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { relativeBucket } from '../../../src/inference/embedding/bertEncoder.js';
import { type Embedder, openEmbedder } from '../../../src/inference/embedding/embedder.js';
import { openNpyWriter } from '../../../src/npy.js';
import { maxDifference, readTensors } from '../../support/closeness.js';

const opened: Embedder[] = [];
async function open(directory: string): Promise<Embedder> {
  const embedder = await openEmbedder(directory, { device: 'cpu', threads: 1 });
  opened.push(embedder);
  return embedder;
}
afterAll(() => Promise.all(opened.map((embedder) => embedder.dispose())));

const SENTENCE = [
  'sentence-tiny',
  ...['sentence-bert-cls', 'sentence-distilbert-dense', 'sentence-mpnet', 'sentence-roberta-max'].map(
    (name) => `checkpoints/${name}`,
  ),
].map((name) => `test/fixtures/${name}`);

describe.each(SENTENCE)('%s', (directory) => {
  const { texts, embeddings } = JSON.parse(readFileSync(path.join(directory, 'expected.json'), 'utf8')) as {
    texts: string[];
    embeddings: number[][];
  };

  it('has the vectors of sentence-transformers to 1e-4, from the text on, in a batch and alone', async () => {
    const embedder = await open(directory);
    const together = await embedder.embedTexts(texts);
    expect(embedder.info).toMatchObject({ dimension: embeddings[0]!.length, images: false });
    for (const [i, { vector, modelDigest }] of together.entries()) {
      expect(maxDifference(vector, embeddings[i]!)).toBeLessThan(1e-4);
      expect(modelDigest).toBe(embedder.info.digest);
      const [alone] = await embedder.embedTexts([texts[i]!]);
      expect(maxDifference(alone!.vector, vector)).toBeLessThan(1e-5);
    }
  });
});

describe.each(['test/fixtures/blip2-itm-tiny', 'test/fixtures/checkpoints/retrieval-float16'])('%s', (directory) => {
  it('puts texts and pictures into one space: vectors of transformers to 1e-4', async () => {
    const embedder = await open(directory);
    const expected = await readTensors(path.join(directory, 'expected.safetensors'));
    const { texts } = JSON.parse(readFileSync(path.join(directory, 'expected.json'), 'utf8')) as { texts: string[] };
    const vectors = await embedder.embedTexts(texts);
    expect(
      maxDifference(
        vectors.flatMap(({ vector }) => [...vector]),
        expected.text_embeds!.data,
      ),
    ).toBeLessThan(1e-4);

    // blip2-itm-tiny came with prepared pixels, not with pictures: there test/inference/blip2/retrieval.test.ts checks its picture side.
    if (directory.endsWith('blip2-itm-tiny')) return;
    const { shape, data } = expected.image_embeds!;
    const [pictures, queries, width] = shape as [number, number, number];
    for (let p = 0; p < pictures; p += 1) {
      const { vector } = await embedder.embedImage({ path: `test/fixtures/blip2-opt-tiny/image${p}.png` });
      // The picture's vector is the normalised mean of its queries' vectors.
      const mean = Array.from({ length: width }, (_, k) => {
        let sum = 0;
        for (let n = 0; n < queries; n += 1) sum += data[(p * queries + n) * width + k]!;
        return sum / queries;
      });
      const length = Math.hypot(...mean);
      expect(
        maxDifference(
          vector,
          mean.map((value) => value / length),
        ),
      ).toBeLessThan(1e-4);
    }
  });
});

describe('openEmbedder', () => {
  it('refuses directories that hold no embedder, naming what they are', async () => {
    await expect(open('test/fixtures/blip2-opt-tiny')).rejects.toThrow(
      /Blip2ForConditionalGeneration captions; an embedder is/,
    );
    const copy = await mkdtemp(path.join(tmpdir(), 'hotlens-embedder-'));
    await cp('test/fixtures/sentence-tiny', copy, { recursive: true });
    await writeFile(path.join(copy, 'config.json'), '{"model_type": "deberta-v2", "vocab_size": 3}');
    await expect(open(copy)).rejects.toThrow(/unsupported encoder 'deberta-v2'/);
    await writeFile(path.join(copy, 'config.json'), '{"model_type": ');
    await expect(open(copy)).rejects.toThrow(/config.json is not JSON/);
    await rm(copy, { recursive: true });
  });
});

describe('relativeBucket', () => {
  // transformers 5.18, MPNetEncoder.relative_position_bucket(torch.tensor([...]), num_buckets=32, max_distance=128)
  it('is that of MPNet', () => {
    const distances = [-500, -127, -64, -20, -8, -7, -1, 0, 1, 7, 8, 11, 12, 20, 64, 127, 500];
    const expected = [15, 15, 14, 10, 8, 7, 1, 0, 17, 23, 24, 24, 25, 26, 30, 31, 31];
    expect(distances.map((distance) => relativeBucket(distance, 32))).toEqual(expected);
  });
});

describe('openNpyWriter', () => {
  it('writes a NumPy file: a header of a multiple of 64 bytes, then the rows', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-npy-'));
    const file = path.join(folder, 'x.npy');
    const writer = await openNpyWriter(file, 2);
    await writer.write(Float32Array.of(1, 2));
    await expect(writer.write(Float32Array.of(1))).rejects.toThrow(/expected rows of 2 numbers, got 1/);
    await writer.write(Float32Array.of(3, 4));
    await writer.close();
    const bytes = readFileSync(file);
    await rm(folder, { recursive: true });
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
    const data = 10 + bytes.readUInt16LE(8);
    expect(data % 64).toBe(0);
    expect(bytes.subarray(10, data).toString('latin1').trimEnd()).toBe(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }",
    );
    expect([0, 1, 2, 3].map((i) => bytes.readFloatLE(data + 4 * i))).toEqual([1, 2, 3, 4]);
    expect(bytes).toHaveLength(data + 16);
  });
});

it('says how much of a text it can read', async () => {
  const embedder = await open('models/blip2-scenes-embedder');
  expect(embedder.knows('a man with an umbrella in a flooded street')).toBe(1);
  expect(embedder.knows('quantum chromodynamics')).toBe(0);
  expect(embedder.knows('a street 日本')).toBeCloseTo(2 / 3);
  expect(embedder.knows('... !')).toBe(1);
});
