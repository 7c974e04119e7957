// The numbers that training moves: all tensors side by side in one array, which the training graph reads without a copy,
// the optimizer updates, and a checkpoint writes in one piece.
import type { Parameters } from '../inference/checkpoint/weights.js';
import { input } from '../onnx/graph.js';
import { shapeText } from '../onnx/shapes.js';

export interface ParameterTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface StoredParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

export interface ParameterStore {
  readonly entries: readonly StoredParameter[];
  readonly values: Float32Array;
}

/** Copies tensors into one array, in their order. */
export function createStore(tensors: ReadonlyMap<string, ParameterTensor>): ParameterStore {
  let offset = 0;
  const entries = [...tensors].map(([name, { shape, data }]): StoredParameter => {
    const entry = { name, shape, offset, size: data.length };
    offset += data.length;
    return entry;
  });
  const values = new Float32Array(offset);
  for (const { name, offset: at } of entries) values.set(tensors.get(name)!.data, at);
  return { entries, values };
}

/** The tensors by name, as views into the store. */
export function tensorsOf(store: ParameterStore): Map<string, ParameterTensor> {
  return new Map(
    store.entries.map(({ name, shape, offset, size }) => [
      name,
      { shape, data: store.values.subarray(offset, offset + size) },
    ]),
  );
}

/**
 * Parameters for a training graph: those of the store become graph inputs of their own names, all others come from
 * `frozen` (weights of the graph, which need no backward pass).
 */
export function trainable(store: ParameterStore, frozen?: Parameters): Parameters {
  const entries = new Map(store.entries.map((entry) => [entry.name, entry]));
  return {
    has: (name) => entries.has(name) || frozen?.has(name) === true,
    value(graph, name, shape) {
      const entry = entries.get(name);
      if (entry === undefined) {
        if (frozen === undefined) throw new Error(`trainable: the parameter ${name} is missing`);
        return frozen.value(graph, name, shape);
      }
      // A patch kernel [d, 3, p, p] is used as [d, 3pp]: the same numbers under another shape.
      if (entry.size !== shape.reduce((a, b) => a * b, 1)) {
        throw new Error(`trainable: expected ${name} of shape ${shapeText(shape)}, got ${shapeText(entry.shape)}`);
      }
      return graph.values.get(name) ?? input(graph, name, 'float32', shape);
    },
  };
}
