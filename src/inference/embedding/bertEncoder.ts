// The encoder of BERT, RoBERTa, DistilBERT and MPNet: post-LN layers that differ in names, positions and little else.
// Sources: transformers 5.18, modeling_{bert,roberta,distilbert,mpnet}.py; BERT: arXiv 1810.04805, MPNet: arXiv 2004.09297.

import { int64, type Value } from '../../onnx/graph.js';
import { Add } from '../../onnx/ops/elementwise.js';
import { Gather, Transpose } from '../../onnx/ops/layout.js';
import { activate, at, attend, layerNorm, linear, parameter, type Scope } from '../layers/layers.js';
import type { BertConfig } from './bertConfig.js';

/** What each dialect calls the parts of a layer. */
const NAMES = {
  bert: {
    layer: 'encoder.layer',
    query: 'attention.self.query',
    key: 'attention.self.key',
    value: 'attention.self.value',
    dense: 'attention.output.dense',
    attentionNorm: 'attention.output.LayerNorm',
    inner: 'intermediate.dense',
    outer: 'output.dense',
    outerNorm: 'output.LayerNorm',
  },
  mpnet: {
    layer: 'encoder.layer',
    query: 'attention.attn.q',
    key: 'attention.attn.k',
    value: 'attention.attn.v',
    dense: 'attention.attn.o',
    attentionNorm: 'attention.LayerNorm',
    inner: 'intermediate.dense',
    outer: 'output.dense',
    outerNorm: 'output.LayerNorm',
  },
  distilbert: {
    layer: 'transformer.layer',
    query: 'attention.q_lin',
    key: 'attention.k_lin',
    value: 'attention.v_lin',
    dense: 'attention.out_lin',
    attentionNorm: 'sa_layer_norm',
    inner: 'ffn.lin1',
    outer: 'ffn.lin2',
    outerNorm: 'output_layer_norm',
  },
} as const;

export interface BertInput {
  /** Token ids [B, L], int64. */
  readonly ids: Value;
  /** Positions [B, L], int64. */
  readonly positions: Value;
  /** [B, 1, L, L]: very negative where a padded place would be seen. */
  readonly attentionBias: Value;
  /** Bucket of every pair of places [L, L], int64 (MPNet). */
  readonly buckets?: Value;
}

/** Last hidden state [B, L, D]. */
export function bertEncoder(scope: Scope, config: BertConfig, input: BertInput): Value {
  const names = NAMES[config.dialect];
  let x = embed(at(scope, 'embeddings'), config, input);
  const attentionBias = withRelativePositions(scope, config, input);
  for (let i = 0; i < config.layers; i += 1) {
    const layer = at(scope, `${names.layer}.${i}`);
    const project = (name: string, value: Value, out = config.width) => linear(at(layer, name), value, { out });
    const norm = (name: string, value: Value) => layerNorm(at(layer, name), value, { eps: config.eps });
    const attended = attend({
      query: project(names.query, x),
      key: project(names.key, x),
      value: project(names.value, x),
      numHeads: config.heads,
      attentionBias,
    });
    const h = norm(names.attentionNorm, Add(project(names.dense, attended), x));
    const inner = activate(config.activation, project(names.inner, h, config.inner));
    x = norm(names.outerNorm, Add(project(names.outer, inner), h));
  }
  return x;
}

function embed(scope: Scope, config: BertConfig, input: BertInput): Value {
  const words = Gather(parameter(scope, 'word_embeddings.weight', [config.vocabSize, config.width]), input.ids);
  const positions = Gather(
    parameter(scope, 'position_embeddings.weight', [config.positions, config.width]),
    input.positions,
  );
  let sum = Add(words, positions);
  if (config.tokenTypes > 0) {
    const table = parameter(scope, 'token_type_embeddings.weight', [config.tokenTypes, config.width]);
    sum = Add(sum, Gather(table, int64(scope.graph, [0])));
  }
  return layerNorm(at(scope, 'LayerNorm'), sum, { eps: config.eps });
}

/** MPNet adds a learned number per head and bucket of distance: [B, H, L, L]. */
function withRelativePositions(scope: Scope, config: BertConfig, input: BertInput): Value {
  if (input.buckets === undefined) return input.attentionBias;
  const table = parameter(scope, 'encoder.relative_attention_bias.weight', [config.relativeBuckets, config.heads]);
  return Add(input.attentionBias, Transpose(Gather(table, input.buckets), [2, 0, 1]));
}

/**
 * Bucket of a distance (key minus query): exact up to a quarter of the buckets each way, then logarithmic up to 128.
 * Source: MPNet's relative_position_bucket, which is T5's (arXiv 1910.10683, bidirectional).
 */
export function relativeBucket(distance: number, buckets: number): number {
  const half = Math.floor(buckets / 2);
  const exact = Math.floor(half / 2);
  const side = distance > 0 ? half : 0;
  const n = Math.abs(distance);
  if (n < exact) return side + n;
  const scaled = (Math.fround(Math.log(n / exact)) / Math.log(128 / exact)) * (half - exact);
  return side + Math.min(half - 1, exact + Math.trunc(scaled));
}
