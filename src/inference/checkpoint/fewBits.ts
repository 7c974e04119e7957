// Weights of few bits in a checkpoint: beside a matrix that is also needed whole, or in its place, a tensor NAME.int4 or NAME.int8 with the blocks as
// uint8 [rows, blocks, bytes of a block], and NAME.scales, float32 [rows, blocks] (quantizeBlocks.ts says what they mean).
import type { AppError } from '../../errors.js';
import type { FileSlice, StoredBlocks } from '../../onnx/graph.js';
import { BLOCK, QUANTIZED_BITS, type QuantizedBits } from '../../onnx/quantizeBlocks.js';
import { shapeText } from '../../onnx/shapes.js';
import type { StoredTensor } from './safetensors.js';

type Tensors = ReadonlyMap<string, StoredTensor>;

export function blocksName(name: string, bits: QuantizedBits): string {
  return `${name}.int${bits}`;
}

export function scalesName(name: string): string {
  return `${name}.scales`;
}

/** Shapes of the two tensors of a matrix. */
export function blockShapes(rows: number, columns: number, bits: QuantizedBits) {
  const blocks = Math.ceil(columns / BLOCK);
  return { values: [rows, blocks, (BLOCK * bits) / 8], scales: [rows, blocks] };
}

export function hasBlocks(tensors: Tensors, name: string): boolean {
  return bitsOf(tensors, name) !== undefined;
}

function bitsOf(tensors: Tensors, name: string): QuantizedBits | undefined {
  return QUANTIZED_BITS.find((bits) => tensors.has(blocksName(name, bits)));
}

/** Where the blocks of a matrix lie that is used as `shape`; undefined where there are none. Throws `fail` where they are of another shape. */
export function blocksOf(
  tensors: Tensors,
  name: string,
  shape: readonly number[],
  fail: (what: string) => AppError,
): StoredBlocks | undefined {
  const bits = bitsOf(tensors, name);
  if (bits === undefined) return undefined;
  const [rows, ...others] = shape as [number, ...number[]];
  const expected = blockShapes(rows, size(others), bits);
  const found = (stored: string, dtype: string, wanted: readonly number[]) => {
    const tensor = tensors.get(stored);
    if (tensor?.dtype === dtype && tensor.shape.join() === wanted.join()) return sliceOf(tensor);
    const is = tensor === undefined ? 'none' : `${tensor.dtype} ${shapeText(tensor.shape)}`;
    throw fail(`${stored}: expected ${dtype} of the shape ${shapeText(wanted)}, got ${is}`);
  };
  return {
    bits,
    values: found(blocksName(name, bits), 'U8', expected.values),
    scales: found(scalesName(name), 'F32', expected.scales),
  };
}

export function sliceOf({ file, offset, length }: StoredTensor): FileSlice {
  return { file, offset, length };
}

const BLOCKS = /^(.*)\.int([48])$/;

/** How many numbers the weights hold whose names match: one that is stored whole and in few bits counts once, scales do not. */
export function countNumbers(tensors: Tensors, matches: (name: string) => boolean = () => true): number {
  let sum = 0;
  for (const { name, shape } of tensors.values()) {
    const [, matrix, bits] = BLOCKS.exec(name) ?? [];
    if (matrix !== undefined) sum += matches(matrix) && !tensors.has(matrix) ? (size(shape) * 8) / Number(bits) : 0;
    else if (matches(name) && !isScales(tensors, name)) sum += size(shape);
  }
  return sum;
}

/** What the weights are stored as, each type once: `F16`, `int4`. */
export function storedTypes(tensors: Tensors): string[] {
  const types = [...tensors.values()].flatMap(({ name, dtype }) => {
    const bits = BLOCKS.exec(name)?.[2];
    return bits !== undefined ? [`int${bits}`] : isScales(tensors, name) ? [] : [dtype];
  });
  return [...new Set(types)];
}

function isScales(tensors: Tensors, name: string): boolean {
  const matrix = name.replace(/\.scales$/, '');
  return matrix !== name && hasBlocks(tensors, matrix);
}

function size(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
