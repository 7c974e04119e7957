// Operators that sum over an axis, each named exactly like its ONNX operator.
import { type Dim, int64, node, type Shape, type Value } from '../graph.js';
import { addDims, broadcast, dimAt, fixed, same, shapeText } from '../shapes.js';

/** Batched matrix product: [..., M, K] x [..., K, N] -> [..., M, N], leading axes broadcast. */
export function MatMul(a: Value, b: Value): Value {
  same('MatMul', 'inner dimension', dimAt(a.shape, -1), dimAt(b.shape, -2));
  const lead = broadcast('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...lead, dimAt(a.shape, -2), dimAt(b.shape, -1)];
  return node(a.graph, 'MatMul', { inputs: [a, b], results: [{ dtype: a.dtype, shape }] })[0]!;
}

/**
 * alpha * op(a) op(b), where op may transpose the last two axes (com.microsoft). Takes a checkpoint's [out, in] weights
 * as they lie in their file, and spares the explicit transposes of attention's backward pass.
 */
export function FusedMatMul(
  a: Value,
  b: Value,
  options: { transA?: boolean; transB?: boolean; alpha?: number } = {},
): Value {
  const { transA = false, transB = false, alpha = 1 } = options;
  const [m, ka] = lastTwo(a.shape, transA);
  const [kb, n] = lastTwo(b.shape, transB);
  if (ka !== kb)
    throw new Error(
      `FusedMatMul: expected equal inner dimensions, got ${shapeText(a.shape)} and ${shapeText(b.shape)}`,
    );
  const lead = broadcast('FusedMatMul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  return node(a.graph, 'FusedMatMul', {
    inputs: [a, b],
    results: [{ dtype: a.dtype, shape: [...lead, m, n] }],
    attributes: { transA: Number(transA), transB: Number(transB), alpha: { float: alpha } },
    domain: 'com.microsoft',
  })[0]!;
}

/** Over the last axis; the variance is the biased one. `scale` and `bias` have the length of that axis. */
export function LayerNormalization(x: Value, scale: Value, bias: Value | undefined, epsilon: number): Value {
  same('LayerNormalization', 'width', dimAt(x.shape, -1), dimAt(scale.shape, 0));
  return node(x.graph, 'LayerNormalization', {
    inputs: bias === undefined ? [x, scale] : [x, scale, bias],
    results: [{ dtype: x.dtype, shape: x.shape }],
    attributes: { axis: -1, epsilon: { float: epsilon } },
  })[0]!;
}

export function Softmax(x: Value, axis = -1): Value {
  return node(x.graph, 'Softmax', {
    inputs: [x],
    results: [{ dtype: x.dtype, shape: x.shape }],
    attributes: { axis },
  })[0]!;
}

export function LogSoftmax(x: Value, axis = -1): Value {
  return node(x.graph, 'LogSoftmax', {
    inputs: [x],
    results: [{ dtype: x.dtype, shape: x.shape }],
    attributes: { axis },
  })[0]!;
}

export function ReduceSum(x: Value, options: { axis: number; keepDims: boolean }): Value {
  return reduce('ReduceSum', x, options);
}

export function ReduceMean(x: Value, options: { axis: number; keepDims: boolean }): Value {
  return reduce('ReduceMean', x, options);
}

export function ReduceMax(x: Value, options: { axis: number; keepDims: boolean }): Value {
  return reduce('ReduceMax', x, options);
}

export function ReduceMin(x: Value, options: { axis: number; keepDims: boolean }): Value {
  return reduce('ReduceMin', x, options);
}

/** Where along an axis the largest value is (int64), the first of equal ones; the axis goes away. */
export function ArgMax(x: Value, axis: number): Value {
  return node(x.graph, 'ArgMax', {
    inputs: [x],
    results: [{ dtype: 'int64', shape: x.shape.filter((_, i) => i !== axis) }],
    attributes: { axis, keepdims: 0 },
  })[0]!;
}

/** Square root of the sum of squares. */
export function ReduceL2(x: Value, options: { axis: number; keepDims: boolean }): Value {
  return reduce('ReduceL2', x, options);
}

/**
 * Multi-head scaled dot-product attention on [B, S, H*dh] queries and [B, T, H*dh] keys and values (com.microsoft):
 * softmax(q k^T / sqrt(dh) + bias) v. `attentionBias` is [B or 1, H or 1, S, P+T]. With `past` ([B, H, P, dh] each) the
 * new keys and values are appended, and the longer ones come back as `present`.
 */
export function MultiHeadAttention(options: {
  query: Value;
  key: Value;
  value: Value;
  numHeads: number;
  attentionBias?: Value;
  past?: { key: Value; value: Value };
}): { output: Value; present?: { key: Value; value: Value } } {
  const { query, key, value, numHeads, attentionBias, past } = options;
  const width = fixed('MultiHeadAttention', dimAt(query.shape, -1));
  if (width % numHeads !== 0)
    throw new Error(`MultiHeadAttention: expected a width divisible by ${numHeads} heads, got ${width}`);
  same('MultiHeadAttention', 'width of query and key', width, dimAt(key.shape, -1));
  const { dtype } = query;
  const presentShape: Dim[] = [
    dimAt(query.shape, 0),
    numHeads,
    past === undefined ? dimAt(key.shape, 1) : addDims([dimAt(past.key.shape, 2), dimAt(key.shape, 1)]),
    width / numHeads,
  ];
  const result = { dtype, shape: [...query.shape.slice(0, 2), dimAt(value.shape, -1)] };
  const [output, presentKey, presentValue] = node(query.graph, 'MultiHeadAttention', {
    inputs: trimmed([query, key, value, undefined, undefined, attentionBias, past?.key, past?.value]),
    results: past === undefined ? [result] : [result, { dtype, shape: presentShape }, { dtype, shape: presentShape }],
    attributes: { num_heads: numHeads },
    domain: 'com.microsoft',
  });
  return presentKey === undefined || presentValue === undefined
    ? { output: output! }
    : { output: output!, present: { key: presentKey, value: presentValue } };
}

function trimmed(values: readonly (Value | undefined)[]): (Value | undefined)[] {
  const last = values.findLastIndex((value) => value !== undefined);
  return values.slice(0, last + 1);
}

function reduce(op: string, x: Value, options: { axis: number; keepDims: boolean }): Value {
  const axis = options.axis < 0 ? options.axis + x.shape.length : options.axis;
  const shape: Shape = options.keepDims
    ? x.shape.map((d, i) => (i === axis ? 1 : d))
    : x.shape.filter((_, i) => i !== axis);
  return node(x.graph, op, {
    inputs: [x, int64(x.graph, [axis])],
    results: [{ dtype: x.dtype, shape }],
    attributes: { keepdims: Number(options.keepDims) },
  })[0]!;
}

function lastTwo(shape: Shape, swapped: boolean): [Dim, Dim] {
  const [rows, columns] = [dimAt(shape, -2), dimAt(shape, -1)];
  return swapped ? [columns, rows] : [rows, columns];
}
