// Sums over axes, for gradients of what was broadcast.
import { constant, int64, node, type Value } from '../../onnx/graph.js';
import { MatMul } from '../../onnx/ops/contraction.js';
import { Reshape } from '../../onnx/ops/layout.js';
import { elementCount } from '../../onnx/shapes.js';

/** Sums a gradient over the axes along which a value of the given shape was repeated by broadcasting. */
export function reduceTo(gradient: Value, shape: readonly (number | string)[]): Value {
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((dim, i) => (i < lead || shape[i - lead] !== dim ? [i] : []));
  if (axes.length === 0) return gradient;
  const leading = axes.every((axis, i) => axis === i);
  if (leading) return sumLeading(gradient, axes.length, shape);
  const sum = node(gradient.graph, 'ReduceSum', {
    inputs: [gradient, int64(gradient.graph, axes)],
    results: [{ dtype: gradient.dtype, shape: gradient.shape.map((dim, i) => (axes.includes(i) ? 1 : dim)) }],
    attributes: { keepdims: 1 },
  })[0]!;
  return sum.shape.length === shape.length ? sum : Reshape(sum, shape);
}

/**
 * Sum over the first `count` axes. As the product of a row of ones with a matrix: twice as fast as ReduceSum over axis 0
 * in onnxruntime 1.30.
 */
function sumLeading(x: Value, count: number, shape: readonly (number | string)[]): Value {
  const rows = elementCount('gradients', x.shape.slice(0, count));
  const columns = elementCount('gradients', x.shape.slice(count));
  const ones = constant(x.graph, new Float32Array(rows).fill(1), [1, rows]);
  return Reshape(MatMul(ones, Reshape(x, [rows, columns])), shape);
}
