// Activation functions by the names that Hugging Face configurations use (transformers 5.18, activations.py: ACT2FN).
import { constant, type Value } from '../../onnx/graph.js';
import { Gelu, Mul, Relu, Sigmoid, Tanh } from '../../onnx/ops/elementwise.js';

export const ACTIVATIONS = {
  relu: Relu,
  gelu: (x: Value) => Gelu(x),
  gelu_python: (x: Value) => Gelu(x),
  gelu_new: (x: Value) => Gelu(x, 'tanh'),
  gelu_fast: (x: Value) => Gelu(x, 'tanh'),
  gelu_pytorch_tanh: (x: Value) => Gelu(x, 'tanh'),
  gelu_python_tanh: (x: Value) => Gelu(x, 'tanh'),
  quick_gelu: (x: Value) => Mul(x, Sigmoid(Mul(x, constant(x.graph, Float32Array.of(1.702), [])))),
  silu: (x: Value) => Mul(x, Sigmoid(x)),
  swish: (x: Value) => Mul(x, Sigmoid(x)),
  sigmoid: Sigmoid,
  tanh: Tanh,
  linear: (x: Value) => x,
} as const satisfies Record<string, (x: Value) => Value>;

export type Activation = keyof typeof ACTIVATIONS;
