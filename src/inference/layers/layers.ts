// The small parts that all transformers here are made of, bottom-up. Parameters are found by the checkpoint's own names.
// Axes: B batch, S or N positions of queries, T positions of keys, D width.

import { constant, type Graph, type Value } from '../../onnx/graph.js';
import { FusedMatMul, LayerNormalization, MultiHeadAttention, ReduceL2 } from '../../onnx/ops/contraction.js';
import { Add, Div, Max, Mul } from '../../onnx/ops/elementwise.js';
import { expandBatch } from '../../onnx/ops/layout.js';
import { dimAt, fixed } from '../../onnx/shapes.js';
import type { Parameters } from '../checkpoint/weights.js';
import { ACTIVATIONS, type Activation } from './activation.js';

/** Added to the score of a place that is hidden from attention: far below any score, and far from float32's overflow. */
export const HIDDEN = -1e9;

/** A place in a checkpoint's tree of names, and the graph under construction. */
export interface Scope {
  readonly graph: Graph;
  readonly parameters: Parameters;
  /** '' or 'qformer.encoder.layer.0.' */
  readonly prefix: string;
  /** Told of values that explain what a model does, under their place in the tree of names. */
  readonly observe?: Observe | undefined;
}

export type Observe = (name: string, value: Value) => void;

/** The scope one or more names further down. */
export function at(scope: Scope, name: string): Scope {
  return { ...scope, prefix: `${scope.prefix}${name}.` };
}

/** Shows a value, under a name in this scope, to whoever built the graph and asked; returns it. */
export function observe(scope: Scope, name: string, value: Value): Value {
  scope.observe?.(scope.prefix + name, value);
  return value;
}

/** A parameter of this scope. */
export function parameter(scope: Scope, name: string, shape: readonly number[]): Value {
  return scope.parameters.value(scope.graph, scope.prefix + name, shape);
}

/** x W^T + b with W [out, in] as stored. No Gemm: its bias is added on one thread. */
export function linear(scope: Scope, x: Value, options: { out: number; bias?: boolean }): Value {
  const width = fixed('linear', dimAt(x.shape, -1));
  const product = FusedMatMul(x, parameter(scope, 'weight', [options.out, width]), { transB: true });
  return options.bias === false ? product : Add(product, parameter(scope, 'bias', [options.out]));
}

/** LayerNorm over the last axis; `affine: false` has no parameters. */
export function layerNorm(scope: Scope, x: Value, options: { eps: number; affine?: boolean }): Value {
  const width = fixed('layerNorm', dimAt(x.shape, -1));
  if (options.affine === false) {
    return LayerNormalization(
      x,
      constant(scope.graph, new Float32Array(width).fill(1), [width]),
      undefined,
      options.eps,
    );
  }
  return LayerNormalization(x, parameter(scope, 'weight', [width]), parameter(scope, 'bias', [width]), options.eps);
}

/** An activation by its Hugging Face name. */
export function activate(name: Activation, x: Value): Value {
  return ACTIVATIONS[name](x);
}

/** x times a number. */
export function scaled(x: Value, factor: number): Value {
  return factor === 1 ? x : Mul(x, constant(x.graph, Float32Array.of(factor), []));
}

/** x / max(|x|, 1e-12) over the last axis, as torch.nn.functional.normalize. */
export function normalize(x: Value): Value {
  const length = ReduceL2(x, { axis: -1, keepDims: true });
  return Div(x, Max(length, constant(x.graph, Float32Array.of(1e-12), [1])));
}

/**
 * Attention of queries [B or 1, S, D] over keys and values [B, T, D]; a query that is the same for the whole batch is
 * given once and repeated here, after everything that could be computed once.
 */
export function attend(options: {
  query: Value;
  key: Value;
  value: Value;
  numHeads: number;
  attentionBias?: Value | undefined;
}): Value {
  const { key, value, numHeads, attentionBias } = options;
  const shared = options.query.shape[0] === 1 && key.shape[0] !== 1;
  const query = shared ? expandBatch(options.query, key) : options.query;
  return MultiHeadAttention({ query, key, value, numHeads, ...(attentionBias === undefined ? {} : { attentionBias }) })
    .output;
}
