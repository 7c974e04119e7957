import type { DType } from './graph.js';

/** What onnx.proto3 calls the types of numbers (TensorProto.DataType). */
export const ELEM_TYPE: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  bfloat16: 16,
};
