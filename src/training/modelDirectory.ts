// Model directories between stages: each stage reads one and writes one, so that every stage can be run and looked at alone.
import { copyFile, link, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors.js';
import { type Blip2Config, type OptConfig, parseBlip2Config } from '../inference/blip2/config.js';
import { readFloats, writeSafetensors } from '../inference/checkpoint/safetensors.js';
import { exists, openWeights, readJson, type Weights, weightNames } from '../inference/checkpoint/weights.js';
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

export interface CaptionerToTrain extends TrainingModel {
  readonly config: Blip2Config & { readonly text: OptConfig };
}

/** Opens a directory to train from. Throws AppError BAD_MODEL. */
export async function openTrainingModel(directory: string): Promise<TrainingModel> {
  if (!(await exists(directory))) throw new AppError('BAD_MODEL', `${directory}: there is no such directory`);
  const file = path.join(directory, 'config.json');
  const configJson = (await readJson(file)) as Record<string, unknown>;
  if (configJson.quantization_config !== undefined) {
    throw new AppError(
      'BAD_MODEL',
      `${directory} holds weights of few bits, which cannot be trained: give the checkpoint that it was imported from`,
    );
  }
  return {
    directory,
    config: parseBlip2Config(configJson, file),
    configJson,
    weights: await openWeights(directory),
  };
}

/** Opens a captioner's directory. Throws AppError BAD_MODEL, also where the model has no language model. */
export async function openCaptionerToTrain(directory: string): Promise<CaptionerToTrain> {
  const model = await openTrainingModel(directory);
  const { text } = model.config;
  if (text === null) {
    const { architecture } = model.config;
    throw new AppError('BAD_MODEL', `${directory}: ${architecture} has no language model and cannot learn to caption`);
  }
  return { ...model, config: { ...model.config, text } };
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

/** Weights in any format, and what a run leaves beside the model it wrote. */
const LEFT_BEHIND = /\.safetensors(\.|$)|\.(bin|pt|pth|ckpt|h5|msgpack|onnx|gguf|new)(\.|$)|^(log\.jsonl|run\.json)$/;

/** Everything of a model directory but its weights, its adapter and the record of how it was trained. */
async function copySideFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.isDirectory() || LEFT_BEHIND.test(entry.name)) continue;
    await copyFile(path.join(from, entry.name), path.join(to, entry.name));
  }
}

/**
 * Makes `to` a directory with the same model, its weights linked rather than copied (copied where the disk cannot): for an adapter
 * to be put beside them.
 */
export async function linkModel(from: string, to: string): Promise<void> {
  await copySideFiles(from, to);
  for (const name of await weightNames(from)) {
    const target = path.join(to, name);
    await rm(target, { force: true });
    const file = await realpath(path.join(from, name));
    await link(file, target).catch(() => copyFile(file, target));
  }
  const index = 'model.safetensors.index.json';
  if (await exists(path.join(from, index))) await copyFile(path.join(from, index), path.join(to, index));
}
