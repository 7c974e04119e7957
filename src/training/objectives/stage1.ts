// The three losses of BLIP-2's first stage, which teach a Q-Former with its text branch beside a frozen vision tower: contrast
// (texts and pictures of a batch into one space), matching (whether a text belongs to a picture) and grounded generation (the
// text, said after the queries). Source: BLIP-2, arXiv 2301.12597, section 3.1; LAVIS 1.0.2, blip2_qformer.py.
// Contrast and generation are one pass, because the queries see no text in either; matching is a second one.
// Where we differ: a picture's one vector (the normalised mean of its queries', which is what is kept of it) is trained beside
// the largest similarity of its queries; each row has one hard negative, of a picture or of a text, and not both; what is the
// same picture or says the same is no negative.

import { queryTokens } from '../../inference/blip2/captionGraphs.js';
import type { Blip2Config } from '../../inference/blip2/config.js';
import { qformer } from '../../inference/blip2/qformer.js';
import {
  matchLogits,
  pictureVectors,
  queryVectors,
  textEmbeddings,
  textVectors,
} from '../../inference/blip2/retrievalGraphs.js';
import type { Parameters } from '../../inference/checkpoint/weights.js';
import { activate, at, layerNorm, linear, parameter, type Scope } from '../../inference/layers/layers.js';
import { constant, createGraph, type Graph, input, int64, type Value } from '../../onnx/graph.js';
import { ArgMax, FusedMatMul, ReduceMax } from '../../onnx/ops/contraction.js';
import { Add, Exp, Max, Mul } from '../../onnx/ops/elementwise.js';
import { Concat, Gather, Reshape, Slice, Transpose } from '../../onnx/ops/layout.js';
import type { Objective } from '../lossAndGradients.js';
import { crossEntropy, softCrossEntropy, weightedSum } from '../losses.js';
import { imageFeatures } from './captioning.js';

export interface Stage1Options {
  /** Pictures of a batch, each with a text: at least 2. */
  readonly batch: number;
  /** Tokens of a text with those around it, padded. */
  readonly length: number;
  /** Places at which the next token counts, over the whole batch. */
  readonly rows: number;
  /** 'features': image_embeds [B, T, Dv] are fed, as float16. 'pixels': pixel_values [B, 3, size, size]. */
  readonly from: 'features' | 'pixels';
  /** Id that begins a text that is said: it stands in the place of the read text's first token. */
  readonly sayId: number;
}

/** Names of the parameters that only training needs: the temperatures (as logarithms of what cosines are multiplied with) and the head that says. */
export const SCALES = ['heads.query_scale', 'heads.picture_scale'] as const;
/** Cosines are multiplied by 1 / 0.07 at the start, as in LAVIS. */
export const SCALE_AT_START = Math.log(1 / 0.07);

/**
 * Fed: image_embeds or pixel_values; input_ids [B, L] and padding [B, L] (1 where there is no token); targets [B, B] (which
 * texts are right for picture i, and just so which pictures for text i: rows sum to 1); noise [B, B], added to the similarities when
 * hard negatives are chosen: Gumbel noise makes it a draw from their softmax, very low numbers forbid; match_weights [2B] of the
 * pairs that are matched; and what is said: rows [R] (places among the B*(N+2L) of queries, read and said text), labels [R], weights [R].
 * Figures: the three losses.
 */
export function stage1Objective(parameters: Parameters, config: Blip2Config, options: Stage1Options): Objective {
  const { batch, length } = options;
  const graph = createGraph('stage1');
  const scope: Scope = { graph, parameters, prefix: '' };
  const image = imageFeatures(scope, config, options);
  const ids = input(graph, 'input_ids', 'int64', [batch, length]);
  const padding = input(graph, 'padding', 'float32', [batch, length]);
  const { hidden, read } = readAndSaid(scope, config, { image, ids, padding, sayId: options.sayId });
  const { numQueryTokens: count } = config;

  const queries = queryVectors(scope, config, Slice(hidden, { axis: 1, start: 0, end: count }));
  const texts = textVectors(scope, config, Slice(hidden, { axis: 1, start: count, end: count + length }));
  const similarities = [
    scaled(scope, SCALES[0], largestOfQueries(queries, texts)),
    scaled(scope, SCALES[1], FusedMatMul(pictureVectors(queries), texts, { transB: true })),
  ];
  const targets = input(graph, 'targets', 'float32', [batch, batch]);
  const contrastLoss = weightedSum(
    similarities.flatMap((logits) => [
      { loss: softCrossEntropy(logits, targets), weight: 0.25 },
      { loss: softCrossEntropy(Transpose(logits, [1, 0]), targets), weight: 0.25 },
    ]),
  );
  const pairs = hardPairs(Add(similarities[0]!, input(graph, 'noise', 'float32', [batch, batch])));
  const matchLoss = matchingLoss(scope, config, { image, read, padding, pairs });
  const sayLoss = sayingLoss(scope, config, hidden, options.rows);
  const loss = weightedSum([contrastLoss, matchLoss, sayLoss].map((each) => ({ loss: each, weight: 1 })));
  return { graph, loss, figures: { contrastLoss, matchLoss, sayLoss } };
}

/** Far enough below any score that nothing is left of it in float32; -1e9 makes softmax four times slower. */
const HIDE = 50;

/**
 * Hidden states [B, N+2L, D] of queries, read text and said text in one pass, and the read text's embeddings [B, L, D]. Queries
 * see queries; the read text itself; the said text queries, itself and what it said before.
 */
