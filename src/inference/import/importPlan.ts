// What an import will write: which tensors, in which files, in pieces that are small enough to be done one by one, by any thread and in any order.
import path from 'node:path';
import { AppError } from '../../errors.js';
import type { QuantizedFormat } from '../../onnx/fewBits.js';
import type { DType, FileSlice } from '../../onnx/graph.js';
import { BLOCK } from '../../onnx/quantizeBlocks.js';
import type { Checkpoint } from '../captioner.js';
import { bytesOf, FLOATS, type StoredTensor, safetensorsHead } from '../checkpoint/safetensors.js';
import { fewBitsTensors, sliceOf } from '../checkpoint/storedFewBits.js';
import { roundedWeights } from '../quantization.js';
import type { Quantization } from '../quantizations.js';

/** A place in a file to write to. */
export interface Place {
  readonly file: string;
  readonly offset: number;
}

/** Bytes to be copied as they are, or some rows of a matrix to be rounded. */
export type Piece =
  | { readonly copy: FileSlice; readonly to: Place }
  | {
      readonly round: FileSlice;
      readonly dtype: DType;
      readonly columns: number;
      readonly form: QuantizedFormat;
      readonly values: Place;
      readonly scales: Place;
    };

export interface PlannedFile {
  readonly name: string;
  readonly head: Buffer;
  readonly bytes: number;
  readonly tensors: readonly string[];
}

export interface ImportPlan {
  readonly files: readonly PlannedFile[];
  readonly pieces: readonly { readonly piece: Piece; readonly writes: number }[];
  /** Of all files. */
  readonly bytes: number;
}

const FILE_BYTES = 2e9;
/** Numbers of a piece: some 30 MB of memory. */
const PIECE_NUMBERS = 1 << 22;

type Written = Pick<StoredTensor, 'name' | 'dtype' | 'shape'>;

/** A tensor of the source, and what is written of it: itself, blocks and scales of it, or all three. */
interface Planned {
  readonly source: StoredTensor;
  readonly whole: Written | undefined;
  readonly rounded: { readonly form: QuantizedFormat; readonly values: Written; readonly scales: Written } | undefined;
}

/** Plans an import into the folder `out`. Throws AppError BAD_MODEL where the checkpoint is not whole or is no captioner. */
export function planImport(checkpoint: Checkpoint, out: string, quantize: Quantization | undefined): ImportPlan {
  const rounded = roundedWeights(checkpoint, quantize);
  const planned = [...checkpoint.base.tensors.values()].map((source) => planTensor(source, rounded.get(source.name)));
  const files: PlannedFile[] = [];
  const pieces: { piece: Piece; writes: number }[] = [];
  const groups = inFiles(planned);
  groups.forEach((group, i) => {
    const name = fileName(i, groups.length);
    // Larger numbers first: each lies at a multiple of its own size.
    const written = group.flatMap(writtenOf).sort((a, b) => numberBytes(b) - numberBytes(a));
    const head = safetensorsHead(written);
    const file = path.join(out, name);
    let offset = head.length;
    const places = new Map<Written, Place>();
    for (const tensor of written) {
      places.set(tensor, { file, offset });
      offset += bytesOf(tensor);
    }
    for (const each of group) pieces.push(...piecesOf(each, (tensor) => places.get(tensor)!));
    files.push({ name, head, bytes: offset, tensors: written.map((tensor) => tensor.name) });
  });
  return { files, pieces, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

function planTensor(
  source: StoredTensor,
  chosen: { readonly form: QuantizedFormat; readonly alsoWhole: boolean } | undefined,
): Planned {
  const { name, dtype, shape } = source;
  const whole = { name, dtype, shape };
  if (Number.isNaN(bytesOf(source)))
    throw new AppError('BAD_MODEL', `${source.file} holds ${name} as ${dtype}, which is not known`);
  // Where a row is no whole blocks, it is rounded when the model is loaded: its stored shape would not tell its width.
  if (chosen === undefined || columnsOf(source) % BLOCK !== 0) return { source, whole, rounded: undefined };
  const { form } = chosen;
  const tensors = fewBitsTensors(name, form, [shape[0]!, columnsOf(source)]);
  return { source, whole: chosen.alsoWhole ? whole : undefined, rounded: { form, ...tensors } };
}

function columnsOf({ shape }: StoredTensor): number {
  return shape.slice(1).reduce((a, b) => a * b, 1);
}

function numberBytes(tensor: Written): number {
  return bytesOf({ ...tensor, shape: [1] });
}

function writtenOf({ whole, rounded }: Planned): Written[] {
  return [whole, rounded?.values, rounded?.scales].filter((each) => each !== undefined);
}

function inFiles(planned: readonly Planned[]): Planned[][] {
  const groups: Planned[][] = [];
  let filled = Number.POSITIVE_INFINITY;
  for (const each of planned) {
    const bytes = writtenOf(each).reduce((sum, tensor) => sum + bytesOf(tensor), 0);
    if (filled + bytes > FILE_BYTES) {
      groups.push([]);
      filled = 0;
    }
    groups.at(-1)!.push(each);
    filled += bytes;
  }
  return groups;
}

function fileName(i: number, count: number): string {
  const digits = (value: number) => String(value).padStart(5, '0');
  return `model-${digits(i + 1)}-of-${digits(count)}.safetensors`;
}

function piecesOf({ source, whole, rounded }: Planned, placeOf: (tensor: Written) => Place) {
  const pieces: { piece: Piece; writes: number }[] = [];
  if (whole !== undefined) {
    const { file, offset, length } = sliceOf(source);
    const to = placeOf(whole);
    const step = 4 * PIECE_NUMBERS;
    for (let at = 0; at < length; at += step) {
      const part = Math.min(step, length - at);
      const piece: Piece = {
        copy: { file, offset: offset + at, length: part },
        to: { file: to.file, offset: to.offset + at },
      };
      pieces.push({ piece, writes: part });
    }
  }
  if (rounded !== undefined) {
    const [rows, columns] = [source.shape[0]!, columnsOf(source)];
    const dtype = FLOATS[source.dtype]!;
    const [read, values, scales] = [source, rounded.values, rounded.scales].map((tensor) => bytesOf(tensor) / rows) as [
      number,
      number,
      number,
    ];
    const step = Math.max(1, Math.floor(PIECE_NUMBERS / columns));
    const from = (tensor: Written, at: number): Place => {
      const { file, offset } = placeOf(tensor);
      return { file, offset: offset + at };
    };
    for (let row = 0; row < rows; row += step) {
      const count = Math.min(step, rows - row);
      const piece: Piece = {
        round: { file: source.file, offset: source.offset + row * read, length: count * read },
        ...{ dtype, columns, form: rounded.form },
        values: from(rounded.values, row * values),
        scales: from(rounded.scales, row * scales),
      };
      pieces.push({ piece, writes: count * (values + scales) });
    }
  }
  return pieces;
}
