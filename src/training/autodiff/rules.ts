// What each operator's result's gradient says about its inputs' gradients: one rule per ONNX operator. Dimensions must be
// fixed (a training graph is built for one batch size), so that what was broadcast is known here.

import { scaled } from '../../inference/layers/layers.js';
import { constant, type Graph, type GraphNode, int64, node, type Value } from '../../onnx/graph.js';
import { FusedMatMul, MatMul, ReduceSum, Softmax } from '../../onnx/ops/contraction.js';
import { Add, Cast, Div, Equal, Erf, Exp, HardSigmoid, Mul, Sigmoid, Sub } from '../../onnx/ops/elementwise.js';
import { Concat, Pad, Reshape, ScatterAdd, Split, Transpose } from '../../onnx/ops/layout.js';
import { dimAt, elementCount, fixed } from '../../onnx/shapes.js';
import { reduceTo } from './reduceTo.js';

export interface Backward {
  readonly graph: Graph;
  readonly node: GraphNode;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  /** Of each result; at least one is there. */
  readonly gradients: readonly (Value | undefined)[];
  /** Which inputs' gradients are wanted. */
  readonly needed: readonly boolean[];
}

/** Gradients by input; those not needed may be left out. */
type Rule = (step: Backward) => readonly (Value | undefined)[];

export const RULES: Readonly<Record<string, Rule>> = {
  Add: binary((dy) => [() => dy, () => dy]),
  Sub: binary((dy) => [() => dy, () => scaled(dy, -1)]),
  Mul: binary((dy, a, b) => [() => Mul(dy, b), () => Mul(dy, a)]),
  Div: binary((dy, a, b) => [() => Div(dy, b), () => scaled(Div(Mul(dy, a), Mul(b, b)), -1)]),
  // Where both are equal the gradient goes to the first, as torch.maximum would halve it; no model here rests on that.
  Max: binary((dy, a, b) => {
    const second = mask(Sub(b, a));
    return [() => Sub(dy, Mul(dy, second)), () => Mul(dy, second)];
  }),
  Relu: unary((dy, _, y) => Mul(dy, mask(y))),
  Sigmoid: unary((dy, _, y) => Mul(dy, Sub(y, Mul(y, y)))),
  Tanh: unary((dy, _, y) => Sub(dy, Mul(dy, Mul(y, y)))),
  Exp: unary((dy, _, y) => Mul(dy, y)),
  Softplus: unary((dy, x) => Mul(dy, Sigmoid(x))),
  Gelu: (step) => [geluBackward(step)],
  Cast: ({ inputs, gradients }) => [Cast(gradients[0]!, inputs[0]!.dtype)],
  Identity: ({ gradients }) => [gradients[0]],

  Reshape: ({ inputs, gradients }) => [Reshape(gradients[0]!, inputs[0]!.shape)],
  Transpose: ({ node: { attributes }, gradients }) => [Transpose(gradients[0]!, inverse(attributes.perm as number[]))],
  Expand: ({ inputs, gradients }) => [reduceTo(gradients[0]!, inputs[0]!.shape)],
  Concat: ({ node: { attributes }, inputs, gradients }) => {
    const axis = Number(attributes.axis);
    return Split(gradients[0]!, { axis, lengths: inputs.map((x) => fixed('Concat', dimAt(x!.shape, axis))) });
  },
  Split: ({ node: { attributes }, outputs, gradients }) => {
    const parts = gradients.map((dy, i) => dy ?? zeros(outputs[i]!));
    return [Concat(parts, Number(attributes.axis))];
  },
  Slice: sliceBackward,
  Gather: gatherBackward,

  MatMul: (step) => productBackward(step, { transA: false, transB: false, alpha: 1 }),
  FusedMatMul: (step) => {
    const { transA, transB, alpha } = step.node.attributes as {
      transA: number;
      transB: number;
      alpha: { float: number };
    };
    return productBackward(step, { transA: transA === 1, transB: transB === 1, alpha: alpha.float });
  },
  LayerNormalization: layerNormBackward,
  Softmax: unary((dy, _, y) => {
    const weighted = Mul(dy, y);
    return Sub(weighted, Mul(y, ReduceSum(weighted, { axis: -1, keepDims: true })));
  }),
  LogSoftmax: unary((dy, x) => Sub(dy, Mul(Softmax(x), ReduceSum(dy, { axis: -1, keepDims: true })))),
  ReduceSum: (step) => [spread(step, (dy) => dy)],
  ReduceMean: (step) => {
    const { inputs } = step;
    const axis = axisOf(step);
    return [spread(step, (dy) => scaled(dy, 1 / fixed('ReduceMean', dimAt(inputs[0]!.shape, axis))))];
  },
  ReduceMax: (step) => {
    // Shared evenly among equal largest ones, as torch.amax does.
    const [x] = step.inputs as [Value];
    const y = Reshape(step.outputs[0]!, keptShape(step));
    const largest = Cast(Equal(x, y), 'float32');
    const share = Div(Reshape(step.gradients[0]!, y.shape), ReduceSum(largest, { axis: axisOf(step), keepDims: true }));
    return [Mul(largest, share)];
  },
  ReduceL2: (step) => {
    const [x] = step.inputs as [Value];
    const length = Reshape(step.outputs[0]!, keptShape(step));
    return [Mul(x, Div(Reshape(step.gradients[0]!, length.shape), length))];
  },
};

