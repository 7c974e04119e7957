// Losses as parts of a graph; all are scalars.
import { scaled } from '../inference/layers/layers.js';
import type { Value } from '../onnx/graph.js';
import { LogSoftmax, ReduceSum } from '../onnx/ops/contraction.js';
import { Add, Mul, Softplus, Sub } from '../onnx/ops/elementwise.js';
import { OneHot, Reshape } from '../onnx/ops/layout.js';
import { dimAt, elementCount, fixed } from '../onnx/shapes.js';

/**
 * Cross-entropy of logits [R, V] with classes [R] (int64), summed with weights [R]: weights that sum to 1 give a mean, 0
 * leaves a row out. With smoothing e the target is 1 - e at the class and e / V everywhere. Source: arXiv 1512.00567.
 */
export function crossEntropy(logits: Value, target: { classes: Value; weights: Value }, smoothing = 0): Value {
  const size = fixed('crossEntropy', dimAt(logits.shape, -1));
  const wanted = OneHot(target.classes, size, { on: 1 - smoothing + smoothing / size, off: smoothing / size });
  const gained = ReduceSum(Mul(LogSoftmax(logits), wanted), { axis: -1, keepDims: false });
  return scaled(total(Mul(gained, target.weights)), -1);
}

/** Cross-entropy of logits [R, V] with targets of the same shape, whose rows sum to 1; mean over the rows. */
export function softCrossEntropy(logits: Value, targets: Value): Value {
  return scaled(total(Mul(LogSoftmax(logits), targets)), -1 / fixed('softCrossEntropy', dimAt(logits.shape, 0)));
}

/** Binary cross-entropy of logits with targets 0..1 of the same shape, mean over all elements: softplus(z) - z y. */
export function binaryCrossEntropy(logits: Value, targets: Value): Value {
  const count = elementCount('binaryCrossEntropy', logits.shape);
  return scaled(total(Sub(Softplus(logits), Mul(logits, targets))), 1 / count);
}

/** Sum of losses, each times its weight. */
export function weightedSum(parts: readonly { readonly loss: Value; readonly weight: number }[]): Value {
  return parts.map(({ loss, weight }) => scaled(loss, weight)).reduce((sum, term) => Add(sum, term));
}

/** Sum over all elements, a scalar. */
function total(x: Value): Value {
  return ReduceSum(Reshape(x, [elementCount('total', x.shape)]), { axis: 0, keepDims: false });
}
