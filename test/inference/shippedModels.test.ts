// The models that ship, on drawn scenes that nothing was trained on or chosen by (training has seed 0, its held-out scenes seed 1).
// Their figures on many scenes stand in their model cards; these tests hold them to somewhat less, on few.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { dotProducts, recallAt, stacked, transposed } from '../../src/evaluation/retrieval.js';
import { type Captioner, openCaptioner } from '../../src/inference/captioner.js';
import { type Embedder, openEmbedder } from '../../src/inference/embedding/embedder.js';
import { captionPictures } from '../../src/training/captionPictures.js';
import { type CaptionData, sceneData } from '../../src/training/data/captionData.js';
import type { Split } from '../../src/training/scenes/facts.js';
import { scoreData } from '../../src/training/scoreData.js';
import { testSprites } from '../support/sceneSprites.js';

const COUNT = 60;
const { modelDir, embedderDir } = readConfig({}).inference;
const runtime = { device: 'cpu', threads: 1 } as const;
let scenes: (split: Split) => CaptionData;
beforeAll(async () => {
  const sprites = await testSprites();
  scenes = (split) => sceneData(sprites, { seed: 77, split, domain: 'all', count: COUNT, size: 96 });
});

it('take less than 20 MB together', () => {
  const size = (folder: string): number =>
    readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
      const file = path.join(folder, entry.name);
      return sum + (entry.isDirectory() ? size(file) : statSync(file).size);
    }, 0);
  expect(size(path.resolve('models'))).toBeLessThan(20e6);
});

describe('the captioner', () => {
  const open = (ecma: boolean) => openCaptioner(modelDir, { ...runtime, ecma });
  async function factsRight(captioner: Captioner, split: Split): Promise<number> {
    const data = scenes(split);
    const { captions } = await captionPictures(captioner, data, { batchSize: 16, decoding: {} });
    return scoreData(data, [...captions.keys()], [captions], { resamples: 0 }).sets[0]!.corpus['all facts']!;
  }

  it.each([true, false])('says every fact of most scenes right, with its adapter or without (%s)', async (ecma) => {
    const captioner = await open(ecma);
    expect(captioner.info.adapterDigest === '').toBe(!ecma);
    expect(await factsRight(captioner, 'iid')).toBeGreaterThan(0.7);
    expect(await factsRight(captioner, 'compositional')).toBeGreaterThan(0.5);
    await captioner.dispose();
  });
});

describe('the embedder', () => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await openEmbedder(embedderDir, runtime);
  });
  afterAll(() => embedder.dispose());

  it('finds captions by pictures and pictures by captions', async () => {
    const data = scenes('iid');
    const width = embedder.info.dimension;
    const texts = await embedder.embedTexts(Array.from({ length: COUNT }, (_, i) => data.references(i)[0]!));
    const pictures = [];
    for (let i = 0; i < COUNT; i += 1) pictures.push(await embedder.embedImage(await data.image(i)));
    const [seen, said] = [pictures, texts].map((all) => stacked(all.map(({ vector }) => vector))) as [
      Float32Array,
      Float32Array,
    ];
    const similarities = dotProducts(seen, said, width);
    const own = (a: number, b: number) => a === b;
    expect(recallAt(similarities, own, [1])[0]).toBeGreaterThan(75);
    expect(recallAt(transposed(similarities), own, [1])[0]).toBeGreaterThan(75);
  });

  it('takes captions of one event for more alike than those of others, in other words though they be', async () => {
    const [fire, blaze, cat] = (
      await embedder.embedTexts([
        'a house on fire on a street at night',
        'a house in flames in the dark',
        'a girl holding a balloon next to a cat in a park',
      ])
    ).map(({ vector }) => vector);
    const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    expect(cosine(fire!, blaze!)).toBeGreaterThan(cosine(fire!, cat!));
    expect(cosine(fire!, blaze!)).toBeGreaterThan(cosine(blaze!, cat!));
  });
});