/** 1 where x is positive, else 0. */
function mask(x: Value): Value {
  return HardSigmoid(x, 1e30, 0);
}

function unary(derive: (dy: Value, x: Value, y: Value) => Value): Rule {
  return ({ inputs, outputs, gradients }) => [derive(gradients[0]!, inputs[0]!, outputs[0]!)];
}

function binary(derive: (dy: Value, a: Value, b: Value) => [() => Value, () => Value]): Rule {
  return ({ inputs, gradients, needed }) => {
    const [a, b] = inputs as [Value, Value];
    const [first, second] = derive(gradients[0]!, a, b);
    return [needed[0] ? reduceTo(first(), a.shape) : undefined, needed[1] ? reduceTo(second(), b.shape) : undefined];
  };
}

/**
 * Exact: cdf(x) + x pdf(x). By tanh: t = tanh(k (x + c x^3)), 0.5 (1 + t) + 0.5 x (1 - t^2) k (1 + 3 c x^2).
 * Source: Hendrycks & Gimpel, arXiv 1606.08415.
 */
function geluBackward({ graph, node: { attributes }, inputs, gradients }: Backward): Value {
  const [x] = inputs as [Value];
  const number = (value: number) => constant(graph, Float32Array.of(value), []);
  const square = Mul(x, x);
  if (attributes.approximate === 'tanh') {
    const [k, c] = [Math.sqrt(2 / Math.PI), 0.044715];
    const inner = Mul(x, Add(Mul(square, number(k * c)), number(k)));
    const t = node(graph, 'Tanh', { inputs: [inner], results: [inner] })[0]!;
    const slope = Add(Mul(square, number(3 * c * k * 0.5)), number(0.5 * k));
    const rest = Mul(Mul(x, slope), Sub(number(1), Mul(t, t)));
    return Mul(gradients[0]!, Add(HardSigmoid(t, 0.5, 0.5), rest));
  }
  // HardSigmoid here is 0.5 erf + 0.5 in one pass.
  const cdf = HardSigmoid(Erf(scaled(x, Math.SQRT1_2)), 0.5, 0.5);
  const pdf = scaled(Exp(scaled(square, -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return Mul(gradients[0]!, Add(cdf, Mul(x, pdf)));
}

function inverse(perm: readonly number[]): number[] {
  return perm.map((_, i) => perm.indexOf(i));
}

function zeros(like: Value): Value {
  return constant(like.graph, new Float32Array(elementCount('gradients', like.shape)), like.shape.map(Number));
}

function sliceBackward({ graph, inputs, outputs, gradients }: Backward): (Value | undefined)[] {
  const [x, start, , axes] = inputs as [Value, Value, Value, Value];
  const [axis, begin] = [constantInt(graph, axes), constantInt(graph, start)];
  const length = fixed('Slice', dimAt(x.shape, axis));
  const before = begin < 0 ? begin + length : begin;
  const after = length - before - fixed('Slice', dimAt(outputs[0]!.shape, axis));
  return [before === 0 && after === 0 ? gradients[0] : Pad(gradients[0]!, { axis, before, after })];
}

/** Rows picked from a table along axis 0: each row's gradients are summed where it came from. */
function gatherBackward({ graph, node: { attributes }, inputs, gradients }: Backward): (Value | undefined)[] {
  const [table, ids] = inputs as [Value, Value];
  if (Number(attributes.axis) !== 0) throw new Error('gradients: Gather along another axis than 0 has no rule');
  const rows = elementCount('gradients', ids.shape);
  const indices = Reshape(ids, [rows, 1]);
  const updates = Reshape(gradients[0]!, [rows, ...table.shape.slice(1)]);
  const start = constant(graph, new Float32Array(elementCount('gradients', table.shape)), table.shape.map(Number));
  return [ScatterAdd(start, indices, updates)];
}

/**
 * Y = alpha op(A) op(B): dA = alpha dY op(B)^T and dB = alpha op(A)^T dY, transposed back where op did. With B a matrix and
 * A a batch of them (every linear layer) dB is one product over all rows at once.
 */
function productBackward(
  { inputs, gradients, needed }: Backward,
  { transA, transB, alpha }: { transA: boolean; transB: boolean; alpha: number },
): (Value | undefined)[] {
  const [a, b] = inputs as [Value, Value];
  const dy = gradients[0]!;
  const dA = () =>
    transA
      ? FusedMatMul(b, dy, { transA: transB, transB: true, alpha })
      : FusedMatMul(dy, b, { transB: !transB, alpha });
  const dB = () => {
    if (b.shape.length === 2 && a.shape.length > 2 && !transA) {
      const [x, g] = [flat(a), flat(dy)];
      if (!transB) return FusedMatMul(x, g, { transA: true, alpha });
      // onnxruntime turns the first one over again for every 128 columns of the second: the narrower one goes first.
      const [rows, columns] = [dimAt(g.shape, 1), dimAt(x.shape, 1)];
      return Number(rows) < Number(columns)
        ? Transpose(FusedMatMul(x, g, { transA: true, alpha }), [1, 0])
        : FusedMatMul(g, x, { transA: true, alpha });
    }
    return transB
      ? FusedMatMul(dy, a, { transA: true, transB: transA, alpha })
      : FusedMatMul(a, dy, { transA: !transA, alpha });
  };
  return [needed[0] ? reduceTo(dA(), a.shape) : undefined, needed[1] ? reduceTo(dB(), b.shape) : undefined];
}

/** [..., K] -> [rows, K]. */
function flat(x: Value): Value {
  return Reshape(x, [elementCount('gradients', x.shape.slice(0, -1)), dimAt(x.shape, -1)]);
}

/**
 * With xhat = (x - mean) inv and g = dY scale: dX = inv (g - mean(g) - xhat mean(g xhat)). The forward operator gives mean and inv
 * itself. The row means are products of dY and of dY xhat, which dscale needs too, with the column scale / D: three passes fewer
 * than by g. Source: Ba et al., arXiv 1607.06450.
 */
function layerNormBackward(step: Backward): (Value | undefined)[] {
  const { graph, inputs, gradients, needed } = step;
  const [x, scale, bias] = inputs as [Value, Value, Value | undefined];
  const dy = gradients[0]!;
  const width = fixed('LayerNormalization', dimAt(x.shape, -1));
  const { mean, inverseDeviation } = withStatistics(step, x);
  const normal = Mul(Sub(x, mean), inverseDeviation);
  const along = Mul(dy, normal);
  const dx = () => {
    const column = Mul(Reshape(scale, [width, 1]), constant(graph, Float32Array.of(1 / width), []));
    const centred = Sub(Mul(dy, scale), MatMul(dy, column));
    return Mul(Sub(centred, Mul(normal, MatMul(along, column))), inverseDeviation);
  };
  return [
    needed[0] ? dx() : undefined,
    needed[1] ? reduceTo(along, scale.shape) : undefined,
    needed[2] && bias !== undefined ? reduceTo(dy, bias.shape) : undefined,
  ];
}

/** Makes the forward operator also give its mean and inverse standard deviation, [..., 1]. */
function withStatistics({ graph, node: forward }: Backward, x: Value): { mean: Value; inverseDeviation: Value } {
  const names = [`${forward.outputs[0]}_mean`, `${forward.outputs[0]}_inverse_deviation`];
  const shape = [...x.shape.slice(0, -1), 1];
  const values = names.map((name): Value => ({ graph, name, dtype: x.dtype, shape }));
  for (const value of values) graph.values.set(value.name, value);
  const place = graph.nodes.indexOf(forward);
  graph.nodes[place] = { ...forward, outputs: [forward.outputs[0]!, ...names] };
  return { mean: values[0]!, inverseDeviation: values[1]! };
}

/** Repeats a reduction's gradient along the axis that was summed. */
function spread(step: Backward, change: (dy: Value) => Value): Value {
  const [x] = step.inputs as [Value];
  const kept = Reshape(change(step.gradients[0]!), keptShape(step));
  return node(step.graph, 'Expand', {
    inputs: [
      kept,
      int64(
        step.graph,
        x.shape.map((dim) => fixed('Expand', dim)),
      ),
    ],
    results: [{ dtype: x.dtype, shape: x.shape }],
  })[0]!;
}

function keptShape(step: Backward): (number | string)[] {
  const axis = axisOf(step);
  return step.inputs[0]!.shape.map((dim, i) => (i === axis ? 1 : dim));
}

function axisOf({ graph, inputs }: Backward): number {
  return constantInt(graph, inputs[1]!);
}

function constantInt(graph: Graph, value: Value): number {
  const data = graph.initializers.get(value.name)?.data;
  if (!(data instanceof Uint8Array)) throw new Error(`gradients: expected ${value.name} to be a constant`);
  return Number(new DataView(data.buffer, data.byteOffset).getBigInt64(0, true));
}
