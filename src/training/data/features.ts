// What the frozen vision tower sees of every picture, computed once and kept on disk as float16.
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { AppError } from '../../errors.js';
import { visionGraph } from '../../inference/blip2/captionGraphs.js';
import { patchGrid } from '../../inference/blip2/vision.js';
import { halfToNumber } from '../../inference/checkpoint/safetensors.js';
import { output } from '../../inference/onnx/graph.js';
import { Cast } from '../../inference/onnx/ops/elementwise.js';
import { createSession } from '../../inference/onnx/session.js';
import type { TrainingModel } from '../modelDirectory.js';
import type { CaptionData } from './captionData.js';

export interface Features {
  readonly data: CaptionData;
  /** Numbers of one picture: tokens * width. */
  readonly size: number;
  /** Features of some pictures, float16 [B, T, Dv]. */
  read(indices: readonly number[]): ort.Tensor;
  close(): Promise<void>;
}

const BATCH = 32;

/**
 * Computes the features of all pictures into a file of `folder`, or takes up a file that an earlier run of the same left there,
 * also an unfinished one. `onProgress` is told how many pictures are done.
 */
export async function cacheFeatures(
  model: TrainingModel,
  data: CaptionData,
  folder: string,
  options: { threads?: number; onProgress?: (done: number) => void } = {},
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
  return {
    data,
    size: tokens * vision.hidden_size,
    read(indices) {
      const all = Buffer.alloc(indices.length * bytes);
      indices.forEach((index, i) => {
        readSync(handle, all, i * bytes, bytes, index * bytes);
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
  options: { file: string; bytes: number; threads?: number; onProgress?: (done: number) => void },
): Promise<void> {
  const { file, bytes } = options;
  const size = model.config.vision.image_size;
  const graph = visionGraph(model.weights, model.config);
  const { value } = graph.outputs.pop()!;
  output('features', Cast(value, 'float16'));
  const session = await createSession(graph, { provider: 'cpu', threads: options.threads ?? 0, spinning: false });
  const part = `${file}.part`;
  const begun = (await stat(part).catch(() => undefined))?.size ?? 0;
  const handle = await open(part, begun > 0 ? 'r+' : 'w');
  try {
    for (let start = Math.floor(begun / bytes / BATCH) * BATCH; start < data.count; start += BATCH) {
      const count = Math.min(BATCH, data.count - start);
      const pixels = new Float32Array(count * 3 * size * size);
      await Promise.all(Array.from({ length: count }, (_, i) => data.write(start + i, pixels, i * 3 * size * size)));
      const result = await session.run({ pixel_values: new ort.Tensor('float32', pixels, [count, 3, size, size]) });
      const halves = result.features!.data as unknown as Uint16Array;
      if (halves.byteLength !== count * bytes)
        throw new AppError('BAD_MODEL', 'cacheFeatures: features of another size');
      await handle.write(Buffer.from(halves.buffer, halves.byteOffset, halves.byteLength), 0, undefined, start * bytes);
      options.onProgress?.(start + count);
    }
    await handle.truncate(data.count * bytes);
  } finally {
    await handle.close();
    await session.dispose();
  }
  await rename(part, file);
}
