// ECMA, Enhanced Cross-Modal Attention: a light module inside the Q-Former.
// A reconstruction from the abstract of Jiang et al., Inventions 2026, 11(1), 13 (doi 10.3390/inventions11010013), which
// gives no equation: the formulas are ours, each part with a published precedent (docs/ecma.md).
//
//   P_s = AdaptiveAvgPool_{s x s}(grid(V)) + e_s                                   multi-scale aggregation, once per image
//   M   = LN([V_cls ; P_1 ; P_2 ; ... ; V_patches]) W_m                            [B, T, d_a]
//   M'  = M + gamma * MHA_v(query = M, key/value = LN(Q) W_k)                      visual <- query
//   D   = MHA_q(query = LN(Q), key/value = LN(M')) W_o                             query <- visual
//   G   = sigmoid([LN(Q) ; D] W_g + b_g)                                           semantic residual gate
//   Q_out = Q + tanh(alpha) * G * D                                                alpha 0 at the start: exactly the stock model
//
// With a fusion width F, what was attended (A, the heads' results) and the query meet in a hidden layer, from which both D and G come:
//   H = gelu(LN(Q) W_f + A W_a + b_f)      D = H W_o      G = sigmoid(H W_g + b_g)      [B, N, F]
//
// Every LN is one of its own. MHA(q, m): q W_query, m W_key, m W_value, scaled dot-product attention over h heads, then an output
// matrix (MHA_v: `output`; MHA_q: W_o). No biases but b_g and b_f.

import { constant, int64, type Value } from '../../onnx/graph.js';
import { MatMul } from '../../onnx/ops/contraction.js';
import { Add, Gelu, Mul, Sigmoid, Tanh } from '../../onnx/ops/elementwise.js';
import { Concat, expandBatch, Gather, Slice } from '../../onnx/ops/layout.js';
import { dimAt, fixed } from '../../onnx/shapes.js';
import { at, attend, layerNorm, linear, observe, parameter, type Scope } from '../layers/layers.js';
import { adaptiveAveragePool } from './adaptivePool.js';
import type { EcmaConfig } from './ecmaConfig.js';

const EPS = 1e-5;

export interface EcmaModule {
  /** What becomes of the queries [1 or B, N, d] of a layer after its cross-attention sub-layer; others pass unchanged. */
  apply(layer: number, queries: Value): Value;
}

/** The module for one batch of pictures: features V [B, 1 + g*g, d_v], class token first. `scope` is at 'ecma.'. */
export function ecma(scope: Scope, config: EcmaConfig, image: Value): EcmaModule {
  const memory = aggregate(scope, config, image);
  const layers = new Set(config.layers);
  return {
    apply: (layer, queries) =>
      layers.has(layer) ? ecmaLayer(at(scope, `layers.${layer}`), config, { queries, memory }) : queries,
  };
}

/** M [B, T, d_a]: the picture's features at every scale, projected to the module's width. */
function aggregate(scope: Scope, config: EcmaConfig, image: Value): Value {
  const tokens = config.multiScale ? withPyramid(scope, config, image) : image;
  const normed = layerNorm(at(scope, 'visual_norm'), tokens, { eps: EPS });
  return linear(at(scope, 'visual_projection'), normed, { out: config.innerSize, bias: false });
}

function withPyramid(scope: Scope, config: EcmaConfig, image: Value): Value {
  const count = fixed('ecma', dimAt(image.shape, 1));
  const grid = Math.sqrt(count - 1);
  const used = usedScales(config, grid);
  if (used.length === 0) return image;
  // All scales are one matrix product: a constant [sum of s*s, g*g] of bin weights times the patches.
  const weights = used.map(({ scale }) => adaptiveAveragePool(grid, scale));
  const rows = used.reduce((sum, { scale }) => sum + scale * scale, 0);
  const pool = Float32Array.from(weights.flatMap((matrix) => [...matrix]));
  const { graph } = image;
  const classToken = Slice(image, { axis: 1, start: 0, end: 1 });
  const patches = Slice(image, { axis: 1, start: 1, end: count });
  const pooled = MatMul(constant(graph, pool, [rows, grid * grid]), patches);
  const table = parameter(scope, 'scale_embedding', [config.scales.length, fixed('ecma', dimAt(image.shape, 2))]);
  const scaleOfRow = used.flatMap(({ scale, index }) => Array<number>(scale * scale).fill(index));
  return Concat([classToken, Add(pooled, Gather(table, int64(graph, scaleOfRow))), patches], 1);
}

