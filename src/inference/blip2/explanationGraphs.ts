// The graphs that caption, with what they attend to as further results: the same definitions, observed.

import { constant, type Graph, output, type Value } from '../../onnx/graph.js';
import { lowerAttention } from '../../onnx/lowerAttention.js';
import { ReduceL2, ReduceMean } from '../../onnx/ops/contraction.js';
import { Add, Div } from '../../onnx/ops/elementwise.js';
import type { Parameters } from '../checkpoint/weights.js';
import { decoderGraph, queryGraph } from './captionGraphs.js';
import { type Blip2Config, crossAttentionLayers } from './config.js';
import type { EcmaConfig } from './ecmaConfig.js';

/**
 * queryGraph, and for each layer L with cross-attention cross_L [B, N, 1 + g*g]: the queries' attention to the picture, mean
 * over heads. For each layer L with ECMA ecma_L [B, N, T], the same to the picture at every scale; strength_L [1], tanh(alpha);
 * gate_L [B, N], the gate's mean over channels, where there are gates; change_L [B, N], the length of what is added to a
 * query over that query's own.
 */
export function explainedQueryGraph(parameters: Parameters, config: Blip2Config, adapter?: EcmaConfig): Graph {
  const seen = new Map<string, Value>();
  const graph = queryGraph(parameters, config, adapter, (name, value) => seen.set(name, value));
  const lowered = lowerAttention(graph);
  const attention = (name: string) => {
    const { probabilities } = lowered.get(seen.get(name)!.name)!;
    return ReduceMean(probabilities, { axis: 1, keepDims: false });
  };
  for (const layer of crossAttentionLayers(config.qformer)) {
    output(`cross_${layer}`, attention(`qformer.encoder.layer.${layer}.crossattention.attended`));
  }
  for (const layer of adapter?.layers ?? []) {
    const at = (name: string) => seen.get(`ecma.layers.${layer}.${name}`);
    output(`ecma_${layer}`, attention(`ecma.layers.${layer}.query_from_visual.attended`));
    output(`strength_${layer}`, at('strength')!);
    const gate = at('gate');
    if (gate !== undefined) output(`gate_${layer}`, ReduceMean(gate, { axis: 2, keepDims: false }));
    const length = (value: Value) => ReduceL2(value, { axis: 2, keepDims: false });
    output(`change_${layer}`, Div(length(at('update')!), length(at('queries')!)));
  }
  return graph;
}

/** decoderGraph with logits of all positions, and attention [B, S, P+S], mean over heads and layers. */
export function explainedDecoderGraph(parameters: Parameters, config: Blip2Config): Graph {
  const seen: Value[] = [];
  const graph = decoderGraph(parameters, config, 'all', (_, value) => seen.push(value));
  const lowered = lowerAttention(graph);
  const layers = seen.map(({ name }) => ReduceMean(lowered.get(name)!.probabilities, { axis: 1, keepDims: false }));
  const sum = layers.reduce((a, b) => Add(a, b));
  output('attention', Div(sum, constant(graph, Float32Array.of(layers.length), [1])));
  return graph;
}
