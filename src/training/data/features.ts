// What the frozen vision tower sees of every picture, computed once and kept on disk as float16.
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { AppError } from '../../errors.js';
import { visionGraph } from '../../inference/blip2/captionGraphs.js';
import { patchGrid } from '../../inference/blip2/vision.js';
import { output } from '../../onnx/graph.js';
import { halfToNumber } from '../../onnx/half.js';
import { Cast } from '../../onnx/ops/elementwise.js';
import { createSession } from '../../onnx/session.js';
import type { TrainingModel } from '../modelDirectory.js';
import type { CaptionData } from './captionData.js';

export interface Features {
  /** The pictures that have features: without those that could not be read. */
  readonly data: CaptionData;
  /** Numbers of one picture: tokens * width. */
  readonly size: number;
  /** Features of some pictures, float16 [B, T, Dv]. */
  read(indices: readonly number[]): ort.Tensor;
  close(): Promise<void>;
}

export interface FeatureOptions {
  readonly threads?: number | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Told of each picture that cannot be used, and why. */
  readonly onRejected?: ((id: string, reason: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const BATCH = 32;
/** A NaN that no arithmetic gives: stands first where a picture has no features. */
const NONE = 0x7e5a;

/**
 * Computes the features of all pictures into a file of `folder`, or takes up a file that an earlier run of the same left there,
 * also an unfinished one. A picture that cannot be read is left out. `onProgress` is told how many pictures are done.
 * Throws AppError: BAD_USER_INPUT where no picture is left, SHUTTING_DOWN after `signal`; what is done stays.
 */
export async function cacheFeatures(
  model: TrainingModel,
  data: CaptionData,
  folder: string,
  options: FeatureOptions = {},
): Promise<Features> {
  const { vision } = model.config;
  const tokens = patchGrid(vision) ** 2 + 1;
  const dims = [tokens, vision.hidden_size];
  const bytes = 2 * tokens * vision.hidden_size;
  await mkdir(folder, { recursive: true });
  const key = createHash('sha256')
    .update(`${await towerDigest(model)}\0${data.name}`)
    .digest('hex')
    .slice(0, 16);
  const file = path.join(folder, `features-${key}.f16`);
  const whole = await stat(file).catch(() => undefined);
  if (whole?.size !== bytes * data.count) await compute(model, data, { ...options, file, bytes });
  const handle = openSync(file, 'r');
  const places = usable(handle, bytes, data.count);
  if (places.length < data.count) await explain(data, new Set(places), model, options.onRejected);
  if (places.length === 0) throw new AppError('BAD_USER_INPUT', `${data.name}: no picture could be read`);
  return {
    data: places.length === data.count ? data : some(data, places),
    size: tokens * vision.hidden_size,
    read(indices) {
      const all = Buffer.alloc(indices.length * bytes);
      indices.forEach((index, i) => {
        readSync(handle, all, i * bytes, bytes, places[index]! * bytes);
      });
      const halves = new Uint16Array(all.buffer, all.byteOffset, all.byteLength / 2);
      return new ort.Tensor('float16', halves, [indices.length, ...dims]);
    },
    async close() {
      closeSync(handle);
    },
  };
}

/** The identity of a vision tower: its settings and weights, whatever else the model consists of. */
async function towerDigest({ config, weights }: TrainingModel): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(config.vision));
  const tensors = [...weights.tensors.values()].filter(({ name }) => name.startsWith('vision_model.'));
  for (const { name, dtype, file, offset, length } of tensors.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${name}\0${dtype}\0`);
    const bytes = createReadStream(file, { start: offset, end: offset + length - 1, highWaterMark: 1 << 20 });
    for await (const chunk of bytes) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** Deletes cached features. */
export async function removeFeatures(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Features as float32, for graphs that serve. */
export function asFloats(halves: ort.Tensor): ort.Tensor {
  const bits = halves.data as unknown as Uint16Array;
  return new ort.Tensor(
    'float32',
    Float32Array.from(bits, (each) => HALF[each]!),
    [...halves.dims],
  );
}

/** Every float16 as a number: 65,536 of them. */
const HALF = Float32Array.from({ length: 1 << 16 }, (_, bits) => halfToNumber(bits));

async function compute(
  model: TrainingModel,
  data: CaptionData,
  options: FeatureOptions & { file: string; bytes: number },
): Promise<void> {
  const { file, bytes } = options;
  const size = model.config.vision.image_size;
  const graph = visionGraph(model.weights, model.config);
  const { value } = graph.outputs.pop()!;
  output('features', Cast(value, 'float16'));
  const session = await createSession(graph, { provider: 'cpu', threads: options.threads ?? 0 });
  const part = `${file}.part`;
  const begun = (await stat(part).catch(() => undefined))?.size ?? 0;
  const handle = await open(part, begun > 0 ? 'r+' : 'w');
  try {
    for (let start = Math.floor(begun / bytes / BATCH) * BATCH; start < data.count; start += BATCH) {
      if (options.signal?.aborted) {
        throw new AppError(
          'SHUTTING_DOWN',
          `stopped with the features of ${start} of ${data.count} pictures; the same command goes on from there`,
        );
      }
      const count = Math.min(BATCH, data.count - start);
      const pixels = new Float32Array(count * 3 * size * size);
      const failed = await Promise.all(
        Array.from({ length: count }, async (_, i) => {
          const error = await whyUnusable(data, start + i, pixels, i * 3 * size * size);
          return error === undefined ? [] : [i];
        }),
      );
      const result = await session.run({ pixel_values: new ort.Tensor('float32', pixels, [count, 3, size, size]) });
      const halves = result.features!.data as unknown as Uint16Array;
      if (halves.byteLength !== count * bytes)
        throw new AppError('BAD_MODEL', 'cacheFeatures: features of another size');
      for (const i of failed.flat()) halves[(i * bytes) / 2] = NONE;
      await handle.write(Buffer.from(halves.buffer, halves.byteOffset, halves.byteLength), 0, undefined, start * bytes);
      options.onProgress?.(start + count);
    }
    await handle.truncate(data.count * bytes);
    await handle.sync();
  } finally {
    await handle.close();
    await session.dispose();
  }
  await rename(part, file);
}

/** Writes a picture's pixels; the reason where it is one that cannot be used. What concerns more than this picture is thrown. */
async function whyUnusable(
  data: CaptionData,
  i: number,
  out: Float32Array,
  offset: number,
): Promise<string | undefined> {
  try {
    await data.write(i, out, offset);
    return undefined;
  } catch (error) {
    if (error instanceof AppError && error.code !== 'OUT_OF_MEMORY') return error.message;
    throw error;
  }
}

/** Indices of the pictures that have features. */
function usable(handle: number, bytes: number, count: number): number[] {
  const first = Buffer.alloc(2);
  const found: number[] = [];
  for (let i = 0; i < count; i += 1) {
    readSync(handle, first, 0, 2, i * bytes);
    if (first.readUInt16LE() !== NONE) found.push(i);
  }
  return found;
}

async function explain(
  data: CaptionData,
  usable: ReadonlySet<number>,
  model: TrainingModel,
  onRejected: FeatureOptions['onRejected'],
): Promise<void> {
  const { image_size: size } = model.config.vision;
  const pixels = new Float32Array(3 * size * size);
  for (let i = 0; i < data.count; i += 1) {
    if (usable.has(i)) continue;
    const reason = await whyUnusable(data, i, pixels, 0);
    onRejected?.(data.idOf(i), reason ?? 'could not be read when its features were computed');
  }
}

/** The pictures at some places. */
function some(data: CaptionData, places: readonly number[]): CaptionData {
  return {
    name: data.name,
    count: places.length,
    idOf: (i) => data.idOf(places[i]!),
    references: (i) => data.references(places[i]!),
    ...(data.facts === undefined ? {} : { facts: (i: number) => data.facts!(places[i]!) }),
    write: (i, out, offset) => data.write(places[i]!, out, offset),
    image: (i) => data.image(places[i]!),
  };
}
