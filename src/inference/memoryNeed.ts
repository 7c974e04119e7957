// How much memory a captioner needs, told before it is loaded.
import { AppError } from '../errors.js';
import { inWords } from '../inWords.js';
import type { QuantizedFormat } from '../onnx/fewBits.js';
import { MESSAGE_BYTES } from '../onnx/modelProto.js';
import type { Checkpoint } from './captioner.js';
import { countNumbers } from './checkpoint/storedFewBits.js';
import { roundedWeights } from './quantization.js';
import { QUANTIZATIONS, type Quantization } from './quantizations.js';

/** Float32, and what onnxruntime needs besides: 12.7 GB were measured for 2,758,809,600 parameters (bench/results.md). */
const WHOLE = 4 * 1.15;
/** Bytes of a number in few bits, with its share of a scale. */
const ROUNDED: Readonly<Record<QuantizedFormat, number>> = {
  'int4 blocks': 0.5 + 4 / 32,
  'int8 blocks': 1 + 4 / 32,
  'int8 rows': 1,
};
/** Tables and the like as they are stored, and what onnxruntime needs besides: 4.2 GB were measured where 3.1 GB are stored. */
const BESIDES = 1.2;
/** Node, onnxruntime and the pictures of a batch. */
const PROCESS_BYTES = 400e6;

/** Bytes of memory for weights of so many numbers that become float32, without the process. */
export function wholeBytes(parameters: number): number {
  return parameters * WHOLE;
}

/** Bytes of memory that a captioner needs, with its process. */
export function memoryNeed(checkpoint: Checkpoint, quantize: Quantization | undefined): number {
  const { tensors } = checkpoint.base;
  if (quantize === undefined) return PROCESS_BYTES + wholeBytes(countNumbers(tensors));
  if (checkpoint.quantization === undefined) return roundedNeed(checkpoint, quantize, IN_MEMORY);
  return PROCESS_BYTES + BESIDES * [...tensors.values()].reduce((sum, { length }) => sum + length, 0);
}

/** The same of what an import with such weights makes of a captioner whose weights are whole. */
export function importedNeed(checkpoint: Checkpoint, quantize: Quantization): number {
  return roundedNeed(checkpoint, quantize, ON_DISK);
}

/** What is rounded when the model is loaded lies in memory twice until onnxruntime has made its own of it; what is on the disk is read from there. */
const [IN_MEMORY, ON_DISK] = [2, 1] as const;

function roundedNeed(checkpoint: Checkpoint, quantize: Quantization, times: number): number {
  const { tensors } = checkpoint.base;
  const rounded = roundedWeights(checkpoint, quantize);
  let bytes = 0;
  for (const { name, length, shape } of tensors.values()) {
    const found = rounded.get(name);
    if (found !== undefined) bytes += times * ROUNDED[found.form] * shape.reduce((a, b) => a * b, 1);
    if (found?.alsoWhole !== false) bytes += length;
  }
  return PROCESS_BYTES + BESIDES * bytes;
}

/** Throws AppError CONFIG, with what would do, where weights that are rounded when the model is loaded are too many to be handed over. */
function checkRounded(directory: string, checkpoint: Checkpoint, quantize: Quantization): void {
  const bytes = new Map<string, number>();
  for (const [name, { part, form }] of roundedWeights(checkpoint, quantize)) {
    const numbers = checkpoint.base.tensors.get(name)!.shape.reduce((a, b) => a * b, 1);
    bytes.set(part, (bytes.get(part) ?? 0) + ROUNDED[form] * numbers);
  }
  for (const [part, size] of bytes) {
    if (size < MESSAGE_BYTES) continue;
    throw new AppError(
      'CONFIG',
      `${directory}: its ${part} weights in ${quantize} are ${inWords(size)}, and at most ${inWords(MESSAGE_BYTES)} can be rounded when a model is loaded; hotlens model import ${directory} --out DIR --quantize ${quantize} rounds them once, to files`,
    );
  }
}

/** What memory there is for a captioner, and who is to be told. */
export interface MemoryOptions {
  readonly quantize: Quantization | undefined;
  /** Bytes. */
  readonly available: number;
  /** Told of the bytes that are needed, and that are available. */
  readonly onMemory?: ((needed: number, available: number) => void) | undefined;
}

/** Throws AppError OUT_OF_MEMORY, or CONFIG, with what would fit, where a captioner has no room. */
export function checkMemory(
  directory: string,
  checkpoint: Checkpoint,
  { quantize, available, onMemory }: MemoryOptions,
): void {
  if (quantize !== undefined && checkpoint.quantization === undefined) checkRounded(directory, checkpoint, quantize);
  const needed = memoryNeed(checkpoint, quantize);
  onMemory?.(needed, available);
  if (needed <= available) return;
  const fitting =
    checkpoint.quantization === undefined && QUANTIZATIONS.find((kind) => importedNeed(checkpoint, kind) <= available);
  const advice = fitting
    ? `; hotlens model import ${directory} --out DIR --quantize ${fitting} makes one that needs ${inWords(importedNeed(checkpoint, fitting))}`
    : '';
  throw new AppError(
    'OUT_OF_MEMORY',
    `${directory} needs about ${inWords(needed)} of memory, ${inWords(available)} are available${advice}`,
  );
}
