// A trained model as a Hugging Face directory that transformers and Hotlens both read.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeSafetensors } from '../inference/checkpoint/safetensors.js';
import type { ParameterTensor } from './parameterStore.js';
import type { TokenizerFiles } from './wordTokenizer.js';

export interface ModelFiles {
  readonly config: Readonly<Record<string, unknown>>;
  /** undefined for a model that does not generate. */
  readonly generationConfig?: Readonly<Record<string, unknown>> | undefined;
  readonly preprocessor: Readonly<Record<string, unknown>>;
  readonly tokenizer: TokenizerFiles;
  readonly tensors: ReadonlyMap<string, ParameterTensor>;
  readonly dtype?: 'F32' | 'F16';
}

/** Writes config, tokenizer, preprocessor and weights; the weights last, so that a directory with weights is whole. */
export async function writeModel(directory: string, files: ModelFiles): Promise<void> {
  await writeSideFiles(directory, files);
  await writeSafetensors(path.join(directory, 'model.safetensors'), files.tensors, files.dtype);
}

/** Writes config, tokenizer and preprocessor. */
export async function writeSideFiles(directory: string, files: Omit<ModelFiles, 'tensors'>): Promise<void> {
  await mkdir(directory, { recursive: true });
  const json: Record<string, unknown> = {
    'config.json': { ...files.config, dtype: files.dtype === 'F16' ? 'float16' : 'float32' },
    'preprocessor_config.json': files.preprocessor,
    'tokenizer.json': files.tokenizer.tokenizer,
    'tokenizer_config.json': files.tokenizer.tokenizerConfig,
    ...(files.generationConfig === undefined ? {} : { 'generation_config.json': files.generationConfig }),
  };
  for (const [name, content] of Object.entries(json)) {
    await writeFile(path.join(directory, name), `${JSON.stringify(content, null, 2)}\n`);
  }
}