function readAndSaid(
  scope: Scope,
  config: Blip2Config,
  given: { image: Value; ids: Value; padding: Value; sayId: number },
): { hidden: Value; read: Value } {
  const { graph } = scope;
  const { ids, padding } = given;
  const [batch, length] = ids.shape.map(Number) as [number, number];
  const { numQueryTokens: count } = config;
  const positions = int64(graph, [...Array(length).keys()], [1, length]);
  const begin = int64(graph, Array<number>(batch).fill(given.sayId), [batch, 1]);
  const saidIds = Concat([begin, Slice(ids, { axis: 1, start: 1, end: length })], 1);
  const read = textEmbeddings(scope, config, { ids, positions });
  const said = textEmbeddings(scope, config, { ids: saidIds, positions });
  const kind = (place: number) => (place < count ? 'query' : place < count + length ? 'read' : 'said');
  const sees = (from: number, to: number) => {
    if (kind(from) === 'said') return kind(to) === 'query' || (kind(to) === 'said' && to <= from);
    return kind(from) === kind(to);
  };
  const places = count + 2 * length;
  const unseen = Float32Array.from({ length: places * places }, (_, i) =>
    sees(Math.floor(i / places), i % places) ? 0 : 1,
  );
  const padded = Concat([nothing(graph, [batch, count]), padding, nothing(graph, [batch, length])], 1);
  const hidden = qformer(at(scope, 'qformer'), config.qformer, {
    queries: queryTokens(scope, config),
    text: Concat([read, said], 1),
    image: given.image,
    attentionBias: hiding(constant(graph, unseen, [1, 1, places, places]), Reshape(padded, [batch, 1, 1, places])),
  });
  return { hidden, read };
}

/** What attention's scores get where one of two masks is 1. */
function hiding(a: Value, b: Value): Value {
  return Mul(Max(a, b), constant(a.graph, Float32Array.of(-HIDE), []));
}

function nothing(graph: Graph, shape: readonly number[]): Value {
  return constant(graph, new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
}

/** Queries' vectors [B, N, E] and texts' [B, E] -> [B, B], pictures by texts: the best of a picture's queries. */
function largestOfQueries(queries: Value, texts: Value): Value {
  const [batch, count, width] = queries.shape.map(Number) as [number, number, number];
  const all = FusedMatMul(Reshape(queries, [batch * count, width]), texts, { transB: true });
  return ReduceMax(Reshape(all, [batch, count, batch]), { axis: 1, keepDims: false });
}

function scaled(scope: Scope, name: string, cosines: Value): Value {
  return Mul(cosines, Exp(parameter(scope, name, [1])));
}

/**
 * Which pictures and texts are matched, as rows of the batch: B pairs that belong together; then, for each text of the first
 * half, the picture that looks most like it and is another's; then, for each picture of the other half, such a text. Chosen in
 * the graph, so from the similarities of this very step.
 */
function hardPairs(scores: Value): { pictures: Value; texts: Value; matches: readonly number[] } {
  const { graph } = scores;
  const batch = Number(scores.shape[0]);
  const half = Math.floor(batch / 2);
  const hardPictures = ArgMax(Slice(scores, { axis: 1, start: 0, end: half }), 0);
  const hardTexts = ArgMax(Slice(scores, { axis: 0, start: half, end: batch }), 1);
  const own = [...Array(batch).keys()];
  return {
    pictures: Concat([int64(graph, own), hardPictures, int64(graph, own.slice(half))], 0),
    texts: Concat([int64(graph, [...own, ...own.slice(0, half)]), hardTexts], 0),
    matches: Array.from({ length: 2 * batch }, (_, i) => (i < batch ? 1 : 0)),
  };
}

/** Cross-entropy of match or no match; queries and text see each other. */
function matchingLoss(
  scope: Scope,
  config: Blip2Config,
  given: { image: Value; read: Value; padding: Value; pairs: ReturnType<typeof hardPairs> },
): Value {
  const { graph } = scope;
  const { pairs } = given;
  const count = pairs.matches.length;
  const [, length] = given.padding.shape.map(Number) as [number, number];
  const places = config.numQueryTokens + length;
  const padded = Concat([nothing(graph, [count, config.numQueryTokens]), Gather(given.padding, pairs.texts)], 1);
  const hidden = qformer(at(scope, 'qformer'), config.qformer, {
    queries: queryTokens(scope, config),
    text: Gather(given.read, pairs.texts),
    image: Gather(given.image, pairs.pictures),
    attentionBias: hiding(nothing(graph, [1, 1, places, places]), Reshape(padded, [count, 1, 1, places])),
  });
  return crossEntropy(matchLogits(scope, config, hidden), {
    classes: int64(graph, pairs.matches),
    weights: input(graph, 'match_weights', 'float32', [count]),
  });
}

/**
 * Cross-entropy of the tokens that follow some places. The head is BERT's: a layer of its own, then the word embeddings
 * themselves with a bias.
 */
function sayingLoss(scope: Scope, config: Blip2Config, hidden: Value, rows: number): Value {
  const { graph } = scope;
  const { hidden_size: width, vocab_size: vocabulary, layer_norm_eps: eps, hidden_act: act } = config.qformer;
  const places = Number(hidden.shape[0]) * Number(hidden.shape[1]);
  const wanted = Gather(Reshape(hidden, [places, width]), input(graph, 'rows', 'int64', [rows]));
  const head = at(scope, 'heads.lm');
  const inner = activate(act, linear(at(head, 'dense'), wanted, { out: width }));
  const words = parameter(scope, 'embeddings.word_embeddings.weight', [vocabulary, width]);
  const product = FusedMatMul(layerNorm(at(head, 'norm'), inner, { eps }), words, { transB: true });
  return crossEntropy(Add(product, parameter(head, 'bias', [vocabulary])), {
    classes: input(graph, 'labels', 'int64', [rows]),
    weights: input(graph, 'weights', 'float32', [rows]),
  });
}
