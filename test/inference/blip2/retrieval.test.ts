// Blip2ForImageTextRetrieval against transformers 5.18.0 (test/fixtures/README.md).
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { visionGraph } from '../../../src/inference/blip2/captionGraphs.js';
import { parseBlip2Config } from '../../../src/inference/blip2/config.js';
import {
  retrievalImageGraph,
  retrievalMatchGraph,
  retrievalTextGraph,
} from '../../../src/inference/blip2/retrievalGraphs.js';
import { openWeights, readJson } from '../../../src/inference/checkpoint/weights.js';
import type { Graph } from '../../../src/onnx/graph.js';
import { createSession } from '../../../src/onnx/session.js';
import { maxDifference, readTensors } from '../../support/closeness.js';

const HIDDEN = -1e9;

describe.each(['test/fixtures/blip2-itm-tiny', 'test/fixtures/checkpoints/retrieval-float16'])('%s', (directory) => {
  it('has the embeddings, similarities and matching logits of transformers to 1e-4', async () => {
    const weights = await openWeights(path.resolve(directory));
    const config = parseBlip2Config(await readJson(path.join(directory, 'config.json')), directory);
    const expected = await readTensors(path.join(directory, 'expected.safetensors'));
    const { input_ids: ids, attention_mask: mask } = (await readJson(path.join(directory, 'expected.json'))) as {
      input_ids: number[][];
      attention_mask: number[][];
    };
    const close = (actual: ArrayLike<number>, name: string) =>
      expect(maxDifference(actual, expected[name]!.data)).toBeLessThan(1e-4);
    const [rows, places] = [ids.length, ids[0]!.length];
    const { numQueryTokens: queries } = config;

    /** What each of `extra` queries and the text's places may see: [B, 1, extra + L, extra + L]. */
    const bias = (extra: number) => {
      const all = extra + places;
      const visible = (row: number, place: number) => place < extra || mask[row]![place - extra] === 1;
      const data = Array.from({ length: rows * all * all }, (_, i) =>
        visible(Math.floor(i / all / all), i % all) ? 0 : HIDDEN,
      );
      return new ort.Tensor('float32', Float32Array.from(data), [rows, 1, all, all]);
    };
    const text = {
      input_ids: int64(ids.flat(), [rows, places]),
      position_ids: int64(
        ids.flatMap((row) => [...row.keys()]),
        [rows, places],
      ),
    };
    const { pixel_values: pixels } = expected;
    const { image_embeds: image } = await run(visionGraph(weights, config), {
      pixel_values: new ort.Tensor('float32', pixels!.data, [...pixels!.shape]),
    });

    const { text_embeds: texts } = await run(retrievalTextGraph(weights, config), { ...text, attention_bias: bias(0) });
    close(texts!.data as Float32Array, 'text_embeds');
    const seen = await run(retrievalImageGraph(weights, config), { image_embeds: image! });
    close(seen.query_embeds!.data as Float32Array, 'image_embeds');
    close(similarities(seen.query_embeds!, texts!), 'logits_per_image');
    const { itm_logits: match } = await run(retrievalMatchGraph(weights, config), {
      ...text,
      image_embeds: image!,
      attention_bias: bias(queries),
    });
    close(match!.data as Float32Array, 'itm_logits');

    // The one vector of a picture is the normalised mean of its queries' vectors.
    const vector = seen.image_embed!.data as Float32Array;
    const width = config.imageTextHiddenSize;
    const norms = Array.from({ length: rows }, (_, r) => Math.hypot(...vector.slice(r * width, (r + 1) * width)));
    for (const norm of norms) expect(norm).toBeCloseTo(1, 5);
  });
});

/** Largest cosine over the queries of each picture with each text: [pictures, texts]. */
function similarities(queryEmbeds: ort.Tensor, textEmbeds: ort.Tensor): number[] {
  const [pictures, queries, width] = queryEmbeds.dims as [number, number, number];
  const q = queryEmbeds.data as Float32Array;
  const t = textEmbeds.data as Float32Array;
  return Array.from({ length: pictures * textEmbeds.dims[0]! }, (_, i) => {
    const [picture, text] = [Math.floor(i / textEmbeds.dims[0]!), i % textEmbeds.dims[0]!];
    const each = Array.from({ length: queries }, (_, n) => {
      let sum = 0;
      for (let k = 0; k < width; k += 1) sum += q[(picture * queries + n) * width + k]! * t[text * width + k]!;
      return sum;
    });
    return Math.max(...each);
  });
}

async function run(graph: Graph, feeds: Record<string, ort.Tensor>) {
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  const results = await session.run(feeds);
  await session.dispose();
  return results;
}

function int64(values: readonly number[], dims: readonly number[]): ort.Tensor {
  return new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}
