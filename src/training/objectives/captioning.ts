// The captioning loss of BLIP-2: the language model says the caption after the projected queries.
// Source: BLIP-2, arXiv 2301.12597, section 3.3; transformers 5.18, Blip2ForConditionalGeneration.

import { fitEmbeddings, type QueryModule, queryModule, queryTokens } from '../../inference/blip2/captionGraphs.js';
import type { Blip2Config, OptConfig } from '../../inference/blip2/config.js';
import { optDecoder, optEmbed, optHead } from '../../inference/blip2/opt.js';
import { qformer } from '../../inference/blip2/qformer.js';
import { patchGrid, visionModel } from '../../inference/blip2/vision.js';
import type { Parameters } from '../../inference/checkpoint/weights.js';
import { at, linear, type Scope } from '../../inference/layers/layers.js';
import { constant, createGraph, type Graph, input, int64, type Value } from '../../onnx/graph.js';
import { FusedMatMul, ReduceMean, ReduceSum } from '../../onnx/ops/contraction.js';
import { Cast, Div, Mul, Sub } from '../../onnx/ops/elementwise.js';
import { Concat, Gather, Reshape, Slice } from '../../onnx/ops/layout.js';
import { elementCount } from '../../onnx/shapes.js';
import type { Objective } from '../lossAndGradients.js';
import { crossEntropy, weightedSum } from '../losses.js';

export interface CaptioningOptions {
  readonly batch: number;
  /** Tokens of a caption with its begin token, padded. */
  readonly length: number;
  /** 'features': image_embeds [B, T, Dv] are fed, as float16. 'pixels': pixel_values [B, 3, size, size], through the vision tower. */
  readonly from: 'features' | 'pixels';
  readonly adapter?: QueryModule | undefined;
  readonly labelSmoothing?: number;
  /** Also asks of each of the first queries to say its slot's keyword; the share of that loss beside the caption's. */
  readonly slots?: { readonly count: number; readonly weight: number } | undefined;
  /** Places at which the next token counts, over the whole batch. */
  readonly rows: number;
}

/**
 * Mean negative log-likelihood of captions. Fed: image_embeds or pixel_values, input_ids [B, L] (begin token first), and what
 * counts: rows [R] (places among the B*(N+L) of queries and tokens), labels [R] (the token that comes next there), weights [R].
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
    ecma: queryModule(scope, options.adapter, image),
  });
  const text = config.text!;
  const projected = linear(at(scope, 'language_projection'), queries, { out: text.hidden_size });
  const prefix = fitEmbeddings(projected, config.numQueryTokens, text);
  const ids = input(graph, 'input_ids', 'int64', [batch, length]);
  const hidden = spoken(scope, text, { prefix, ids, prefixLength: config.numQueryTokens });
  const captionLoss = nextTokenLoss(at(scope, 'language_model'), text, hidden, options);
  if (options.slots === undefined) return { graph, loss: captionLoss };
  const slotLoss = keywordLoss(scope, text, prefix, options.slots.count);
  const loss = weightedSum([
    { loss: captionLoss, weight: 1 },
    { loss: slotLoss, weight: options.slots.weight },
  ]);
  return { graph, loss, figures: { captionLoss, slotLoss } };
}

/**
 * How far the first projected queries are from the embeddings of their slots' keywords: cross-entropy over all tokens, whose
 * logits are minus the squared distances to the query (up to what is the same for all), in units of an embedding's own mean
 * squared length over 8. Fed: slots [B*count], the keywords' ids.
 */
function keywordLoss(scope: Scope, config: OptConfig, prefix: Value, count: number): Value {
  const { graph } = scope;
  const [batch, , width] = prefix.shape.map(Number) as [number, number, number];
  const table = optEmbed(at(scope, 'language_model'), config, int64(graph, [...Array(config.vocab_size).keys()]));
  const lengths = ReduceSum(Mul(table, table), { axis: -1, keepDims: false });
  const unit = Div(constant(graph, Float32Array.of(8), []), ReduceMean(lengths, { axis: 0, keepDims: false }));
  const queries = Reshape(Slice(prefix, { axis: 1, start: 0, end: count }), [batch * count, width]);
  const twice = FusedMatMul(queries, table, { transB: true, alpha: 2 });
  return crossEntropy(Mul(Sub(twice, lengths), unit), {
    classes: input(graph, 'slots', 'int64', [batch * count]),
    weights: constant(graph, new Float32Array(batch * count).fill(1 / (batch * count)), [batch * count]),
  });
}

/**
 * Cross-entropy of the tokens that follow some places of hidden states [B, S, E]. Only those places go through the head, whose
 * width is the vocabulary's. Fed: rows, labels (int64) and weights [R]. `scope` is at 'language_model.'.
 */
export function nextTokenLoss(
  scope: Scope,
  config: OptConfig,
  hidden: Value,
  options: { readonly rows: number; readonly labelSmoothing?: number },
): Value {
  const { graph } = scope;
  const { rows } = options;
  const places = elementCount('nextTokenLoss', hidden.shape.slice(0, 2));
  const flat = Reshape(hidden, [places, config.word_embed_proj_dim]);
  const logits = optHead(scope, config, Gather(flat, input(graph, 'rows', 'int64', [rows])));
  const target = {
    classes: input(graph, 'labels', 'int64', [rows]),
    weights: input(graph, 'weights', 'float32', [rows]),
  };
  return crossEntropy(logits, target, options.labelSmoothing);
}

/**
 * Hidden states [B, N+L, E] of the language model over a prefix [B, N, E] and ids [B, L]. Every place sees those before it;
 * padding comes last, so that it is seen by nothing that counts.
 */
function spoken(scope: Scope, config: OptConfig, given: { prefix: Value; ids: Value; prefixLength: number }): Value {
  const { prefix, ids, prefixLength } = given;
  const root = at(scope, 'language_model');
  const places = prefixLength + Number(ids.shape[1]);
  return optDecoder(root, config, {
    embeddings: Concat([prefix, optEmbed(root, config, ids)], 1),
    positions: int64(scope.graph, [...Array(places).keys()], [1, places]),
    attentionBias: causalBias(scope.graph, places),
  }).hidden;
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

/** Features [B, T, Dv] of pictures: fed as image_embeds (float16), or computed from pixel_values. */
export function imageFeatures(
  scope: Scope,
  config: Blip2Config,
  options: Pick<CaptioningOptions, 'batch' | 'from'>,
): Value {
  const { graph } = scope;
  const { image_size: size, hidden_size: width } = config.vision;
  if (options.from === 'features') {
    const tokens = patchGrid(config.vision) ** 2 + 1;
    return Cast(input(graph, 'image_embeds', 'float16', [options.batch, tokens, width]), 'float32');
  }
  const pixels = input(graph, 'pixel_values', 'float32', [options.batch, 3, size, size]);
  return visionModel(at(scope, 'vision_model'), config.vision, pixels);
}
