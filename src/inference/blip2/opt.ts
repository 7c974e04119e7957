// The OPT language model: a decoder with learned positions (offset 2), pre- or post-LN, optional projections in and out.
// Source: transformers 5.18, modeling_opt.py; OPT: arXiv 2205.01068.
// One graph serves the prompt and every later token: P past positions may be 0, and S new ones any number.

import { int64, type Value } from '../../onnx/graph.js';
import { FusedMatMul, MultiHeadAttention } from '../../onnx/ops/contraction.js';
import { Add } from '../../onnx/ops/elementwise.js';
import { Gather } from '../../onnx/ops/layout.js';
import { activate, at, layerNorm, linear, observe, parameter, type Scope } from '../layers/layers.js';
import type { OptConfig } from './config.js';

/** Keys and values of one layer: of earlier positions [B, H, P, dh], of new ones [B, S, H*dh]. */
export interface KeyValue {
  readonly key: Value;
  readonly value: Value;
}

export interface OptInput {
  /** Embedded tokens [B, S, E], E = word_embed_proj_dim. */
  readonly embeddings: Value;
  /** Positions [B, S] from 0, int64. */
  readonly positions: Value;
  /** [B, 1, S, P+S]: 0 where a position may be seen, very negative where not. */
  readonly attentionBias: Value;
  /** Left out where whole sequences are given at once (training). */
  readonly past?: readonly KeyValue[];
}

/** Width of one head's keys. */
export function headWidth(config: OptConfig): number {
  return config.hidden_size / config.num_attention_heads;
}

/** Token ids [B, S] -> embeddings [B, S, E]. `scope` is at 'language_model.'. */
export function optEmbed(scope: Scope, config: OptConfig, ids: Value): Value {
  return Gather(tokenTable(scope, config), ids);
}

/** The decoder: hidden states [B, S, E] ready for the head, and each layer's new keys and values. `scope` is at 'language_model.'. */
export function optDecoder(scope: Scope, config: OptConfig, input: OptInput): { hidden: Value; added: KeyValue[] } {
  const decoder = at(scope, 'model.decoder');
  const { hidden_size: width, word_embed_proj_dim: embedWidth } = config;
  const embedded =
    embedWidth === width
      ? input.embeddings
      : linear(at(decoder, 'project_in'), input.embeddings, { out: width, bias: false });
  const table = parameter(decoder, 'embed_positions.weight', [config.max_position_embeddings + 2, width]);
  const offset = Add(input.positions, int64(scope.graph, [2]));
  let x = Add(embedded, Gather(table, offset));
  const added: KeyValue[] = [];
  for (let i = 0; i < config.num_hidden_layers; i += 1) {
    const layer = optLayer(at(decoder, `layers.${i}`), config, { ...input, x, past: input.past?.[i] });
    x = layer.x;
    added.push(layer.added);
  }
  if (config.do_layer_norm_before && !config._remove_final_layer_norm)
    x = norm(at(decoder, 'final_layer_norm'), config, x);
  const hidden = embedWidth === width ? x : linear(at(decoder, 'project_out'), x, { out: embedWidth, bias: false });
  return { hidden, added };
}

/** Hidden states [..., E] -> logits [..., V] through the head, which is the token table where it is tied. */
export function optHead(scope: Scope, config: OptConfig, hidden: Value): Value {
  const table = config.tie_word_embeddings
    ? tokenTable(scope, config)
    : parameter(scope, 'lm_head.weight', [config.vocab_size, config.word_embed_proj_dim]);
  return FusedMatMul(hidden, table, { transB: true });
}

function optLayer(
  scope: Scope,
  config: OptConfig,
  input: { x: Value; attentionBias: Value; past: KeyValue | undefined },
): { x: Value; added: KeyValue } {
  const { do_layer_norm_before: pre, enable_bias: bias } = config;
  const attentionNorm = (x: Value) => norm(at(scope, 'self_attn_layer_norm'), config, x);
  const finalNorm = (x: Value) => norm(at(scope, 'final_layer_norm'), config, x);

  const attended = selfAttention(at(scope, 'self_attn'), config, {
    ...input,
    x: pre ? attentionNorm(input.x) : input.x,
  });
  const middle = Add(input.x, attended.output);
  const h = pre ? middle : attentionNorm(middle);
  const inner = linear(at(scope, 'fc1'), pre ? finalNorm(h) : h, { out: config.ffn_dim, bias });
  const outer = linear(at(scope, 'fc2'), activate(config.activation_function, inner), {
    out: config.hidden_size,
    bias,
  });
  const sum = Add(h, outer);
  return { x: pre ? sum : finalNorm(sum), added: attended.added };
}

function selfAttention(
  scope: Scope,
  config: OptConfig,
  input: { x: Value; attentionBias: Value; past: KeyValue | undefined },
): { output: Value; added: KeyValue } {
  const { hidden_size: out, enable_bias: bias, num_attention_heads: numHeads } = config;
  const project = (name: string, x: Value) => linear(at(scope, name), x, { out, bias });
  const added = { key: project('k_proj', input.x), value: project('v_proj', input.x) };
  const { output } = MultiHeadAttention({
    query: project('q_proj', input.x),
    ...added,
    numHeads,
    attentionBias: input.attentionBias,
    ...(input.past === undefined ? {} : { past: input.past }),
  });
  return { output: project('out_proj', observe(scope, 'attended', output)), added };
}

/** OPT's LayerNorms have PyTorch's default epsilon, and none of the configuration's. */
function norm(scope: Scope, config: OptConfig, x: Value): Value {
  return layerNorm(scope, x, { eps: 1e-5, affine: config.layer_norm_elementwise_affine });
}

function tokenTable(scope: Scope, config: OptConfig): Value {
  return parameter(at(scope, 'model.decoder'), 'embed_tokens.weight', [config.vocab_size, config.word_embed_proj_dim]);
}
