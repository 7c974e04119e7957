// The weights of a Hugging Face model directory, by name, left where they lie: a graph's initializers point into the
// checkpoint's own safetensors files (ONNX external data), so that there is no converted second copy.
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError, messageOf, whyUnreadable } from '../../errors.js';
import { type Graph, initializer, type Value } from '../../onnx/graph.js';
import { Cast } from '../../onnx/ops/elementwise.js';
import { shapeText } from '../../onnx/shapes.js';
import { FLOATS, readSafetensorsHeader, type StoredTensor } from './safetensors.js';
import { countNumbers, sliceOf, storedFewBits, storedFormat } from './storedFewBits.js';

/** Where a graph definition takes its parameters from: files when serving, graph inputs when training. */
export interface Parameters {
  has(name: string): boolean;
  /** The parameter as a float32 value of the graph. Throws AppError BAD_MODEL where it is missing or of another shape. */
  value(graph: Graph, name: string, shape: readonly number[]): Value;
}

export interface Weights extends Parameters {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Numbers in all tensors. */
  readonly parameterCount: number;
}

/** Opens model.safetensors, or the shards of model.safetensors.index.json. Throws AppError BAD_MODEL saying what is missing. */
export async function openWeights(directory: string): Promise<Weights> {
  const tensors = new Map<string, StoredTensor>();
  for (const file of await weightFiles(directory)) {
    for (const tensor of await readSafetensorsHeader(file)) tensors.set(tensor.name, tensor);
  }
  return weightsOf(tensors, directory);
}

/** Parameters over a table of stored tensors; `source` is for the messages. */
export function weightsOf(tensors: ReadonlyMap<string, StoredTensor>, source: string): Weights {
  const fail = (what: string) => new AppError('BAD_MODEL', `${source}: ${what}`);
  return {
    tensors,
    parameterCount: countNumbers(tensors, () => true),
    has: (name) => tensors.has(name) || storedFormat(tensors, name) !== undefined,
    value(graph, name, shape) {
      const tensor = tensors.get(name);
      const fewBits = storedFewBits(tensors, name, shape, fail);
      if (tensor === undefined) {
        if (fewBits === undefined) throw fail(`the tensor ${name} is missing`);
        return initializer(graph, { name, dtype: 'float32', shape, data: undefined, fewBits });
      }
      const dtype = FLOATS[tensor.dtype];
      if (dtype === undefined) throw fail(`${name} is stored as ${tensor.dtype}: F32, F16 and BF16 are supported`);
      // A patch kernel [d, 3, p, p] is used as [d, 3pp]: the same bytes under another shape.
      const same =
        tensor.shape.join() === shape.join() || (tensor.shape.length > 2 && size(tensor.shape) === size(shape));
      if (!same) throw fail(`${name}: expected the shape ${shapeText(shape)}, got ${shapeText(tensor.shape)}`);
      const stored = initializer(graph, { name, dtype, shape, data: sliceOf(tensor), fewBits });
      // onnxruntime folds the cast of a constant when the session is made.
      return dtype === 'float32' ? stored : Cast(stored, 'float32');
    },
  };
}

/** The weight files of a directory, real paths (a hub cache holds links). */
export async function weightFiles(directory: string): Promise<string[]> {
  const names = await weightNames(directory);
  return Promise.all(names.map((name) => realpath(path.join(directory, name))));
}

/** The weight files of a directory by the names they have there. Throws AppError BAD_MODEL where there are none. */
export async function weightNames(directory: string): Promise<string[]> {
  const index = path.join(directory, 'model.safetensors.index.json');
  if (await exists(index)) return shardNames(directory, index);
  if (await exists(path.join(directory, 'model.safetensors'))) return ['model.safetensors'];
  const pickled = await Promise.all(
    ['pytorch_model.bin', 'pytorch_model.bin.index.json'].map((name) => exists(path.join(directory, name))),
  );
  throw new AppError(
    'BAD_MODEL',
    `${directory}: no model.safetensors and no model.safetensors.index.json${pickled.some(Boolean) ? ' (pytorch_model.bin is not read: save the model with safetensors)' : ''}`,
  );
}

async function shardNames(directory: string, index: string): Promise<string[]> {
  const { weight_map: map } = (await readJson(index)) as { weight_map?: Record<string, string> };
  if (typeof map !== 'object' || map === null) throw new AppError('BAD_MODEL', `${index}: has no weight_map`);
  const names = [...new Set(Object.values(map))].sort();
  for (const name of names) {
    if (path.basename(name) !== name)
      throw new AppError('BAD_MODEL', `${index}: names a file outside the directory: ${name}`);
    if (!(await exists(path.join(directory, name))))
      throw new AppError('BAD_MODEL', `${directory}: the shard ${name} is missing`);
  }
  return names;
}

/** A JSON file of a model directory. Throws AppError BAD_MODEL where it is missing or broken. */
export async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new AppError('BAD_MODEL', `${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('BAD_MODEL', `${file} is not JSON: ${messageOf(cause)}`, { cause });
  }
}

/** Whether there is a file or folder at a path. */
export async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function size(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
