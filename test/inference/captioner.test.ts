// Captions against what transformers 5.18.0 generates for the same checkpoints, pictures, prompts and settings
// (test/fixtures/README.md): from the file to the token ids.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '../../src/errors.js';
import { writeAdapter } from '../../src/inference/blip2/adapter.js';
import { parseBlip2Config } from '../../src/inference/blip2/config.js';
import { parseEcmaConfig } from '../../src/inference/blip2/ecmaConfig.js';
import { freshAdapter } from '../../src/inference/blip2/freshAdapter.js';
import { type Captioner, openCaptioner } from '../../src/inference/captioner.js';
import { readFloats } from '../../src/inference/checkpoint/safetensors.js';
import { openWeights, readJson } from '../../src/inference/checkpoint/weights.js';
import type { CaptionRequest, CaptionResult, DecodingOptions } from '../../src/inference/inference.js';
import { normals } from '../support/random.js';

const TINY = 'test/fixtures/blip2-opt-tiny';
const images = [0, 1, 2].map((i) => `${TINY}/image${i}.png`);

interface Expected {
  readonly generate: Record<string, { text: string; input_ids: number[]; ids: Record<string, number[][]> }>;
  readonly settings?: Record<string, Record<string, unknown>>;
}

const opened: Captioner[] = [];
const scratch: string[] = [];

async function open(directory: string, options: { ecma?: boolean; inGraph?: boolean } = {}): Promise<Captioner> {
  const captioner = await openCaptioner(directory, { device: 'cpu', threads: 1, ...options });
  opened.push(captioner);
  return captioner;
}

/** A copy of the tiny checkpoint that a test may change. */
async function copyOf(directory: string): Promise<string> {
  const copy = await mkdtemp(path.join(tmpdir(), 'hotlens-model-'));
  scratch.push(copy);
  await cp(directory, copy, { recursive: true });
  return copy;
}

afterAll(async () => {
  await Promise.all(opened.map((captioner) => captioner.dispose()));
  await Promise.all(scratch.map((directory) => rm(directory, { recursive: true })));
});

describe('test/fixtures/blip2-opt-tiny', () => {
  let captioner: Captioner;
  /** Greedily in one run of the graph, the rest as ever. */
  let inGraph: Captioner;
  let expected: Expected;
  beforeAll(async () => {
    captioner = await open(TINY);
    inGraph = await open(TINY, { inGraph: true });
    expected = (await readJson(`${TINY}/expected.json`)) as Expected;
  });

  const names = ['greedy', 'beam3', 'beam5', 'beam5_lp', 'greedy_rep', 'eos_greedy', 'eos_beam5', 'eos_beam5_lp2'];
  it.each([...names, 'eos_beam3_lpm1', 'eos_beam5_min6', 'eos_beam4_early', 'eos_beam4_ngram2'])(
    'generates the ids of transformers for every picture and both prompts: %s',
    async (name) => {
      for (const { text, ids } of Object.values(expected.generate)) {
        const [key, rows] = Object.entries(ids).find(([k]) => k.replace(/^eos\d+/, 'eos') === name)!;
        const options = { prompt: text, maxNewTokens: 14, ...tinyOptions(key) };
        for (const each of [captioner, inGraph]) {
          const results = await captionsOf(
            each,
            images.map((file) => ({ image: { path: file }, options })),
          );
          expect(results.map(({ tokenIds }) => tokenIds)).toEqual(rows.map(withoutPadding));
        }
      }
    },
  );

  it('gives each picture of a batch, with prompts and settings of its own, what it gets alone', async () => {
    const settings: DecodingOptions[] = [
      {},
      { numBeams: 4 },
      { prompt: 'a photo of', numBeams: 2 },
      { prompt: 'a', repetitionPenalty: 1.4 },
    ];
    const requests = images.flatMap((file) =>
      settings.map((options) => ({ image: { path: file }, options: { maxNewTokens: 12, ...options } })),
    );
    const together = await captionsOf(captioner, requests);
    for (const [i, request] of requests.entries()) {
      const [alone] = await captionsOf(captioner, [request]);
      expect(together[i]!.tokenIds).toEqual(alone!.tokenIds);
      expect(together[i]!.logProb).toBeCloseTo(alone!.logProb, 4);
    }
  });

  it('says of a caption how probable it is', async () => {
    const [result] = await captionsOf(captioner, [{ image: { path: images[0]! }, options: { maxNewTokens: 5 } }]);
    expect(result!.logProb).toBeLessThan(0);
    expect(result!.confidence).toBeCloseTo(Math.exp(result!.logProb / 5), 10);
    expect(result!.modelDigest).toBe(captioner.info.digest);
  });

  it('answers what is wrong with one picture in its place, and the others as if it were not there', async () => {
    const results = await captioner.captionBatch([
      { image: { path: images[0]! } },
      { image: { bytes: Buffer.from('no picture') } },
      { image: { path: 'no/such/file.png' } },
      { image: { path: images[1]! }, options: { maxNewTokens: 100_000 } },
      { image: { path: images[1]! } },
    ]);
    const codes = results.map((result) => (result instanceof AppError ? result.code : 'caption'));
    expect(codes).toEqual(['caption', 'BAD_IMAGE', 'BAD_IMAGE', 'BAD_USER_INPUT', 'caption']);
    const [alone] = await captionsOf(captioner, [{ image: { path: images[1]! } }]);
    expect((results[4] as CaptionResult).tokenIds).toEqual(alone!.tokenIds);
  });
});