/** The pooled grids of a picture of grid x grid patches: their sides, and where each stands in the configuration. */
export function usedScales(config: EcmaConfig, grid: number): { scale: number; index: number }[] {
  if (!config.multiScale) return [];
  return config.scales.map((scale, index) => ({ scale, index })).filter(({ scale }) => scale <= grid);
}

function ecmaLayer(scope: Scope, config: EcmaConfig, input: { queries: Value; memory: Value }): Value {
  const { innerSize: inner, numHeads } = config;
  const queries = dimAt(input.queries.shape, 0) === 1 ? expandBatch(input.queries, input.memory) : input.queries;
  const width = fixed('ecma', dimAt(queries.shape, 2));

  let memory = input.memory;
  if (config.bidirectional) {
    const normed = layerNorm(at(scope, 'visual_from_query.query_norm'), queries, { eps: EPS });
    const source = linear(at(scope, 'visual_from_query.source'), normed, { out: inner, bias: false });
    const from = at(scope, 'visual_from_query');
    const update = output(from, heads(from, { query: memory, memory: source, inner, numHeads }), inner);
    memory = Add(memory, Mul(update, parameter(scope, 'visual_from_query.gamma', [inner])));
  }
  const from = at(scope, 'query_from_visual');
  const query = layerNorm(at(from, 'query_norm'), queries, { eps: EPS });
  const normed = layerNorm(at(from, 'memory_norm'), memory, { eps: EPS });
  const attended = heads(from, { query, memory: normed, inner, numHeads });
  const hidden = config.fusionSize > 0 ? fuse(at(scope, 'fusion'), config, { query, attended }) : undefined;
  const delta = output(from, hidden ?? attended, width);
  observe(scope, 'queries', queries);
  const scaled = Mul(delta, observe(scope, 'strength', Tanh(parameter(scope, 'alpha', [1]))));
  if (!config.gating) return Add(queries, observe(scope, 'update', scaled));
  const context = hidden ?? Concat([layerNorm(at(scope, 'gate.query_norm'), queries, { eps: EPS }), delta], 2);
  const gate = observe(scope, 'gate', Sigmoid(linear(at(scope, 'gate.projection'), context, { out: width })));
  return Add(queries, observe(scope, 'update', Mul(gate, scaled)));
}

/** What the query knows and what it has attended to, in one hidden layer [B, N, F]: a linear D could only add the one to the other. */
function fuse(
  scope: Scope,
  { fusionSize: out }: EcmaConfig,
  { query, attended }: { query: Value; attended: Value },
): Value {
  return Gelu(
    Add(linear(at(scope, 'query'), query, { out }), linear(at(scope, 'visual'), attended, { out, bias: false })),
  );
}

/** Multi-head attention without biases: W_query, W_key and W_value to the inner width; the heads' results side by side. */
function heads(scope: Scope, options: { query: Value; memory: Value; inner: number; numHeads: number }): Value {
  const { query, memory, inner: out, numHeads } = options;
  const result = attend({
    query: linear(at(scope, 'query'), query, { out, bias: false }),
    key: linear(at(scope, 'key'), memory, { out, bias: false }),
    value: linear(at(scope, 'value'), memory, { out, bias: false }),
    numHeads,
  });
  return observe(scope, 'attended', result);
}

function output(scope: Scope, x: Value, out: number): Value {
  return linear(at(scope, 'output'), x, { out, bias: false });
}
