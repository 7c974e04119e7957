// The three graphs that caption: vision tower, Q-Former with projection, language model. Letters: B images or sequences,
// S new positions, P past ones, M queries fed beside the tokens (N at the prompt, 0 later), C slots of the cache.

import { constant, createGraph, type Graph, input, output, type Value } from '../../onnx/graph.js';
import { LogSoftmax } from '../../onnx/ops/contraction.js';
import { Add, Mul } from '../../onnx/ops/elementwise.js';
import { Concat, Gather, GatherND, Reshape, Slice } from '../../onnx/ops/layout.js';
import { dimAt } from '../../onnx/shapes.js';
import type { Parameters } from '../checkpoint/weights.js';
import { at, linear, type Observe, parameter, type Scope } from '../layers/layers.js';
import type { Blip2Config, OptConfig } from './config.js';
import { type EcmaModule, ecma } from './ecma.js';
import type { EcmaConfig } from './ecmaConfig.js';
import { pastOf } from './keyValueCache.js';
import { headWidth, type KeyValue, optDecoder, optEmbed, optHead } from './opt.js';
import { qformer } from './qformer.js';
import { patchGrid, visionModel } from './vision.js';

/** pixel_values [B, 3, size, size] -> image_embeds [B, T, Dv]. */
export function visionGraph(parameters: Parameters, config: Blip2Config): Graph {
  const { graph, scope } = start('vision', parameters);
  const size = config.vision.image_size;
  const pixels = input(graph, 'pixel_values', 'float32', ['B', 3, size, size]);
  output('image_embeds', visionModel(at(scope, 'vision_model'), config.vision, pixels));
  return graph;
}

/** ECMA by its settings, or another module in its places, for comparisons: made for one batch's features. */
export type QueryModule = EcmaConfig | ((scope: Scope, image: Value) => EcmaModule);

/** The module for a batch of pictures' features; undefined where there is none. `scope` is at the root. */
export function queryModule(scope: Scope, module: QueryModule | undefined, image: Value): EcmaModule | undefined {
  if (module === undefined) return undefined;
  return typeof module === 'function' ? module(scope, image) : ecma(at(scope, 'ecma'), module, image);
}

/** image_embeds [B, T, Dv] -> query_output [B, N, D], language_model_inputs [B, N, hidden] and prefix [B, N, E]. */
export function queryGraph(
  parameters: Parameters,
  config: Blip2Config,
  adapter?: QueryModule,
  observe?: Observe,
): Graph {
  const { graph, scope } = start('qformer', parameters, observe);
  const text = config.text!;
  const image = imageInput(graph, config);
  const queries = qformer(at(scope, 'qformer'), config.qformer, {
    queries: queryTokens(scope, config),
    image,
    ecma: queryModule(scope, adapter, image),
  });
  const projected = linear(at(scope, 'language_projection'), queries, { out: text.hidden_size });
  output('query_output', queries);
  output('language_model_inputs', projected);
  output('prefix', fitEmbeddings(projected, config.numQueryTokens, text));
  return graph;
}

/** The query tokens [1, N, D]. */
export function queryTokens(scope: Scope, config: Blip2Config) {
  return parameter(scope, 'query_tokens', [1, config.numQueryTokens, config.qformer.hidden_size]);
}

/** The features of pictures as an input of a graph. */
export function imageInput(graph: Graph, config: Blip2Config) {
  const tokens = patchGrid(config.vision) ** 2 + 1;
  return input(graph, 'image_embeds', 'float32', ['B', tokens, config.vision.hidden_size]);
}

/**
 * One step of the language model. input_ids [B, S]; prefix [B, M, E] with `source` [B, S, 1] choosing for each place among
 * the S tokens (0..S-1) and the M queries (S..S+M-1); position_ids [B, S]; attention_bias [B, 1, S, P+S]; keys and values of the past,
 * past_key_i and past_value_i [C*H, dh], C slots of H heads, with `slots` [B, P], which of them each row continues (keyValueCache.ts).
 * -> logits and log_probs [B, V] of the last place (`positions: 'all'`: [B, S, V]), and what is to be kept of the new places, key_i and value_i [B, S, H*dh].
 */
export function decoderGraph(
  parameters: Parameters,
  config: Blip2Config,
  positions: 'last' | 'all' = 'last',
  observe?: Observe,
): Graph {
  const { graph, scope: root } = start('language_model', parameters, observe);
  const text = config.text!;
  const scope = at(root, 'language_model');
  const ids = input(graph, 'input_ids', 'int64', ['B', 'S']);
  const prefix = input(graph, 'prefix', 'float32', ['B', 'M', text.word_embed_proj_dim]);
  const source = input(graph, 'source', 'int64', ['B', 'S', 1]);
  const positionIds = input(graph, 'position_ids', 'int64', ['B', 'S']);
  const attentionBias = input(graph, 'attention_bias', 'float32', ['B', 1, 'S', 'P+S']);
  const heads = text.num_attention_heads;
  const slots = Reshape(input(graph, 'slots', 'int32', ['B', 'P']), ['B', 1, 'P']);
  // Slot by slot and head by head, in the order that attention takes them in: [B, H, P].
  const each = constant(graph, Int32Array.from(Array(heads).keys()), [1, heads, 1]);
  const parts = Add(Mul(slots, constant(graph, Int32Array.of(heads), [1])), each);
  const past = [...Array(text.num_hidden_layers).keys()].map((i): KeyValue => {
    const cached = (name: string) =>
      Gather(input(graph, pastOf(`${name}_${i}`), 'float32', ['C*H', headWidth(text)]), parts);
    return { key: cached('key'), value: cached('value') };
  });
  const embeddings = GatherND(Concat([optEmbed(scope, text, ids), prefix], 1), source);
  const { hidden, added } = optDecoder(scope, text, { embeddings, positions: positionIds, attentionBias, past });
  const end = Number.MAX_SAFE_INTEGER;
  const wanted =
    positions === 'all'
      ? hidden
      : Reshape(Slice(hidden, { axis: 1, start: -1, end, dim: 1 }), ['B', text.word_embed_proj_dim]);
  const logits = optHead(scope, text, wanted);
  output('logits', logits);
  output('log_probs', LogSoftmax(logits));
  added.forEach(({ key, value }, i) => {
    output(`key_${i}`, key);
    output(`value_${i}`, value);
  });
  return graph;
}

/**
 * Projected queries [B, N, hidden] as embeddings [B, N, E]. They are the same unless the model projects its embeddings in
 * (E < hidden): then transformers' masked_scatter fills the N x E places of an image with the first N*E of its N*hidden
 * values in order, and so do we, image by image (in a batch, masked_scatter would mix the images).
 */
export function fitEmbeddings(projected: Value, queries: number, text: OptConfig): Value {
  const { hidden_size: hidden, word_embed_proj_dim: embed } = text;
  if (hidden === embed) return projected;
  const batch = dimAt(projected.shape, 0);
  const flat = Reshape(projected, [batch, queries * hidden]);
  return Reshape(Slice(flat, { axis: 1, start: 0, end: queries * embed }), [batch, queries, embed]);
}

function start(name: string, parameters: Parameters, observe?: Observe): { graph: Graph; scope: Scope } {
  const graph = createGraph(name);
  return { graph, scope: { graph, parameters, prefix: '', observe } };
}