describe.each(['bfloat16', 'opt-bare', 'opt-post-norm', 'opt-projected', 'other-heads', 'sharded-float16'])(
  'test/fixtures/checkpoints/%s',
  (name) => {
    it('generates the ids of transformers under every setting, defaults of generation_config.json among them', async () => {
      const directory = `test/fixtures/checkpoints/${name}`;
      const captioner = await open(directory);
      const { generate, settings } = (await readJson(`${directory}/expected.json`)) as Required<Expected>;
      const { text_config: text } = (await readJson(`${directory}/config.json`)) as {
        text_config: { eos_token_id: number };
      };
      for (const { text: prompt, ids } of Object.values(generate)) {
        for (const [setting, rows] of Object.entries(ids)) {
          const chosen = setting === 'defaults' ? {} : explicit(settings[setting]!, text.eos_token_id);
          const requests = images.map((file) => ({ image: { path: file }, options: { prompt, ...chosen } }));
          const actual = (await captionsOf(captioner, requests)).map(({ tokenIds }) => tokenIds);
          expect({ setting, prompt, ids: actual }).toEqual({ setting, prompt, ids: rows.map(withoutPadding) });
        }
      }
    });
  },
);

describe('an ECMA adapter', () => {
  const requests: CaptionRequest[] = images.flatMap((file) =>
    ['', 'a photo of'].map((prompt) => ({ image: { path: file }, options: { prompt, numBeams: 3, maxNewTokens: 10 } })),
  );

  it('changes nothing when fresh, changes captions when trained away from its start, and is ignored when told to', async () => {
    const stock = await captionsOf(await open(TINY), requests);
    const directory = await copyOf(TINY);
    const model = parseBlip2Config(await readJson(path.join(directory, 'config.json')), directory);
    const config = parseEcmaConfig({ scales: [1, 2, 4] }, model.qformer, 'test');
    const fresh = freshAdapter(model, config, normals(1));
    await writeAdapter(directory, config, fresh);
    const inserted = await open(directory);
    const same = await captionsOf(inserted, requests);
    // To the last bit: ids and log-probabilities.
    expect(same.map(({ tokenIds, logProb }) => [tokenIds, logProb])).toEqual(
      stock.map(({ tokenIds, logProb }) => [tokenIds, logProb]),
    );
    expect(inserted.info.ecmaParameters).toBe([...fresh.values()].reduce((sum, { data }) => sum + data.length, 0));
    expect(same[0]!.adapterDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(same[0]!.modelDigest).toBe(stock[0]!.modelDigest);

    const draw = normals(2);
    const moved = new Map(
      [...fresh].map(([name, { shape, data }]) => [name, { shape, data: data.map((value) => value + draw()) }]),
    );
    await writeAdapter(directory, config, moved);
    const trained = await captionsOf(await open(directory), requests);
    expect(trained.map(({ logProb }) => logProb)).not.toEqual(stock.map(({ logProb }) => logProb));

    const ignored = await captionsOf(await open(directory, { ecma: false }), requests);
    expect(ignored).toEqual(stock);
  });

  it('of the joint regime replaces the tensors that it lists, and only those', async () => {
    const stock = await captionsOf(await open(TINY), requests);
    const directory = await copyOf(TINY);
    const model = parseBlip2Config(await readJson(path.join(directory, 'config.json')), directory);
    const name = 'language_projection.bias';
    const config = parseEcmaConfig({ regime: 'joint', overrides: [name] }, model.qformer, 'test');
    const tensors = freshAdapter(model, config, normals(1));
    const base = (await openWeights(path.resolve(TINY))).tensors.get(name)!;
    const values = await readFloats(base);
    await writeAdapter(directory, config, new Map([...tensors, [name, { shape: base.shape, data: values }]]));
    expect((await captionsOf(await open(directory), requests)).map(({ logProb }) => logProb)).toEqual(
      stock.map(({ logProb }) => logProb),
    );
    await writeAdapter(
      directory,
      config,
      new Map([...tensors, [name, { shape: base.shape, data: values.map((x) => x + 2) }]]),
    );
    expect((await captionsOf(await open(directory), requests)).map(({ logProb }) => logProb)).not.toEqual(
      stock.map(({ logProb }) => logProb),
    );
    await writeAdapter(
      directory,
      { ...config, overrides: [] },
      new Map([...tensors, [name, { shape: base.shape, data: values }]]),
    );
    await expect(open(directory)).rejects.toThrow(/language_projection.bias is neither ECMA's own nor listed/);
    const frozen = 'language_model.model.decoder.final_layer_norm.bias';
    const foreign = { shape: [40], data: new Float32Array(40) };
    await writeAdapter(directory, { ...config, overrides: [frozen] }, new Map([...tensors, [frozen, foreign]]));
    await expect(open(directory)).rejects.toThrow(/vision tower and language model are not to be changed/);
  });
});

describe('openCaptioner', () => {
  it.each<[string, (directory: string) => Promise<void>, RegExp]>([
    [
      'a T5 language model',
      edit('config.json', (c) => Object.assign(c, { text_config: { model_type: 't5' } })),
      /language model 't5': only OPT/,
    ],
    [
      'an unknown activation',
      edit('config.json', (c) => Object.assign(c.vision_config as object, { hidden_act: 'snake' })),
      /vision_config.hidden_act: unknown activation 'snake'/,
    ],
    [
      'another model',
      edit('config.json', (c) => Object.assign(c, { model_type: 'llava' })),
      /expected model_type 'blip-2', got "llava"/,
    ],
    [
      'shapes that do not fit',
      edit('config.json', (c) => Object.assign(c.text_config as object, { ffn_dim: 96 })),
      /fc1.weight: expected the shape \[96, 40\], got \[80, 40\]/,
    ],
    [
      'a missing config.json',
      (directory) => rm(path.join(directory, 'config.json')),
      /config.json cannot be read: no such file$/,
    ],
    ['missing weights', (directory) => rm(path.join(directory, 'model.safetensors')), /no model.safetensors/],
    ['a missing tokenizer', (directory) => rm(path.join(directory, 'tokenizer.json')), /tokenizer.json/],
    [
      'a missing preprocessor',
      (directory) => rm(path.join(directory, 'preprocessor_config.json')),
      /preprocessor_config.json/,
    ],
    ['a truncated file', truncate('model.safetensors'), /model.safetensors is cut short: its tensors need \d+ bytes/],
    [
      'a file that is something else',
      (directory) => writeFile(path.join(directory, 'model.safetensors'), 'version https://git-lfs'),
      /model.safetensors (is not a safetensors file|is cut short)/,
    ],
    [
      'an empty file',
      (directory) => writeFile(path.join(directory, 'model.safetensors'), ''),
      /model.safetensors is not a safetensors file/,
    ],
    [
      'pictures of another size',
      edit('preprocessor_config.json', (c) => Object.assign(c, { size: { height: 28, width: 28 } })),
      /makes pictures of 28 x 28, the vision tower takes 56 x 56/,
    ],
  ])('names what is wrong: %s', async (_, damage, message) => {
    const directory = await copyOf(TINY);
    await damage(directory);
    const failure = await openCaptioner(directory, { device: 'cpu' }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: 'BAD_MODEL', message: expect.stringMatching(message) });
  });

  it('names the shard that is missing or cut short', async () => {
    const directory = await copyOf('test/fixtures/checkpoints/sharded-float16');
    await truncate('model-00002-of-00003.safetensors')(directory);
    await expect(open(directory)).rejects.toThrow(/model-00002-of-00003.safetensors is cut short/);
    await rm(path.join(directory, 'model-00002-of-00003.safetensors'));
    await expect(open(directory)).rejects.toThrow(/the shard model-00002-of-00003.safetensors is missing/);
  });

  it('reads the image processor from processor_config.json, as transformers 5 saves it, where it has no file of its own', async () => {
    const directory = await copyOf(TINY);
    const settings: unknown = await readJson(path.join(directory, 'preprocessor_config.json'));
    await rm(path.join(directory, 'preprocessor_config.json'));
    await writeFile(path.join(directory, 'processor_config.json'), JSON.stringify({ image_processor: settings }));
    const requests = images.map((file) => ({ image: { path: file } }));
    const ids = async (source: string) =>
      (await captionsOf(await open(source), requests)).map(({ tokenIds }) => tokenIds);
    expect(await ids(directory)).toEqual(await ids(TINY));
  });

  it('refuses a retrieval checkpoint: it cannot caption', async () => {
    await expect(open('test/fixtures/blip2-itm-tiny')).rejects.toThrow(/has no language model and cannot caption/);
  });
});

async function captionsOf(captioner: Captioner, requests: readonly CaptionRequest[]): Promise<CaptionResult[]> {
  const results = await captioner.captionBatch(requests);
  return results.map((result) => {
    if (result instanceof AppError) throw result;
    return result;
  });
}

/** Settings by their names in the fixture (test/fixtures/README.md). */
function tinyOptions(key: string): DecodingOptions {
  const [, eos, name] = /^(?:eos(\d+)_)?(.*)$/.exec(key)!;
  const byName: Record<string, DecodingOptions> = {
    greedy: {},
    beam3: { numBeams: 3 },
    beam5: { numBeams: 5, ...(eos === undefined ? { minNewTokens: 4 } : {}) },
    beam5_lp: { numBeams: 5, lengthPenalty: -1 },
    greedy_rep: { repetitionPenalty: 1.5 },
    beam5_lp2: { numBeams: 5, lengthPenalty: 2 },
    beam3_lpm1: { numBeams: 3, lengthPenalty: -1 },
    beam5_min6: { numBeams: 5, minNewTokens: 6 },
    beam4_early: { numBeams: 4, earlyStopping: true },
    beam4_ngram2: { numBeams: 4, noRepeatNgramSize: 2 },
  };
  return { ...byName[name!]!, ...(eos === undefined ? {} : { eosTokenId: Number(eos) }) };
}

/** Settings of a reference that knew no generation_config.json: everything said, so that nothing comes from there. */
function explicit(settings: Record<string, unknown>, eos: number): DecodingOptions {
  return {
    numBeams: (settings.num_beams as number) ?? 1,
    maxNewTokens: (settings.max_new_tokens as number) ?? 12,
    minNewTokens: (settings.min_new_tokens as number) ?? 0,
    lengthPenalty: (settings.length_penalty as number) ?? 1,
    repetitionPenalty: (settings.repetition_penalty as number) ?? 1,
    noRepeatNgramSize: (settings.no_repeat_ngram_size as number) ?? 0,
    earlyStopping: (settings.early_stopping as boolean) ?? false,
    eosTokenId: (settings.eos_token_id as number | number[]) ?? eos,
  };
}

/** The fixtures pad rows with 1 after the end. */
function withoutPadding(ids: readonly number[]): number[] {
  return ids.slice(0, ids.findLastIndex((id) => id !== 1) + 1);
}

function edit(file: string, change: (json: Record<string, unknown>) => unknown) {
  return async (directory: string) => {
    const json = JSON.parse(await readFile(path.join(directory, file), 'utf8')) as Record<string, unknown>;
    change(json);
    await writeFile(path.join(directory, file), JSON.stringify(json));
  };
}

function truncate(file: string) {
  return async (directory: string) => {
    const whole = await readFile(path.join(directory, file));
    await writeFile(path.join(directory, file), whole.subarray(0, Math.floor(whole.length * 0.7)));
  };
}
