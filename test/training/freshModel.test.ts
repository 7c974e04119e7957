import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseBlip2Config } from '../../src/inference/blip2/config.js';
import { openCaptioner } from '../../src/inference/captioner.js';
import { drawTensors, modelParameters } from '../../src/training/freshModel.js';
import { createModel } from '../../src/training/modelDirectory.js';
import type { ParameterTensor } from '../../src/training/parameterStore.js';
import { DEMO_PRESET, presetConfig } from '../../src/training/preset.js';
import { normals } from '../../src/training/random.js';
import { readTensors } from '../support/closeness.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-fresh-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SMALL = {
  ...DEMO_PRESET,
  width: 40,
  heads: 2,
  imageSize: 48,
  visionLayers: 1,
  qformerLayers: 2,
  languageLayers: 1,
};

/** A hash a tensor: comparing millions of numbers one by one takes seconds. */
function hashes(tensors: ReadonlyMap<string, ParameterTensor>): Record<string, string> {
  return Object.fromEntries(
    [...tensors].map(([name, { data }]) => [name, createHash('sha256').update(data).digest('hex')]),
  );
}

describe('a fresh model', () => {
  it('has exactly the tensors of the transformers checkpoint of the same configuration, in its shapes', async () => {
    const stored = await readTensors('test/fixtures/blip2-opt-tiny/model.safetensors');
    const file = 'test/fixtures/blip2-opt-tiny/config.json';
    const names = modelParameters(parseBlip2Config(JSON.parse(await readFile(file, 'utf8')), file));
    // Tied: the head is the table of embeddings.
    const expected = Object.entries(stored).filter(([name]) => name !== 'language_model.lm_head.weight');
    expect(Object.fromEntries([...names].sort())).toEqual(
      Object.fromEntries(expected.map(([name, { shape }]): [string, readonly number[]] => [name, shape]).sort()),
    );
  });

  it('is the same for the same seed, another for another, with norms of one and zero', () => {
    const config = parseBlip2Config(presetConfig(SMALL).config, 'config.json');
    const draw = (seed: number) => drawTensors(modelParameters(config), normals(seed), config);
    const [one, again, other] = [draw(1), draw(1), draw(2)];
    expect(hashes(again)).toEqual(hashes(one));
    const matrix = 'qformer.encoder.layer.0.attention.attention.query.weight';
    expect(hashes(other)[matrix]).not.toBe(hashes(one)[matrix]);
    for (const [name, { data }] of one) {
      expect(data.every(Number.isFinite)).toBe(true);
      if (/norm\d?\.weight$/i.test(name)) expect([name, ...new Set(data)]).toEqual([name, 1]);
      if (/\.bias$/.test(name)) expect([name, ...new Set(data)]).toEqual([name, 0]);
    }
  });

  it('loads as a captioner and captions a picture', async () => {
    const directory = path.join(folder, 'small');
    await createModel(directory, SMALL, 3);
    const captioner = await openCaptioner(directory, { device: 'cpu', threads: 1 });
    const [result] = await captioner.captionBatch([
      { image: { path: 'test/fixtures/images/rgb.png' }, options: { maxNewTokens: 3 } },
    ]);
    await captioner.dispose();
    expect(result).toMatchObject({ caption: expect.any(String), modelDigest: captioner.info.digest });
  });
});
