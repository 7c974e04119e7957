// The Querying Transformer of BLIP-2: BERT-style post-LN layers in which learned queries attend to the picture.
// Source: transformers 5.18, modeling_blip_2.py (Blip2QFormerModel); BLIP-2: arXiv 2301.12597.

import type { Value } from '../../onnx/graph.js';
import { Add } from '../../onnx/ops/elementwise.js';
import { Concat, expandBatch, Slice } from '../../onnx/ops/layout.js';
import { dimAt } from '../../onnx/shapes.js';
import { activate, at, attend, layerNorm, linear, observe, type Scope } from '../layers/layers.js';
import type { QFormerConfig } from './config.js';
import type { EcmaModule } from './ecma.js';

export interface QFormerInput {
  /** Query tokens [1 or B, N, D]. */
  readonly queries?: Value;
  /** Embedded text [B, L, D]. */
  readonly text?: Value;
  /** Features of the picture [B, T, Dv]; needed where there are queries. */
  readonly image?: Value;
  /** Added to the attention scores among queries and text: [B, 1, N+L, N+L]. */
  readonly attentionBias?: Value;
  readonly ecma?: EcmaModule | undefined;
}

/** Last hidden state [B, N+L, D], queries first. `scope` is at 'qformer.'. */
export function qformer(scope: Scope, config: QFormerConfig, input: QFormerInput): Value {
  const norm = (x: Value) => layerNorm(at(scope, 'layernorm'), x, { eps: config.layer_norm_eps });
  let queries = input.queries && norm(input.queries);
  let text = input.text && norm(input.text);
  for (let i = 0; i < config.num_hidden_layers; i += 1) {
    ({ queries, text } = qformerLayer(at(scope, `encoder.layer.${i}`), config, i, { ...input, queries, text }));
  }
  return join(queries, text);
}

type LayerState = { queries?: Value | undefined; text?: Value | undefined };

function qformerLayer(
  scope: Scope,
  config: QFormerConfig,
  index: number,
  input: Omit<QFormerInput, 'queries' | 'text'> & LayerState,
): LayerState {
  const all = join(input.queries, input.text);
  const attended = attentionBlock(at(scope, 'attention'), config, {
    x: all,
    memory: all,
    attentionBias: input.attentionBias,
  });
  if (input.queries === undefined) return { text: feedForward(scope, config, attended, '') };

  const length = Number(dimAt(input.queries.shape, 1));
  let queries = input.text === undefined ? attended : Slice(attended, { axis: 1, start: 0, end: length });
  if (index % config.cross_attention_frequency === 0) {
    if (input.image === undefined) throw new Error('qformer: expected image features for the queries, got none');
    queries = attentionBlock(at(scope, 'crossattention'), config, { x: queries, memory: input.image });
  }
  if (input.ecma !== undefined) queries = input.ecma.apply(index, queries);
  const result: LayerState = { queries: feedForward(scope, config, queries, '_query') };
  if (input.text === undefined) return result;
  const rest = Slice(attended, {
    axis: 1,
    start: length,
    end: Number.MAX_SAFE_INTEGER,
    dim: dimAt(input.text.shape, 1),
  });
  return { ...result, text: feedForward(scope, config, rest, '') };
}

/** LN(x + dense(attention(x over memory))). */
function attentionBlock(
  scope: Scope,
  config: QFormerConfig,
  input: { x: Value; memory: Value; attentionBias?: Value | undefined },
): Value {
  const { hidden_size: out, num_attention_heads: numHeads, layer_norm_eps: eps } = config;
  const result = attend({
    query: linear(at(scope, 'attention.query'), input.x, { out }),
    key: linear(at(scope, 'attention.key'), input.memory, { out }),
    value: linear(at(scope, 'attention.value'), input.memory, { out }),
    numHeads,
    attentionBias: input.attentionBias,
  });
  const dense = linear(at(scope, 'output.dense'), observe(scope, 'attended', result), { out });
  return layerNorm(at(scope, 'output.LayerNorm'), Add(dense, input.x), { eps });
}

/** LN(x + dense(act(dense(x)))); queries and text have weights of their own, told apart by the suffix. */
function feedForward(scope: Scope, config: QFormerConfig, x: Value, suffix: '' | '_query'): Value {
  const inner = linear(at(scope, `intermediate${suffix}.dense`), x, { out: config.intermediate_size });
  const outer = linear(at(scope, `output${suffix}.dense`), activate(config.hidden_act, inner), {
    out: config.hidden_size,
  });
  return layerNorm(at(scope, `output${suffix}.LayerNorm`), Add(outer, x), { eps: config.layer_norm_eps });
}

function join(queries: Value | undefined, text: Value | undefined): Value {
  if (queries === undefined || text === undefined) return (queries ?? text)!;
  const repeated = dimAt(queries.shape, 0) === 1 ? expandBatch(queries, text) : queries;
  return Concat([repeated, text], 1);
}
