// Text -> one vector, as sentence-transformers' modules do it: encoder, pooling, dense layers, normalisation.
// Letters: B texts, L places. Padding is on the right.

import { constant, createGraph, type Graph, input, output, type Value } from '../../onnx/graph.js';
import { ReduceL2, ReduceMax, ReduceSum } from '../../onnx/ops/contraction.js';
import { Add, Div, Max, Mul } from '../../onnx/ops/elementwise.js';
import { Concat, Slice } from '../../onnx/ops/layout.js';
import type { Parameters } from '../checkpoint/weights.js';
import { activate, at, linear, normalize, type Scope } from '../layers/layers.js';
import { bertEncoder } from './bertEncoder.js';
import type { PoolingMode, SentenceConfig } from './sentenceConfig.js';

/**
 * The encoder's parameters under their own names, those of the i-th dense layer under 'dense.i.'.
 * input_ids, position_ids [B, L]; attention_bias [B, 1, L, L]; for pooling: mask [B, L, 1] (1 a token, 0 padding),
 * rank [B, L, 1] (1, 2, 3 ... times the mask), last [B, L, 1] (1 at the last token); buckets [L, L] for MPNet.
 * -> sentence_embedding [B, E].
 */
export function sentenceGraph(parameters: Parameters, config: SentenceConfig): Graph {
  const graph = createGraph('sentence_encoder');
  const { encoder } = config;
  const has = (prefix: string) => parameters.has(`${prefix}embeddings.word_embeddings.weight`);
  // Saved from a model with a head, the encoder's names carry its prefix.
  const prefix = ['', 'bert.', 'roberta.', 'distilbert.', 'mpnet.'].find(has) ?? '';
  const scope: Scope = { graph, parameters, prefix };
  const hidden = bertEncoder(scope, encoder, {
    ids: input(graph, 'input_ids', 'int64', ['B', 'L']),
    positions: input(graph, 'position_ids', 'int64', ['B', 'L']),
    attentionBias: input(graph, 'attention_bias', 'float32', ['B', 1, 'L', 'L']),
    ...(encoder.relativeBuckets > 0 ? { buckets: input(graph, 'buckets', 'int64', ['L', 'L']) } : {}),
  });
  const pooled = config.pooling.map((mode) => pool(mode, hidden, graph));
  let vector = pooled.length === 1 ? pooled[0]! : Concat(pooled, 1);
  config.dense.forEach((dense, i) => {
    const layer = at({ ...scope, prefix: '' }, `dense.${i}.linear`);
    vector = activate(dense.activation, linear(layer, vector, { out: dense.outFeatures, bias: dense.bias }));
  });
  output('sentence_embedding', config.normalize ? normalize(vector) : vector);
  return graph;
}

function pool(mode: PoolingMode, hidden: Value, graph: Graph): Value {
  const width = hidden.shape[2]!;
  const weights = (name: string) =>
    graph.inputs.find((value) => value.name === name) ?? input(graph, name, 'float32', ['B', 'L', 1]);
  const total = (name: string) => ReduceSum(Mul(hidden, weights(name)), { axis: 1, keepDims: false });
  const atLeast = (x: Value) => Max(x, constant(graph, Float32Array.of(1e-9), [1]));
  const count = (name: string) => atLeast(ReduceSum(weights(name), { axis: 1, keepDims: false }));
  switch (mode) {
    case 'cls':
      return ReduceSum(Slice(hidden, { axis: 1, start: 0, end: 1, dim: 1 }), { axis: 1, keepDims: false });
    case 'max': {
      // Padding is pushed below anything: (mask - 1) * 1e9.
      const hide = Mul(
        Add(weights('mask'), constant(graph, Float32Array.of(-1), [1])),
        constant(graph, Float32Array.of(1e9), [1]),
      );
      return ReduceMax(Add(hidden, hide), { axis: 1, keepDims: false });
    }
    case 'mean':
      return Div(total('mask'), count('mask'));
    case 'mean_sqrt_len_tokens':
      // The length of a 0/1 vector is the square root of its sum.
      return Div(total('mask'), atLeast(ReduceL2(weights('mask'), { axis: 1, keepDims: false })));
    case 'weightedmean':
      return Div(total('rank'), count('rank'));
    case 'lasttoken':
      return total('last');
    default:
      throw new Error(`pool: expected a known mode, got ${mode satisfies never} for width ${width}`);
  }
}
