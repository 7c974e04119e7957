// The captioning loss of BLIP-2: the language model says the caption after the projected queries.
// Source: BLIP-2, arXiv 2301.12597, section 3.3; transformers 5.18, Blip2ForConditionalGeneration.

import { fitEmbeddings, queryTokens } from '../../inference/blip2/captionGraphs.js';
import type { Blip2Config, OptConfig } from '../../inference/blip2/config.js';
import { ecma } from '../../inference/blip2/ecma.js';
import type { EcmaConfig } from '../../inference/blip2/ecmaConfig.js';
import { optDecoder, optEmbed, optHead } from '../../inference/blip2/opt.js';
import { qformer } from '../../inference/blip2/qformer.js';
import { patchGrid, visionModel } from '../../inference/blip2/vision.js';
import type { Parameters } from '../../inference/checkpoint/weights.js';
import { at, linear, type Scope } from '../../inference/layers/layers.js';
import { constant, createGraph, type Graph, input, int64, type Value } from '../../inference/onnx/graph.js';
import { Concat, Reshape, Slice } from '../../inference/onnx/ops/layout.js';
import type { Objective } from '../lossAndGradients.js';
import { crossEntropy } from '../losses.js';

export interface CaptioningOptions {
  readonly batch: number;
  /** Tokens of a caption with its begin token, padded. */
  readonly length: number;
  /** 'features': image_embeds [B, T, Dv] are fed. 'pixels': pixel_values [B, 3, size, size], through the vision tower. */
  readonly from: 'features' | 'pixels';
  readonly adapter?: EcmaConfig | undefined;
  readonly labelSmoothing?: number;
}

/**
 * Mean negative log-likelihood of captions. Fed: image_embeds or pixel_values, input_ids [B, L] (begin token first), labels
 * [B*(L-1)] (the next token at each place; 0 where none counts) and weights [B*(L-1)] (0 there).
 */
export function captioningObjective(
  parameters: Parameters,
  config: Blip2Config,
  options: CaptioningOptions,
): Objective {
  const { batch, length } = options;
  const graph = createGraph('captioning');
  const scope: Scope = { graph, parameters, prefix: '' };
  const image = imageFeatures(scope, config, options);
  const queries = qformer(at(scope, 'qformer'), config.qformer, {
    queries: queryTokens(scope, config),
    image,
    ecma: options.adapter && ecma(at(scope, 'ecma'), options.adapter, image),
  });
  const text = config.text!;
  const projected = linear(at(scope, 'language_projection'), queries, { out: text.hidden_size });
  const prefix = fitEmbeddings(projected, config.numQueryTokens, text);
  const ids = input(graph, 'input_ids', 'int64', [batch, length]);
  const logits = continuationLogits(scope, text, { prefix, ids, prefixLength: config.numQueryTokens });
  return { graph, loss: crossEntropy(logits, targets(graph, batch * (length - 1)), options.labelSmoothing) };
}

/** The inputs `labels` and `weights` [rows]. */
export function targets(graph: Graph, rows: number): { classes: Value; weights: Value } {
  return { classes: input(graph, 'labels', 'int64', [rows]), weights: input(graph, 'weights', 'float32', [rows]) };
}

/**
 * Logits [B*(L-1), V] for the tokens after each of the ids [B, L] but the last, which follow the prefix [B, N, E]. Every
 * place sees those before it; padding comes last, so that it is seen by nothing that counts.
 */
export function continuationLogits(
  scope: Scope,
  config: OptConfig,
  given: { prefix: Value; ids: Value; prefixLength: number },
): Value {
  const { prefix, ids, prefixLength } = given;
  const root = at(scope, 'language_model');
  const [batch, length] = ids.shape.map(Number) as [number, number];
  const places = prefixLength + length;
  const { graph } = scope;
  const { hidden } = optDecoder(root, config, {
    embeddings: Concat([prefix, optEmbed(root, config, ids)], 1),
    positions: int64(graph, [...Array(places).keys()], [1, places]),
    attentionBias: causalBias(graph, places),
  });
  const width = config.word_embed_proj_dim;
  const speaking = Slice(hidden, { axis: 1, start: prefixLength, end: places - 1 });
  return optHead(root, config, Reshape(speaking, [batch * (length - 1), width]));
}

/**
 * [1, 1, S, S]: 0 up to the place itself, -50 after it. exp(-50) is below float32's precision beside any score; -1e9 makes
 * softmax four times slower, because its exponentials underflow.
 */
export function causalBias(graph: Graph, places: number): Value {
  const bias = Float32Array.from({ length: places * places }, (_, i) =>
    i % places > Math.floor(i / places) ? -50 : 0,
  );
  return constant(graph, bias, [1, 1, places, places]);
}

function imageFeatures(scope: Scope, config: Blip2Config, options: CaptioningOptions): Value {
  const { graph } = scope;
  const { image_size: size, hidden_size: width } = config.vision;
  if (options.from === 'features') {
    return input(graph, 'image_embeds', 'float32', [options.batch, patchGrid(config.vision) ** 2 + 1, width]);
  }
  const pixels = input(graph, 'pixel_values', 'float32', [options.batch, 3, size, size]);
  return visionModel(at(scope, 'vision_model'), config.vision, pixels);
}
