import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { openCaptioner } from '../../src/inference/captioner.js';
import type { CaptionResult, DecodingOptions } from '../../src/inference/inference.js';
import { createEvaluator } from '../../src/training/captionEvaluator.js';
import { type CaptionData, sceneData } from '../../src/training/data/captionData.js';
import { cacheFeatures, type Features } from '../../src/training/data/features.js';
import {
  openTrainingModel,
  readMatching,
  type TrainingModel,
  writeChanged,
} from '../../src/training/modelDirectory.js';
import { createStore, tensorsOf } from '../../src/training/parameterStore.js';
import { drawScene } from '../../src/training/scenes/drawScene.js';
import { sceneOf } from '../../src/training/scenes/scene.js';
import { QFORMER_SIDE } from '../../src/training/stages/captioning.js';
import { normals } from '../support/random.js';
import { testSprites } from '../support/sceneSprites.js';

const COUNT = 5;
const SCENES = { seed: 6, split: 'iid', domain: 'all' } as const;

let folder: string;
let model: TrainingModel;
let features: Features;
let pictures: string[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-evaluator-'));
  model = await openTrainingModel('test/fixtures/blip2-opt-tiny');
  const sprites = await testSprites();
  const data: CaptionData = sceneData(sprites, { ...SCENES, count: COUNT, size: 56 });
  features = await cacheFeatures(model, data, path.join(folder, 'features'), { threads: 1 });
  pictures = await Promise.all(
    Array.from({ length: COUNT }, async (_, index) => {
      const file = path.join(folder, `${index}.png`);
      const { pixels } = drawScene(sprites, sceneOf(sprites, { ...SCENES, index }), 56);
      await sharp(pixels, { raw: { width: 56, height: 56, channels: 3 } })
        .png()
        .toFile(file);
      return file;
    }),
  );
});
afterAll(async () => {
  await features.close();
  await rm(folder, { recursive: true });
});

async function captionsOf(directory: string, options: DecodingOptions): Promise<string[]> {
  const captioner = await openCaptioner(directory, { device: 'cpu', threads: 1 });
  const results = await captioner.captionBatch(pictures.map((file) => ({ image: { path: file }, options })));
  await captioner.dispose();
  return results.map((result) => (result as CaptionResult).caption);
}

describe('createEvaluator', () => {
  it('says what the captioner says, before and after the parameters moved, and scores it', async () => {
    const store = createStore(await readMatching(model, (name) => QFORMER_SIDE.test(name)));
    const told: string[] = [];
    const evaluator = await createEvaluator(model, store, features, {
      threads: 1,
      onProgress: (done, count) => told.push(`${done}/${count}`),
    });
    const options = { prompt: 'a photo of', maxNewTokens: 8 };
    const before = await evaluator.captions(options);
    expect(told).toEqual(['5/5']);
    expect(before).toEqual(await captionsOf(model.directory, options));

    const random = normals(2);
    for (let i = 0; i < store.values.length; i += 1) store.values[i]! += 0.3 * random();
    const after = await evaluator.captions(options);
    expect(after).not.toEqual(before);
    const changed = path.join(folder, 'changed');
    await writeChanged(model, changed, tensorsOf(store));
    expect(after).toEqual(await captionsOf(changed, options));

    const scores = await evaluator.scores(options);
    expect(Object.keys(scores).slice(0, 2)).toEqual(['CIDEr', 'facts']);
    for (const score of Object.values(scores)) expect(score >= 0 && score <= 1000).toBe(true);
    await evaluator.dispose();
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const store = createStore(await readMatching(model, (name) => QFORMER_SIDE.test(name)));
    const evaluator = await createEvaluator(model, store, features, { threads: 1, signal: stop.signal });
    stop.abort();
    await expect(evaluator.scores({})).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    await evaluator.dispose();
  });
});
