// The whole stage, small: a fresh tower of 32 x 32 pictures, drawn scenes, a few steps.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { readSafetensorsHeader } from '../../../src/inference/checkpoint/safetensors.js';
import { openEmbedder } from '../../../src/inference/embedding/embedder.js';
import { sceneData } from '../../../src/training/data/captionData.js';
import { createModel } from '../../../src/training/modelDirectory.js';
import { DEMO_PRESET } from '../../../src/training/preset.js';
import { drawScene } from '../../../src/training/scenes/drawScene.js';
import { sceneOf } from '../../../src/training/scenes/scene.js';
import { openSprites, type SpriteSheet } from '../../../src/training/scenes/sprites.js';
import { trainCaptioning } from '../../../src/training/stages/captioning.js';
import { type Stage1StageOptions, trainStage1 } from '../../../src/training/stages/stage1.js';
import type { Progress } from '../../../src/training/trainLoop.js';
import { readTensors } from '../../support/closeness.js';

const SIZE = 32;
const SCENES = 24;

let folder: string;
let sprites: SpriteSheet;
let common: Omit<Stage1StageOptions, 'out'>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hotlens-stage1-'));
  sprites = await openSprites();
  const model = path.join(folder, 'captioner');
  await createModel(
    model,
    { ...DEMO_PRESET, width: 32, heads: 2, imageSize: SIZE, visionLayers: 1, qformerLayers: 2, languageLayers: 1 },
    1,
  );
  const train = sceneData(sprites, { seed: 0, split: 'train', domain: 'all', count: SCENES, size: SIZE });
  common = {
    ...{ model, seed: 3, steps: 60, batchSize: 8, learningRate: 3e-3, threads: 1, train },
    // The very scenes that are trained on: whether it learns at all, not whether it generalises.
    ...{ held: train, features: path.join(folder, 'features') },
    preset: { space: 16, queries: 4, layers: 2 },
  };
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Trains into a folder of this name; stops after a step where one is given. */
async function run(name: string, options: Partial<Stage1StageOptions> = {}, stopAfter?: number) {
  const stop = new AbortController();
  const losses: number[] = [];
  const out = path.join(folder, name);
  const onProgress = ({ step, figures }: Progress) => {
    losses.push(figures.contrastLoss!);
    if (step === stopAfter) stop.abort();
  };
  const running = trainStage1({ ...common, ...options, out, onProgress, signal: stop.signal });
  return { out, losses, result: await running };
}

describe('trainStage1', () => {
  test('learns, and writes an embedder that gives pictures and texts vectors of one space', async () => {
    const { out, losses, result } = await run('learned');
    // A batch of 8 without knowledge: ln 8 = 2.08, and more while the temperature is low.
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(losses.slice(-10))).toBeLessThan(0.8 * mean(losses.slice(0, 5)));
    // Chance is 100 / 24 at best.
    expect(result.after!['R@1']).toBeGreaterThan(20);
    expect(result.after!.events).toBeGreaterThan(80);

    const embedder = await openEmbedder(out, { device: 'cpu', threads: 1 });
    try {
      expect(embedder.info).toMatchObject({ dimension: 16, images: true, parameters: result.parameters });
      const scenes = [0, 1, 2].map((index) => sceneOf(sprites, { seed: 0, split: 'train', domain: 'all', index }));
      const texts = await embedder.embedTexts(scenes.map(({ references }) => references[0]!));
      const pictures = await Promise.all(
        scenes.map(async (scene) => {
          const { pixels } = drawScene(sprites, scene, SIZE);
          const png = sharp(pixels, { raw: { width: SIZE, height: SIZE, channels: 3 } }).png();
          return embedder.embedImage({ bytes: await png.toBuffer() });
        }),
      );
      for (const { vector } of [...texts, ...pictures]) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    } finally {
      await embedder.dispose();
    }
    const stored = await readSafetensorsHeader(path.join(out, 'model.safetensors'));
    expect(stored.map(({ name }) => name).filter((name) => name.startsWith('heads.'))).toEqual([]);
    expect(await stat(path.join(out, 'checkpoint.bin')).catch(() => undefined)).toBeUndefined();
  }, 300_000);

  test('goes on after a stop, to the very same weights', async () => {
    const short = { steps: 6, held: undefined };
    const whole = await run('whole', short);
    await expect(run('stopped', short, 3)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    const rest = await run('stopped', short);
    expect(rest.losses).toEqual(whole.losses.slice(3));
    const weights = ({ out }: { out: string }) => readFile(path.join(out, 'model.safetensors'));
    expect((await weights(rest)).equals(await weights(whole))).toBe(true);
  }, 300_000);

  test('writes half the bytes as float16', async () => {
    const { out } = await run('half', { steps: 2, held: undefined, dtype: 'F16' });
    const stored = await readSafetensorsHeader(path.join(out, 'model.safetensors'));
    expect(new Set(stored.map(({ dtype }) => dtype))).toEqual(new Set(['F16']));
    expect(JSON.parse(await readFile(path.join(out, 'config.json'), 'utf8'))).toMatchObject({ dtype: 'float16' });
  }, 300_000);

  test('what it learns can begin the captioning stage, where the shapes are the same', async () => {
    const short = { steps: 2, held: undefined };
    const { out: init } = await run('begun', { ...short, preset: { queries: 16, layers: 2, inner: 4 } });
    const out = path.join(folder, 'captioning');
    // With a learning rate of 0 what it begins with is what comes out.
    await trainCaptioning({ ...common, ...short, learningRate: 0, out, init });
    const [found, learned] = await Promise.all(
      [out, init].map((each) => readTensors(path.join(each, 'model.safetensors'))),
    );
    const names = Object.keys(found!).filter((name) => /^(qformer\.|query_tokens$)/.test(name));
    expect(names.length).toBeGreaterThan(40);
    for (const name of names) expect([name, found![name]]).toEqual([name, learned![name]]);
    const other = await run('other', short);
    await expect(trainCaptioning({ ...common, ...short, out: `${out}-other`, init: other.out })).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringMatching(/expected \S+ of shape \[.*\], got \[/),
    });
  }, 300_000);

  test('refuses a model that is no captioner, and a single picture', async () => {
    await expect(run('refused', { model: 'test/fixtures/blip2-itm-tiny' })).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringMatching('expected a captioner'),
    });
    const one = sceneData(sprites, { seed: 0, split: 'train', domain: 'all', count: 1, size: SIZE });
    await expect(run('refused', { train: one })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching('at least 2 pictures'),
    });
  });
});
