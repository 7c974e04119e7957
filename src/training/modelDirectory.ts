// Model directories between stages: each stage reads one and writes one, so that every stage can be run and looked at alone.
import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Blip2Config, parseBlip2Config } from '../inference/blip2/config.js';
import { readFloats, writeSafetensors } from '../inference/checkpoint/safetensors.js';
import { openWeights, readJson, type Weights, weightFiles } from '../inference/checkpoint/weights.js';
import { drawTensors, modelParameters } from './freshModel.js';
import { writeModel } from './modelFiles.js';
import type { ParameterTensor } from './parameterStore.js';
import { type Preset, type PresetFiles, presetConfig } from './preset.js';
import { normals } from './random.js';

export interface TrainingModel {
  readonly directory: string;
  readonly config: Blip2Config;
  readonly configJson: Readonly<Record<string, unknown>>;
  readonly weights: Weights;
}

/** Opens a directory to train from. Throws AppError BAD_MODEL. */
export async function openTrainingModel(directory: string): Promise<TrainingModel> {
  const file = path.join(directory, 'config.json');
  const configJson = (await readJson(file)) as Record<string, unknown>;
  return {
    directory,
    config: parseBlip2Config(configJson, file),
    configJson,
    weights: await openWeights(directory),
  };
}

/** Writes a captioner of random weights. */
export async function createModel(directory: string, preset: Preset, seed: number): Promise<TrainingModel> {
  const files: PresetFiles = presetConfig(preset);
  const config = parseBlip2Config(files.config, 'config.json');
  const tensors = drawTensors(modelParameters(config), normals(seed), config);
  await writeModel(directory, { ...files, tensors });
  return openTrainingModel(directory);
}

/** The tensors whose names match, as float32. */
export async function readMatching(
  model: TrainingModel,
  matches: (name: string) => boolean,
): Promise<Map<string, ParameterTensor>> {
  const found = [...model.weights.tensors.values()].filter(({ name }) => matches(name));
  return new Map(
    await Promise.all(
      found.map(
        async (tensor): Promise<[string, ParameterTensor]> => [
          tensor.name,
          { shape: tensor.shape, data: await readFloats(tensor) },
        ],
      ),
    ),
  );
}

/** Writes `out` as `model` with some tensors replaced; in one file, as float32 or rounded to float16. */
export async function writeChanged(
  model: TrainingModel,
  out: string,
  changed: ReadonlyMap<string, ParameterTensor>,
  dtype: 'F32' | 'F16' = 'F32',
): Promise<void> {
  const tensors = await readMatching(model, () => true);
  for (const [name, tensor] of changed) if (tensors.has(name)) tensors.set(name, tensor);
  await copySideFiles(model.directory, out);
  await writeSafetensors(path.join(out, 'model.safetensors'), tensors, dtype);
}

/** Everything of a model directory but its weights and its adapter. */
async function copySideFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.isDirectory() || entry.name.includes('.safetensors')) continue;
    await copyFile(path.join(from, entry.name), path.join(to, entry.name));
  }
}

/**
 * Makes `to` a directory with the same model, its weights linked rather than copied (copied where the disk cannot): for an adapter
 * to be put beside them.
 */
export async function linkModel(from: string, to: string): Promise<void> {
  await copySideFiles(from, to);
  for (const file of await weightFiles(from)) {
    const target = path.join(to, path.basename(file));
    await rm(target, { force: true });
    await link(file, target).catch(() => copyFile(file, target));
  }
}
