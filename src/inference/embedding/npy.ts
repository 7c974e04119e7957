/**
 * Rows of equal width as the bytes of a NumPy file: little-endian float32, C order, shape [rows, width].
 * Source: NumPy's format description, version 1.0 (numpy/lib/format.py).
 */
export function encodeNpy(rows: readonly Float32Array[], width: number): Uint8Array {
  const wrong = rows.find((row) => row.length !== width);
  if (wrong !== undefined) throw new Error(`encodeNpy: expected rows of ${width} numbers, got ${wrong.length}`);
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${width}), }`;
  // Magic (6), version (2) and length (2) before it, a newline after it: 64 divides the whole.
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const head = Buffer.alloc(10 + length, ' ');
  head.write('\x93NUMPY\x01\x00', 0, 'latin1');
  head.writeUInt16LE(length, 8);
  head.write(dictionary, 10, 'latin1');
  head.write('\n', 9 + length, 'latin1');
  return Buffer.concat([head, ...rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength))]);
}
