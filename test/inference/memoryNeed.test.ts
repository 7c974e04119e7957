// How much memory captioners are said to need. What they do need is measured: bench/fullSize.js, bench/results.md.
import { describe, expect, it } from '@jest/globals';
import { parseBlip2Config } from '../../src/inference/blip2/config.js';
import { type Checkpoint, readCheckpoint } from '../../src/inference/captioner.js';
import { weightsOf } from '../../src/inference/checkpoint/weights.js';
import { checkMemory, importedNeed, memoryNeed } from '../../src/inference/memoryNeed.js';
import { modelParameters } from '../../src/training/freshModel.js';

const MODEL = 'models/blip2-scenes';

/** The shapes of Salesforce/blip2-opt-2.7b, as its config.json has them, in float16; no bytes. */
async function largeCheckpoint(): Promise<Checkpoint> {
  const small = await readCheckpoint(MODEL);
  const { vision_config, qformer_config, text_config, ...rest } = small.configJson as Record<string, object>;
  const configJson = {
    ...rest,
    vision_config: {
      ...vision_config,
      ...{ hidden_size: 1408, intermediate_size: 6144, num_hidden_layers: 39, num_attention_heads: 16 },
      ...{ image_size: 224, patch_size: 14 },
    },
    qformer_config: {
      ...qformer_config,
      ...{ hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12, num_attention_heads: 12 },
      encoder_hidden_size: 1408,
    },
    text_config: {
      ...text_config,
      ...{ hidden_size: 2560, word_embed_proj_dim: 2560, ffn_dim: 10_240, num_hidden_layers: 32 },
      ...{ num_attention_heads: 32, vocab_size: 50_272, max_position_embeddings: 2048 },
    },
  };
  const config = parseBlip2Config(configJson, 'config.json');
  const tensors = new Map(
    [...modelParameters(config)].map(([name, shape]) => {
      const length = 2 * shape.reduce((a, b) => a * b, 1);
      return [name, { name, dtype: 'F16', shape, file: 'model.safetensors', offset: 0, length }];
    }),
  );
  return { ...small, config, configJson, base: weightsOf(tensors, 'model.safetensors'), adapter: undefined };
}

describe('memoryNeed', () => {
  it('is less, the fewer bits there are, and least of what was imported', async () => {
    const checkpoint = await readCheckpoint(MODEL);
    const needs = [
      memoryNeed(checkpoint, undefined),
      memoryNeed(checkpoint, 'int8'),
      importedNeed(checkpoint, 'int8'),
      importedNeed(checkpoint, 'int4'),
    ];
    expect(needs).toEqual([...needs].sort((a, b) => b - a));
    // Four bytes a number, and a sixth more; of the language model and the Q-Former in 4 bits 0.625 with their scales.
    expect((needs[0]! - 400e6) / 4_526_400).toBeCloseTo(4.6, 5);
    expect((needs[3]! - 400e6) / 4_526_400).toBeGreaterThan(0.625);
    expect((needs[3]! - 400e6) / 4_526_400).toBeLessThan(1.2);
  });

  it('refuses to round more when a model is loaded than can be handed over, with what would do', async () => {
    const checkpoint = await largeCheckpoint();
    const check = (quantize?: 'int8' | 'int4') => () =>
      checkMemory('blip2-opt-2.7b', checkpoint, { quantize, available: 24e9 });
    expect(check()).not.toThrow();
    expect(check('int4')).not.toThrow();
    expect(check('int8')).toThrow(
      'blip2-opt-2.7b: its language weights in int8 are 2.6 GB, and at most 2.1 GB can be rounded when a model is loaded; hotlens model import blip2-opt-2.7b --out DIR --quantize int8 rounds them once, to files',
    );
  });

  it('refuses what does not fit, with what would', async () => {
    const checkpoint = await readCheckpoint(MODEL);
    const check = (available: number, quantize?: 'int8' | 'int4') => () =>
      checkMemory(MODEL, checkpoint, { quantize, available });
    expect(check(500e6)).not.toThrow();
    expect(check(415e6)).toThrow(
      `${MODEL} needs about 421 MB of memory, 415 MB are available; hotlens model import ${MODEL} --out DIR --quantize int8 makes one that needs`,
    );
    expect(check(100e6)).toThrow(/^models\/blip2-scenes needs about 421 MB of memory, 100 MB are available$/);
    expect(check(100e6, 'int4')).toThrow(/available$/);
  });
});
