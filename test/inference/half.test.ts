// Captioners in half precision, as GPUs run them: on the CPU, which casts around what it has no kernel for, so that what is rounded is the same.
import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { decoderGraph } from '../../src/inference/blip2/captionGraphs.js';
import { type Captioner, type CaptionerOptions, openCaptioner, openCheckpoint } from '../../src/inference/captioner.js';
import type { CaptionRequest, CaptionResult, DecodingOptions } from '../../src/inference/inference.js';
import { inHalf } from '../../src/onnx/inHalf.js';

const TINY = [0, 1, 2].map((i) => `test/fixtures/blip2-opt-tiny/image${i}.png`);
const SCENES = readdirSync('samples/images')
  .slice(0, 12)
  .map((name) => `samples/images/${name}`);
const opened: Captioner[] = [];

afterAll(() => Promise.all(opened.map((captioner) => captioner.dispose())));

async function captions(directory: string, options: CaptionerOptions, requests: readonly CaptionRequest[]) {
  const captioner = await openCaptioner(directory, { device: 'cpu', threads: 1, ...options });
  opened.push(captioner);
  return (await captioner.captionBatch(requests)) as CaptionResult[];
}

const requestsOf = (images: readonly string[], all: readonly DecodingOptions[]) =>
  images.flatMap((image) => all.map((options) => ({ image: { path: image }, options })));

describe('in half precision', () => {
  it.each([{ inGraph: false }, { inGraph: true }])(
    'the shipped model with ECMA says the same of pictures, with prompts of different lengths beside each other: %p',
    async (how) => {
      const requests = requestsOf(SCENES, [{}, { prompt: 'a photo of', maxNewTokens: 8 }]);
      const whole = await captions('models/blip2-scenes', {}, requests);
      const half = await captions('models/blip2-scenes', { ...how, half: true }, requests);
      expect(half.map(({ caption }) => caption)).toEqual(whole.map(({ caption }) => caption));
      const differences = half.map(({ logProb }, i) => Math.abs(logProb - whole[i]!.logProb));
      // Rounded to 11 bits, over some 15 tokens: 0.003 was the most; none would mean that nothing was rounded.
      expect(Math.max(...differences)).toBeLessThan(0.02);
      expect(Math.max(...differences)).toBeGreaterThan(1e-5);
    },
  );

  it.each(['sharded-float16', 'bfloat16', 'opt-projected', 'opt-post-norm'])(
    'a checkpoint gives numbers near to those of float32, with five beams too: %s',
    async (name) => {
      const directory = `test/fixtures/checkpoints/${name}`;
      const requests = requestsOf(TINY, [{ maxNewTokens: 1 }, { maxNewTokens: 1, numBeams: 5 }]);
      const whole = await captions(directory, {}, requests);
      const half = await captions(directory, { half: true, inGraph: true }, requests);
      for (const [i, { logProb }] of whole.entries()) expect(Math.abs(half[i]!.logProb - logProb)).toBeLessThan(0.02);
    },
  );

  it('takes weights that are stored so as they are, and gives probabilities in float32', async () => {
    const { base, config } = await openCheckpoint('test/fixtures/checkpoints/sharded-float16');
    const graph = decoderGraph(base, config);
    await inHalf(graph, { stays: (name) => name.startsWith('past_') });
    const stored = [...graph.initializers.values()].filter(({ data }) => !(data instanceof Uint8Array));
    expect(stored.length).toBeGreaterThan(20);
    expect(new Set(stored.map(({ value }) => value.dtype))).toEqual(new Set(['float16']));
    const casts = graph.nodes.filter(({ opType, inputs }) => opType === 'Cast' && graph.initializers.has(inputs[0]!));
    expect(casts).toEqual([]);
    expect(graph.inputs.filter(({ name }) => name.startsWith('past_')).map(({ dtype }) => dtype)).toContain('float16');
    expect(graph.outputs.find(({ name }) => name === 'log_probs')!.value.dtype).toBe('float32');
    expect(graph.outputs.every(({ value }) => value.dtype === 'float32')).toBe(true);
  });
});
