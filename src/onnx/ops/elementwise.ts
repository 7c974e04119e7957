// Element-wise operators, each named exactly like its ONNX operator; binary ones broadcast.
import { ELEM_TYPE } from '../elemType.js';
import { type DType, node, type Value } from '../graph.js';
import { broadcast } from '../shapes.js';

export function Add(a: Value, b: Value): Value {
  return binary('Add', a, b);
}

export function Sub(a: Value, b: Value): Value {
  return binary('Sub', a, b);
}

export function Mul(a: Value, b: Value): Value {
  return binary('Mul', a, b);
}

export function Div(a: Value, b: Value): Value {
  return binary('Div', a, b);
}

export function Max(a: Value, b: Value): Value {
  return binary('Max', a, b);
}

export function Min(a: Value, b: Value): Value {
  return binary('Min', a, b);
}

export function Relu(x: Value): Value {
  return unary('Relu', x);
}

export function Sigmoid(x: Value): Value {
  return unary('Sigmoid', x);
}

export function Tanh(x: Value): Value {
  return unary('Tanh', x);
}

export function Exp(x: Value): Value {
  return unary('Exp', x);
}

/** log(1 + exp(x)). */
export function Softplus(x: Value): Value {
  return unary('Softplus', x);
}

export function Erf(x: Value): Value {
  return unary('Erf', x);
}

/** max(0, min(1, alpha x + beta)): in one pass over several threads, which Sign and Where are not. */
export function HardSigmoid(x: Value, alpha: number, beta: number): Value {
  return node(x.graph, 'HardSigmoid', {
    inputs: [x],
    results: [{ dtype: x.dtype, shape: x.shape }],
    attributes: { alpha: { float: alpha }, beta: { float: beta } },
  })[0]!;
}

/** Where two values are the same, as a bool. */
export function Equal(a: Value, b: Value): Value {
  return comparison('Equal', a, b);
}

/** Where one value is as large as another or larger, as a bool. */
export function GreaterOrEqual(a: Value, b: Value): Value {
  return comparison('GreaterOrEqual', a, b);
}

/** Opset 20. `approximate` 'none' is the exact x * cdf(x) by erf, 'tanh' the usual approximation. */
export function Gelu(x: Value, approximate: 'none' | 'tanh' = 'none'): Value {
  return unary('Gelu', x, { approximate });
}

export function Cast(x: Value, dtype: DType): Value {
  const attributes = { to: ELEM_TYPE[dtype] };
  return node(x.graph, 'Cast', { inputs: [x], results: [{ dtype, shape: x.shape }], attributes })[0]!;
}

function comparison(op: string, a: Value, b: Value): Value {
  const shape = broadcast(op, a.shape, b.shape);
  return node(a.graph, op, { inputs: [a, b], results: [{ dtype: 'bool', shape }] })[0]!;
}

function unary(op: string, x: Value, attributes: Record<string, string> = {}): Value {
  return node(x.graph, op, { inputs: [x], results: [{ dtype: x.dtype, shape: x.shape }], attributes })[0]!;
}

function binary(op: string, a: Value, b: Value): Value {
  const shape = broadcast(op, a.shape, b.shape);
  return node(a.graph, op, { inputs: [a, b], results: [{ dtype: a.dtype, shape }] })[0]!;
}
