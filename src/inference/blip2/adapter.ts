// The ecma/ folder beside a checkpoint: an adapter whose tensors start with 'ecma.' and which may replace some of the
// checkpoint's own (the joint regime). The checkpoint itself is never touched.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../errors.js';
import { digestFiles } from '../checkpoint/modelDigest.js';
import type { StoredTensor } from '../checkpoint/safetensors.js';
import { writeSafetensors } from '../checkpoint/safetensors.js';
import { exists, openWeights, readJson, type Weights, weightsOf } from '../checkpoint/weights.js';
import type { Blip2Config } from './config.js';
import { type EcmaConfig, parseEcmaConfig } from './ecmaConfig.js';

export interface Adapter {
  readonly config: EcmaConfig;
  /** Checkpoint and adapter as one table of tensors. */
  readonly weights: Weights;
  /** Numbers in the adapter's own tensors (replaced ones not counted). */
  readonly parameterCount: number;
  readonly digest: string;
}

const OWN = 'ecma.';
/** What the joint regime may tune: vision tower and language model stay as they are. */
const TUNABLE = /^(qformer\.|query_tokens$|language_projection\.)/;

/**
 * Lays the adapter in `directory`/ecma over the checkpoint's weights; undefined where there is none. Throws AppError
 * BAD_MODEL where it is incomplete, holds tensors that are neither its own nor listed, or does not fit the checkpoint.
 */
export async function openAdapter(directory: string, base: Weights, config: Blip2Config): Promise<Adapter | undefined> {
  const folder = path.join(directory, 'ecma');
  if (!(await exists(folder))) return undefined;
  const file = path.join(folder, 'config.json');
  const adapter = parseEcmaConfig(await readJson(file), config.qformer, file);
  const { tensors } = await openWeights(folder);
  const listed = new Set(adapter.overrides);
  const merged = new Map<string, StoredTensor>(base.tensors);
  let parameterCount = 0;
  for (const [name, tensor] of tensors) {
    if (name.startsWith(OWN)) parameterCount += tensor.shape.reduce((a, b) => a * b, 1);
    else if (!listed.has(name))
      throw new AppError('BAD_MODEL', `${folder}: ${name} is neither ECMA's own nor listed in overrides`);
    else if (!base.has(name))
      throw new AppError('BAD_MODEL', `${folder}: overrides ${name}, which the checkpoint does not have`);
    if (!name.startsWith(OWN) && !TUNABLE.test(name)) {
      throw new AppError(
        'BAD_MODEL',
        `${folder}: overrides ${name}, but vision tower and language model are not to be changed`,
      );
    }
    merged.set(name, tensor);
  }
  const missing = adapter.overrides.find((name) => !tensors.has(name));
  if (missing !== undefined)
    throw new AppError('BAD_MODEL', `${folder}: overrides lists ${missing}, which its file lacks`);
  return {
    config: adapter,
    weights: weightsOf(merged, directory),
    parameterCount,
    digest: await digestFiles(folder, ['config.json', 'model.safetensors']),
  };
}

/** Writes an adapter folder: `directory`/ecma with its config.json and model.safetensors. */
export async function writeAdapter(
  directory: string,
  config: EcmaConfig,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
): Promise<void> {
  const folder = path.join(directory, 'ecma');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'config.json'), `${JSON.stringify({ model_type: 'ecma', ...config }, null, 2)}\n`);
  await writeSafetensors(path.join(folder, 'model.safetensors'), tensors);
}
