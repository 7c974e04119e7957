// Short names for the tensors that batches are made of.
import * as ort from 'onnxruntime-node';

/** int64 from plain numbers. */
export function ids(values: ArrayLike<number>, dims: readonly number[] = [values.length]): ort.Tensor {
  return new ort.Tensor('int64', BigInt64Array.from(Array.from(values), BigInt), [...dims]);
}

/** float32. */
export function floats(values: Float32Array, dims: readonly number[] = [values.length]): ort.Tensor {
  return new ort.Tensor('float32', values, [...dims]);
}
