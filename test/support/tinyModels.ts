// Checkpoints of random weights, small and with every part of a real one; copies with an ECMA adapter beside them.
import { cp, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeAdapter } from '../../src/inference/blip2/adapter.js';
import { parseBlip2Config } from '../../src/inference/blip2/config.js';
import { parseEcmaConfig } from '../../src/inference/blip2/ecmaConfig.js';
import { type AdapterTensor, freshAdapter } from '../../src/inference/blip2/freshAdapter.js';
import { readJson } from '../../src/inference/checkpoint/weights.js';
import { normals } from './random.js';

export const TINY = 'test/fixtures/blip2-opt-tiny';

/** Lets a process, or readConfig, take the checkpoints whose every number is known (test/fixtures). */
export const TINY_MODELS = { HOTLENS_MODEL: TINY, HOTLENS_EMBEDDER: 'test/fixtures/sentence-tiny' } as const;

/** The files of a fixture's folder that are its model's: all but the tensors to compare with. */
export async function modelFiles(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => !/^(expected|gradients)\.safetensors$/.test(name));
}

/** A folder, for the caller to remove, with the tiny model and an adapter; `change` moves the fresh one's tensors. */
export async function tinyWithAdapter(
  given: Readonly<Record<string, unknown>> = {},
  change: (name: string, tensor: AdapterTensor) => Float32Array = (_, { data }) => data,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-adapter-'));
  await cp(TINY, folder, { recursive: true });
  const model = parseBlip2Config(await readJson(path.join(folder, 'config.json')), 'config.json');
  const config = parseEcmaConfig(given, model.qformer, 'test');
  const fresh = freshAdapter(model, config, normals(5));
  const changed = [...fresh].map(([name, tensor]): [string, AdapterTensor] => [
    name,
    { shape: tensor.shape, data: change(name, tensor) },
  ]);
  await writeAdapter(folder, config, new Map(changed));
  return folder;
}

/** Noise on every tensor, so that no part of the adapter is idle. */
export function awayFromStart(): (name: string, tensor: AdapterTensor) => Float32Array {
  const draw = normals(11);
  return (_, { data }) => data.map((value) => value + 0.3 * draw());
}
