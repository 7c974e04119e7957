// One safetensors file: eight bytes of header length, a JSON header, then the tensors' bytes.
// Source: https://github.com/huggingface/safetensors#format
import { open, rename, stat } from 'node:fs/promises';
import { AppError } from '../../errors.js';
import type { DType } from '../../onnx/graph.js';
import { numberToHalf, storedFloats } from '../../onnx/half.js';
import { readBytes } from '../../onnx/readBytes.js';

export interface StoredTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly file: string;
  /** Of the tensor's bytes from the start of the file. */
  readonly offset: number;
  readonly length: number;
}

const MAX_HEADER_BYTES = 100_000_000;
const BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
};

/** What is read as numbers, by the names that the graphs have for it. */
export const FLOATS: Readonly<Record<string, DType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** Reads the header of a file. Throws AppError BAD_MODEL where it is no safetensors file or was cut short. */
export async function readSafetensorsHeader(file: string): Promise<StoredTensor[]> {
  const { size } = await stat(file);
  const handle = await open(file, 'r');
  try {
    const head = Buffer.alloc(8);
    await handle.read(head, 0, 8, 0);
    const headerLength = Number(head.readBigUInt64LE());
    if (size < 8 || headerLength > MAX_HEADER_BYTES) throw bad(file, 'is not a safetensors file');
    if (8 + headerLength > size)
      throw bad(file, `is cut short: its header needs ${8 + headerLength} bytes, the file has ${size}`);
    const json = Buffer.alloc(headerLength);
    await handle.read(json, 0, headerLength, 8);
    const tensors = Object.entries(parseHeader(file, json))
      .filter(([name]) => name !== '__metadata__')
      .map(([name, entry]) => toTensor(file, name, entry, 8 + headerLength));
    const end = tensors.reduce((max, tensor) => Math.max(max, tensor.offset + tensor.length), 8 + headerLength);
    if (end > size) throw bad(file, `is cut short: its tensors need ${end} bytes, the file has ${size}`);
    return tensors;
  } finally {
    await handle.close();
  }
}

/**
 * Writes float32 tensors as a safetensors file; as float16 where asked, rounded to the nearest. Under another name first: a kill
 * leaves no torn file, and a file that is there is replaced, not written into (it may be a link to another model's weights).
 */
export async function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
  dtype: 'F32' | 'F16' = 'F32',
): Promise<void> {
  const head = safetensorsHead([...tensors].map(([name, { shape }]) => ({ name, dtype, shape })));
  const handle = await open(`${file}.new`, 'w');
  try {
    await handle.writeFile(head);
    for (const { data } of tensors.values()) {
      const stored = dtype === 'F32' ? data : Uint16Array.from(data, numberToHalf);
      await handle.writeFile(Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

/** What a file of these tensors begins with; their bytes follow one after the other. */
export function safetensorsHead(tensors: readonly Pick<StoredTensor, 'name' | 'dtype' | 'shape'>[]): Buffer {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const tensor of tensors) {
    const { name, dtype, shape } = tensor;
    const end = offset + bytesOf(tensor);
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Padded with spaces to a multiple of 8, so that the tensors are aligned when the file is mapped.
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}

/** Bytes of a tensor; NaN where its type is not known. */
export function bytesOf({ dtype, shape }: Pick<StoredTensor, 'dtype' | 'shape'>): number {
  return shape.reduce((a, b) => a * b, 1) * (BYTES[dtype] ?? Number.NaN);
}

/** One tensor's values as float32, whatever of F32, F16, BF16 it is stored as. */
export async function readFloats(tensor: StoredTensor): Promise<Float32Array> {
  const floats = storedFloats(await readBytes(tensor), FLOATS[tensor.dtype] ?? '');
  if (floats !== undefined) return floats;
  throw bad(tensor.file, `holds ${tensor.name} as ${tensor.dtype}: F32, F16 and BF16 are supported`);
}

function parseHeader(file: string, json: Buffer): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(json.toString('utf8'));
    if (typeof header === 'object' && header !== null) return header as Record<string, unknown>;
  } catch {
    // The same message as for any other header that is no object.
  }
  throw bad(file, 'is not a safetensors file');
}

function toTensor(file: string, name: string, entry: unknown, base: number): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = entry as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  if (typeof dtype !== 'string' || !isNumbers(shape) || !isNumbers(offsets) || offsets.length !== 2) {
    throw bad(file, `has a broken entry for ${name}`);
  }
  const [begin, end] = offsets as [number, number];
  const expected = bytesOf({ dtype, shape });
  if (begin < 0 || end < begin || (!Number.isNaN(expected) && end - begin !== expected)) {
    throw bad(file, `has a broken entry for ${name}: ${end - begin} bytes for ${dtype} [${shape.join(', ')}]`);
  }
  return { name, dtype, shape, file, offset: base + begin, length: end - begin };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isInteger(item));
}

function bad(file: string, what: string): AppError {
  return new AppError('BAD_MODEL', `${file} ${what}`);
}
