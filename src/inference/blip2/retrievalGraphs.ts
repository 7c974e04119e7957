// The graphs of Blip2ForImageTextRetrieval: texts and pictures into one space, and the matching head over both.
// Source: transformers 5.18, modeling_blip_2.py (Blip2ForImageTextRetrieval).

import { createGraph, type Graph, input, output, type Value } from '../../onnx/graph.js';
import { ReduceMean, ReduceSum } from '../../onnx/ops/contraction.js';
import { Add } from '../../onnx/ops/elementwise.js';
import { Gather, Slice } from '../../onnx/ops/layout.js';
import type { Parameters } from '../checkpoint/weights.js';
import { at, linear, normalize, parameter, type Scope } from '../layers/layers.js';
import { imageInput, queryTokens } from './captionGraphs.js';
import type { Blip2Config } from './config.js';
import { qformer } from './qformer.js';

/** input_ids, position_ids [B, L], attention_bias [B, 1, L, L] -> text_embeds [B, E], normalised. */
export function retrievalTextGraph(parameters: Parameters, config: Blip2Config): Graph {
  const { graph, scope } = start('retrieval_text', parameters);
  const hidden = qformer(at(scope, 'qformer'), config.qformer, {
    text: textEmbeddings(scope, config, textInput(graph)),
    attentionBias: input(graph, 'attention_bias', 'float32', ['B', 1, 'L', 'L']),
  });
  output('text_embeds', textVectors(scope, config, hidden));
  return graph;
}

/** image_embeds [B, T, Dv] -> query_embeds [B, N, E], each query normalised, and image_embed [B, E], their normalised mean. */
export function retrievalImageGraph(parameters: Parameters, config: Blip2Config): Graph {
  const { graph, scope } = start('retrieval_image', parameters);
  const queries = qformer(at(scope, 'qformer'), config.qformer, {
    queries: queryTokens(scope, config),
    image: imageInput(graph, config),
  });
  const each = queryVectors(scope, config, queries);
  output('query_embeds', each);
  output('image_embed', pictureVectors(each));
  return graph;
}

/**
 * image_embeds [B, T, Dv] with texts as above, attention_bias [B, 1, N+L, N+L] -> itm_logits [B, 2]: no match, match.
 */
export function retrievalMatchGraph(parameters: Parameters, config: Blip2Config): Graph {
  const { graph, scope } = start('retrieval_match', parameters);
  const image = imageInput(graph, config);
  const places = `L+${config.numQueryTokens}`;
  const hidden = qformer(at(scope, 'qformer'), config.qformer, {
    queries: queryTokens(scope, config),
    text: textEmbeddings(scope, config, textInput(graph)),
    image,
    attentionBias: input(graph, 'attention_bias', 'float32', ['B', 1, places, places]),
  });
  output('itm_logits', matchLogits(scope, config, hidden));
  return graph;
}

/** Hidden states [B, L, D] of texts -> their vectors [B, E], from the first place. */
export function textVectors(scope: Scope, config: Blip2Config, hidden: Value): Value {
  const first = ReduceSum(Slice(hidden, { axis: 1, start: 0, end: 1, dim: 1 }), { axis: 1, keepDims: false });
  return normalize(linear(at(scope, 'text_projection'), first, { out: config.imageTextHiddenSize }));
}

/** Hidden states [B, N, D] of queries -> a vector of each, [B, N, E]. */
export function queryVectors(scope: Scope, config: Blip2Config, queries: Value): Value {
  return normalize(linear(at(scope, 'vision_projection'), queries, { out: config.imageTextHiddenSize }));
}

/** Vectors of queries [B, N, E] -> the one vector of each picture [B, E]. */
export function pictureVectors(each: Value): Value {
  return normalize(ReduceMean(each, { axis: 1, keepDims: false }));
}

/** Hidden states [B, N+L, D] of queries and text -> [B, 2]: no match, match. */
export function matchLogits(scope: Scope, config: Blip2Config, hidden: Value): Value {
  const { numQueryTokens: count } = config;
  const queries = Slice(hidden, { axis: 1, start: 0, end: count, dim: count });
  return ReduceMean(linear(at(scope, 'itm_head'), queries, { out: 2 }), { axis: 1, keepDims: false });
}

function textInput(graph: Graph): { ids: Value; positions: Value } {
  return {
    ids: input(graph, 'input_ids', 'int64', ['B', 'L']),
    positions: input(graph, 'position_ids', 'int64', ['B', 'L']),
  };
}

/** Ids and positions [B or 1, L] -> word plus position embeddings [B, L, D]; the Q-Former's own LayerNorm follows. */
export function textEmbeddings(scope: Scope, config: Blip2Config, text: { ids: Value; positions: Value }): Value {
  const { vocab_size: vocabulary, hidden_size: width, max_position_embeddings: positions } = config.qformer;
  const words = parameter(scope, 'embeddings.word_embeddings.weight', [vocabulary, width]);
  const places = parameter(scope, 'embeddings.position_embeddings.weight', [positions, width]);
  return Add(Gather(words, text.ids), Gather(places, text.positions));
}

function start(name: string, parameters: Parameters): { graph: Graph; scope: Scope } {
  const graph = createGraph(name);
  return { graph, scope: { graph, parameters, prefix: '' } };
}
