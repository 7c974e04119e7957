// The forms in which a weight matrix [out, in] is kept in few bits, and how onnxruntime multiplies by each.
//
// 'int4 blocks', 'int8 blocks': a scale for every 32 numbers of a row; MatMulNBits, which rounds what is multiplied by them to 8 bits by blocks, too: nothing
// that lies far out spoils more than its own block. An eighth to a quarter of the bytes, which is what one token at a time waits for.
// 'int8 rows': a scale for every row; products of whole numbers (MatMulIntegerToFloat). Processors have units for these (AMX, VNNI): up to eight times
// float32's speed (docs/decisions/0040). What is multiplied is rounded row by row, so that what a picture gives does not depend on its company.
import { type FileSlice, type Graph, initializer, node, type Value } from './graph.js';
import { BLOCK, type QuantizedBits, quantizeBlocks } from './quantizeBlocks.js';
import { quantizeRows } from './quantizeRows.js';
import { createRowRounding } from './roundRows.js';

export const FORMATS = ['int4 blocks', 'int8 blocks', 'int8 rows'] as const;
export type QuantizedFormat = (typeof FORMATS)[number];

/** A matrix in few bits, in a file or in memory. */
export interface FewBits<Data = FileSlice | Uint8Array> {
  readonly format: QuantizedFormat;
  readonly values: Data;
  readonly scales: Data;
  /** Where the numbers of 'int8 rows' have no sign: 128 stands for zero (overflowTrial.ts). */
  readonly unsigned?: boolean;
}

/** Bits of a number, without its scale. */
export function bitsOf(format: QuantizedFormat): QuantizedBits {
  return format === 'int4 blocks' ? 4 : 8;
}

/** Types and shapes of the two tensors of a matrix [rows, columns]. */
export function shapesOf(format: QuantizedFormat, rows: number, columns: number) {
  if (format === 'int8 rows')
    return { values: { dtype: 'int8', shape: [rows, columns] }, scales: { dtype: 'float32', shape: [rows] } } as const;
  const blocks = Math.ceil(columns / BLOCK);
  return {
    values: { dtype: 'uint8', shape: [rows, blocks, (BLOCK * bitsOf(format)) / 8] },
    scales: { dtype: 'float32', shape: [rows, blocks] },
  } as const;
}

/** Rounds a matrix, or some rows of it. */
export function roundTo(format: QuantizedFormat, matrix: Float32Array, columns: number): FewBits<Uint8Array> {
  const { values, scales } =
    format === 'int8 rows' ? quantizeRows(matrix, columns) : quantizeBlocks(matrix, { columns, bits: bitsOf(format) });
  return { format, values: new Uint8Array(values.buffer), scales: new Uint8Array(scales.buffer) };
}

/** x [..., in] by a matrix in few bits -> [..., out]. */
export type Multiply = (
  x: Value,
  name: string,
  matrix: FewBits & { readonly rows: number; readonly columns: number },
) => Value;

/** int8 for what blocks are multiplied by: at 0, weights of 8 bits are turned into float32 at every call, thirty times slower. */
const ACCURACY_LEVEL = 4;

/** Products for one graph: what is multiplied by several matrices is rounded once. */
export function createMultiply(graph: Graph): Multiply {
  const rounding = createRowRounding(graph);
  return (x, name, { format, rows, columns, unsigned = false, ...data }) => {
    const shapes = shapesOf(format, rows, columns);
    const values = initializer(graph, {
      ...shapes.values,
      ...(unsigned ? { dtype: 'uint8' } : {}),
      name: `${name} in ${format}`,
      data: data.values,
    });
    const flat = shapes.scales.shape.reduce((a, b) => a * b, 1);
    const scales = initializer(graph, { name: `${name} scales`, dtype: 'float32', shape: [flat], data: data.scales });
    if (format === 'int8 rows') return rounding.product(x, { values, scales, unsigned });
    return node(graph, 'MatMulNBits', {
      inputs: [x, values, scales],
      results: [{ dtype: 'float32', shape: [...x.shape.slice(0, -1), rows] }],
      attributes: { K: columns, N: rows, bits: bitsOf(format), block_size: BLOCK, accuracy_level: ACCURACY_LEVEL },
      domain: 'com.microsoft',
    })[0]!;
  };
}
