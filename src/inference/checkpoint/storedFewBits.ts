// Weights of few bits in a checkpoint: beside a matrix that is also needed whole, or in its place, two tensors whose names and shapes say which form it has
// (onnx/fewBits.ts): NAME.int4 and NAME.int8blocks, uint8 [rows, blocks, bytes of a block], with NAME.scales, float32 [rows, blocks]; NAME.int8, int8 [rows,
// columns], with NAME.scales [rows].
import type { AppError } from '../../errors.js';
import { bitsOf, type FewBits, FORMATS, type QuantizedFormat, shapesOf } from '../../onnx/fewBits.js';
import type { FileSlice } from '../../onnx/graph.js';
import { shapeText } from '../../onnx/shapes.js';
import type { StoredTensor } from './safetensors.js';

type Tensors = ReadonlyMap<string, StoredTensor>;
type Described = Pick<StoredTensor, 'name' | 'dtype' | 'shape'>;

const SUFFIXES: Readonly<Record<QuantizedFormat, string>> = {
  'int4 blocks': '.int4',
  'int8 blocks': '.int8blocks',
  'int8 rows': '.int8',
};
const DTYPES = { int8: 'I8', uint8: 'U8', float32: 'F32' } as const;

/** The two tensors of a matrix [rows, columns]. */
export function fewBitsTensors(
  name: string,
  format: QuantizedFormat,
  [rows, columns]: readonly [number, number],
): { readonly values: Described; readonly scales: Described } {
  const { values, scales } = shapesOf(format, rows, columns);
  return {
    values: { name: name + SUFFIXES[format], dtype: DTYPES[values.dtype], shape: values.shape },
    scales: { name: `${name}.scales`, dtype: DTYPES[scales.dtype], shape: scales.shape },
  };
}

/** The form in which a matrix is kept; undefined where it is kept whole only. */
export function storedFormat(tensors: Tensors, name: string): QuantizedFormat | undefined {
  return FORMATS.find((format) => tensors.has(name + SUFFIXES[format]));
}

/** Where a matrix lies that is used as `shape`; undefined where it is kept whole only. Throws `fail` where its tensors are of other shapes. */
export function storedFewBits(
  tensors: Tensors,
  name: string,
  shape: readonly number[],
  fail: (what: string) => AppError,
): FewBits | undefined {
  const format = storedFormat(tensors, name);
  if (format === undefined) return undefined;
  const [rows, ...others] = shape as [number, ...number[]];
  const expected = fewBitsTensors(name, format, [rows, size(others)]);
  const found = (wanted: Described) => {
    const tensor = tensors.get(wanted.name);
    if (tensor?.dtype === wanted.dtype && tensor.shape.join() === wanted.shape.join()) return sliceOf(tensor);
    const is = tensor === undefined ? 'none' : `${tensor.dtype} ${shapeText(tensor.shape)}`;
    throw fail(`${wanted.name}: expected ${wanted.dtype} of the shape ${shapeText(wanted.shape)}, got ${is}`);
  };
  return { format, values: found(expected.values), scales: found(expected.scales) };
}

export function sliceOf({ file, offset, length }: StoredTensor): FileSlice {
  return { file, offset, length };
}

/** How many numbers the weights hold whose names match: one that is kept whole and in few bits counts once, scales do not. */
export function countNumbers(tensors: Tensors, matches: (name: string) => boolean = () => true): number {
  let sum = 0;
  for (const tensor of tensors.values()) {
    const kept = keptIn(tensor);
    if (kept === undefined) sum += matches(tensor.name) && !isScales(tensors, tensor.name) ? size(tensor.shape) : 0;
    else if (matches(kept.matrix) && !tensors.has(kept.matrix)) sum += (size(tensor.shape) * 8) / bitsOf(kept.format);
  }
  return sum;
}

/** What the weights are kept as, each type once: `F16`, `int4`. */
export function storedTypes(tensors: Tensors): string[] {
  const types = [...tensors.values()].flatMap((tensor) => {
    const kept = keptIn(tensor);
    return kept !== undefined ? [`int${bitsOf(kept.format)}`] : isScales(tensors, tensor.name) ? [] : [tensor.dtype];
  });
  return [...new Set(types)];
}

/** Which matrix a tensor holds the few bits of. */
function keptIn({ name }: StoredTensor): { readonly matrix: string; readonly format: QuantizedFormat } | undefined {
  const format = FORMATS.find((each) => name.endsWith(SUFFIXES[each]));
  return format && { matrix: name.slice(0, -SUFFIXES[format].length), format };
}

function isScales(tensors: Tensors, name: string): boolean {
  const matrix = name.replace(/\.scales$/, '');
  return matrix !== name && storedFormat(tensors, matrix) !== undefined;
}

function size(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
