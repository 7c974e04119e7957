// The graphs against what transformers 5.18.0 computes for the same checkpoints (test/fixtures/README.md).
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { decoderGraph, queryGraph, visionGraph } from '../../../src/inference/blip2/captionGraphs.js';
import { parseBlip2Config } from '../../../src/inference/blip2/config.js';
import { headWidth } from '../../../src/inference/blip2/opt.js';
import { openWeights, readJson } from '../../../src/inference/checkpoint/weights.js';
import type { Graph } from '../../../src/onnx/graph.js';
import { createSession } from '../../../src/onnx/session.js';
import { maxDifference, readTensors } from '../../support/closeness.js';

const CHECKPOINTS = [
  'blip2-opt-tiny',
  ...['bfloat16', 'opt-bare', 'opt-post-norm', 'opt-projected', 'other-heads', 'sharded-float16'].map(
    (name) => `checkpoints/${name}`,
  ),
].map((name) => `test/fixtures/${name}`);

describe.each(CHECKPOINTS)('%s', (directory) => {
  it('has the hidden states and logits of transformers to 1e-4, at every position and for both prompts', async () => {
    const weights = await openWeights(path.resolve(directory));
    const config = parseBlip2Config(await readJson(path.join(directory, 'config.json')), directory);
    const expected = await readTensors(path.join(directory, 'expected.safetensors'));
    const close = (actual: ort.Tensor, name: string) => {
      expect(actual.dims).toEqual(expected[name]!.shape);
      expect(maxDifference(actual.data as Float32Array, expected[name]!.data)).toBeLessThan(1e-4);
    };
    const { pixel_values: pixels } = expected;
    const seen = await run(visionGraph(weights, config), {
      pixel_values: new ort.Tensor('float32', pixels!.data, [...pixels!.shape]),
    });
    close(seen.image_embeds!, 'vision.last_hidden_state');
    const queried = await run(queryGraph(weights, config), { image_embeds: seen.image_embeds! });
    close(queried.query_output!, 'qformer.last_hidden_state');
    close(queried.language_model_inputs!, 'language_model_inputs');

    const { generate } = (await readJson(path.join(directory, 'expected.json'))) as {
      generate: Record<string, { input_ids: number[] }>;
    };
    for (const name of ['none', 'photo']) {
      const ids = [...Array<number>(config.numQueryTokens).fill(0), ...generate[name]!.input_ids];
      const { logits } = await run(
        decoderGraph(weights, config, 'all'),
        promptFeeds(ids, queried.prefix!, config.text!.num_hidden_layers, headWidth(config.text!)),
      );
      close(logits!, `logits.${name}`);
    }
  });
});

async function run(graph: Graph, feeds: Record<string, ort.Tensor>) {
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  const results = await session.run(feeds);
  await session.dispose();
  return results;
}

/** The same prompt for every image, without a past: ids are [queries..., BOS, prompt...]. */
function promptFeeds(ids: readonly number[], prefix: ort.Tensor, layers: number, width: number) {
  const rows = prefix.dims[0]!;
  const queries = prefix.dims[1]!;
  const places = ids.length;
  const int64 = (values: readonly number[], dims: number[]) =>
    new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
  const repeated = (values: readonly number[]) => Array.from({ length: rows }, () => values).flat();
  const bias = Array.from({ length: places * places }, (_, i) => (i % places > Math.floor(i / places) ? -1e9 : 0));
  const feeds: Record<string, ort.Tensor> = {
    input_ids: int64(repeated(ids), [rows, places]),
    prefix,
    source: int64(repeated(ids.map((_, place) => (place < queries ? places + place : place))), [rows, places, 1]),
    position_ids: int64(repeated([...ids.keys()]), [rows, places]),
    attention_bias: new ort.Tensor('float32', Float32Array.from(repeated(bias)), [rows, 1, places, places]),
    slots: new ort.Tensor('int32', new Int32Array(0), [rows, 0]),
  };
  for (let i = 0; i < layers; i += 1) {
    for (const name of ['key', 'value']) {
      feeds[`past_${name}_${i}`] = new ort.Tensor('float32', new Float32Array(0), [0, width]);
    }
  }
  return feeds;
}
