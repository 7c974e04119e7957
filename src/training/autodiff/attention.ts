// The backward pass of scaled dot-product attention in one piece. Softmax's row sums of dP * P are the row sums of dO * O,
// which are over dh instead of T numbers: two passes over the [S, T] scores fewer than by the chain of rules.
// Source: Dao et al., FlashAttention, arXiv 2205.14135, appendix B.2.
import type { Value } from '../../onnx/graph.js';
import type { LoweredAttention } from '../../onnx/lowerAttention.js';
import { FusedMatMul, ReduceSum } from '../../onnx/ops/contraction.js';
import { Mul, Sub } from '../../onnx/ops/elementwise.js';
import { Concat, Reshape, Transpose } from '../../onnx/ops/layout.js';
import { dimAt } from '../../onnx/shapes.js';

/** Gradients of query, key and value [B, S or T, H*dh] from that of the result [B, S, H*dh]; only the needed ones. */
export function attentionBackward(
  attention: LoweredAttention,
  gradient: Value,
  needed: readonly boolean[],
): (Value | undefined)[] {
  return byHeads(attention, gradient, needed).map((each) => each && joined(each));
}

/** The gradient of the tensor [B, S, 3*H*dh] that query, key and value were cut from. */
export function packedBackward(attention: LoweredAttention, gradient: Value): Value {
  return joined(Concat(byHeads(attention, gradient, [true, true, true]) as Value[], 1));
}

/** The same by heads, [B, H, S or T, dh]. */
function byHeads(attention: LoweredAttention, gradient: Value, needed: readonly boolean[]): (Value | undefined)[] {
  const { query, key, value, probabilities, context, scale } = attention;
  const heads = context.shape;
  const dContext = Transpose(
    Reshape(gradient, [dimAt(heads, 0), dimAt(heads, 2), dimAt(heads, 1), dimAt(heads, 3)]),
    [0, 2, 1, 3],
  );
  const dValue = needed[2] ? FusedMatMul(probabilities, dContext, { transA: true }) : undefined;
  if (!needed[0] && !needed[1]) return [undefined, undefined, dValue];
  const dProbabilities = FusedMatMul(dContext, value, { transB: true });
  const rowSums = ReduceSum(Mul(dContext, context), { axis: -1, keepDims: true });
  const dScores = Mul(probabilities, Sub(dProbabilities, rowSums));
  return [
    needed[0] ? FusedMatMul(dScores, key, { alpha: scale }) : undefined,
    needed[1] ? FusedMatMul(dScores, query, { transA: true, alpha: scale }) : undefined,
    dValue,
  ];
}

/** [B, H, S, dh] -> [B, S, H*dh]. */
function joined(x: Value): Value {
  const swapped = Transpose(x, [0, 2, 1, 3]);
  const [batch, length] = [dimAt(swapped.shape, 0), dimAt(swapped.shape, 1)];
  return Reshape(swapped, [batch, length, Number(dimAt(swapped.shape, 2)) * Number(dimAt(swapped.shape, 3))]);
}
