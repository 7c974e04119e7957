// A vector as pgvector sends it: its length and a zero as int16, then float32, the high bytes first.

/** SQL: the bytes of a vector `e.vector`. */
export const VECTOR_BYTES = 'vector_send(e.vector)';

export function storedVector(bytes: Buffer): Float32Array {
  const length = bytes.readInt16BE(0);
  return Float32Array.from({ length }, (_, i) => bytes.readFloatBE(4 + 4 * i));
}
