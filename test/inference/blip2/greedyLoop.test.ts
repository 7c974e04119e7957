// Greedy decoding inside the graph against greedy decoding by steps, which is checked against transformers.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { fitsLoop } from '../../../src/inference/blip2/decodeInGraph.js';
import { type Captioner, type CaptionerOptions, openCaptioner } from '../../../src/inference/captioner.js';
import { resolveGenerationSettings } from '../../../src/inference/generate/generationSettings.js';
import type { CaptionResult, DecodingOptions } from '../../../src/inference/inference.js';

const TINY = 'test/fixtures/blip2-opt-tiny';
const CHECKPOINTS = 'test/fixtures/checkpoints';
const SHIPPED = 'models/blip2-scenes';
const tinyImages = [0, 1, 2].map((i) => `${TINY}/image${i}.png`);
const scenes = ['cat-tree.jpg', 'fire-crew.jpg', 'flood-cat.jpg'].map((name) => `samples/images/${name}`);
const opened: Captioner[] = [];
let scratch: string | undefined;

afterAll(async () => {
  await Promise.all(opened.map((captioner) => captioner.dispose()));
  if (scratch !== undefined) await rm(scratch, { recursive: true });
});

async function open(directory: string, options: CaptionerOptions): Promise<Captioner> {
  const captioner = await openCaptioner(directory, { device: 'cpu', threads: 1, ...options });
  opened.push(captioner);
  return captioner;
}

/** A batch in which every request has options of its own, by steps and in the graph. */
async function bothOf(
  directory: string,
  images: readonly string[],
  all: readonly DecodingOptions[],
  quantize?: 'int4',
) {
  const requests = all.flatMap((options) => images.map((image) => ({ image: { path: image }, options })));
  const results: CaptionResult[][] = [];
  for (const inGraph of [false, true]) {
    const captioner = await open(directory, { inGraph, quantize });
    results.push((await captioner.captionBatch(requests)) as CaptionResult[]);
  }
  return results as [CaptionResult[], CaptionResult[]];
}

function expectSame([steps, graph]: [CaptionResult[], CaptionResult[]]): void {
  expect(graph.map(({ tokenIds }) => tokenIds)).toEqual(steps.map(({ tokenIds }) => tokenIds));
  for (const [i, { logProb }] of steps.entries()) expect(graph[i]!.logProb).toBeCloseTo(logProb, 4);
}

describe('decoding in the graph', () => {
  it('says what decoding by steps says, of prompts and lengths that differ within a batch', async () => {
    const results = await bothOf(SHIPPED, scenes, [
      {},
      { maxNewTokens: 1 },
      { maxNewTokens: 4 },
      { minNewTokens: 25, maxNewTokens: 30 },
      { prompt: 'a red' },
      { prompt: 'a photo of a dog', minNewTokens: 9 },
    ]);
    expectSame(results);
    // Some end by themselves, some are held back from it, some cut off.
    expect(new Set(results[0].map(({ tokenIds }) => tokenIds.length)).size).toBeGreaterThan(4);
  });

  it('does so with weights of four bits', async () => {
    expectSame(await bothOf(SHIPPED, scenes, [{}, { minNewTokens: 20 }], 'int4'));
  });

  it.each(['sharded-float16', 'bfloat16', 'opt-projected', 'opt-post-norm'])(
    'does so of the checkpoint %s',
    async (name) => {
      expectSame(await bothOf(`${CHECKPOINTS}/${name}`, tinyImages, [{ maxNewTokens: 9 }, { minNewTokens: 6 }]));
    },
  );

  it('says of logits that are not numbers what decoding by steps says', async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'hotlens-loop-'));
    await cp(TINY, scratch, { recursive: true });
    const file = path.join(scratch, 'model.safetensors');
    const bytes = await readFile(file);
    const head = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()) as Record<
      string,
      { data_offsets: [number, number] }
    >;
    const at = 8 + Number(bytes.readBigUInt64LE(0)) + head['language_projection.bias']!.data_offsets[0];
    bytes.writeFloatLE(Number.NaN, at);
    await writeFile(file, bytes);
    for (const inGraph of [false, true]) {
      const captioner = await open(scratch, { inGraph });
      await expect(captioner.captionBatch([{ image: { path: tinyImages[0]! } }])).rejects.toMatchObject({
        code: 'BAD_MODEL',
        message: 'the model computed logits that are not numbers',
      });
    }
  });

  it('is for what it can do: one token after the other, and no rule that looks at what was said', () => {
    const settings = (options: DecodingOptions, config: Record<string, unknown> = {}) =>
      resolveGenerationSettings({ eos_token_id: 2, ...config }, { vocab_size: 50 }, options);
    const plain = settings({});
    expect(fitsLoop([plain, settings({ minNewTokens: 3, maxNewTokens: 9 })])).toBe(true);
    for (const other of [
      settings({ numBeams: 2 }),
      settings({ repetitionPenalty: 1.2 }),
      settings({ noRepeatNgramSize: 2 }),
      settings({ eosTokenId: 7 }),
      settings({}, { bad_words_ids: [[3, 4]] }),
    ])
      expect(fitsLoop([plain, other])).toBe(false);
  });
});
