// A sentence encoder's directory as sentence-transformers writes it, in its old and its new layout: modules.json names the
// steps (Transformer, Pooling, Dense, Normalize) and where each keeps its settings. A plain BERT directory without
// modules.json gets mean pooling, as sentence-transformers gives it.
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../errors.js';
import { exists, readJson } from '../checkpoint/weights.js';
import { ACTIVATIONS, type Activation } from '../layers/activation.js';
import { type BertConfig, parseBertConfig } from './bertConfig.js';

export const POOLING_MODES = ['cls', 'max', 'mean', 'mean_sqrt_len_tokens', 'weightedmean', 'lasttoken'] as const;
export type PoolingMode = (typeof POOLING_MODES)[number];

export interface DenseConfig {
  readonly folder: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
  readonly activation: Activation;
}

export interface SentenceConfig {
  readonly encoder: BertConfig;
  /** Folder of the encoder: the directory itself, or '0_Transformer' in the oldest layout. */
  readonly folder: string;
  /** Results of several modes are joined in this order. */
  readonly pooling: readonly PoolingMode[];
  readonly dense: readonly DenseConfig[];
  readonly normalize: boolean;
  /** Longest sequence, special tokens included. */
  readonly maxTokens: number;
  readonly lowerCase: boolean;
  /** Put before every text (config_sentence_transformers.json: the default prompt). */
  readonly prompt: string;
}

const OLD_POOLING: Readonly<Record<string, PoolingMode>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_max_tokens: 'max',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len_tokens',
  pooling_mode_weightedmean_tokens: 'weightedmean',
  pooling_mode_lasttoken: 'lasttoken',
};

/** Reads the directory. Throws AppError BAD_MODEL naming the file and what is wrong in it. */
export async function readSentenceConfig(directory: string): Promise<SentenceConfig> {
  const modules = await readModules(directory);
  const folder = path.join(directory, modules.find(({ kind }) => kind === 'Transformer')?.path ?? '');
  const encoder = parseBertConfig(await readJson(path.join(folder, 'config.json')), path.join(folder, 'config.json'));
  const settings = await readOptional(path.join(folder, 'sentence_bert_config.json'));
  const tokenizer = await readOptional(path.join(folder, 'tokenizer_config.json'));
  const poolingModule = modules.find(({ kind }) => kind === 'Pooling');
  const limits = [settings.max_seq_length ?? tokenizer.model_max_length, encoder.positions - encoder.firstPosition];
  return Object.freeze({
    encoder,
    folder,
    pooling:
      poolingModule === undefined
        ? (['mean'] as const)
        : await readPooling(path.join(directory, poolingModule.path, 'config.json')),
    dense: await Promise.all(
      modules.filter(({ kind }) => kind === 'Dense').map((m) => readDense(path.join(directory, m.path))),
    ),
    normalize: modules.some(({ kind }) => kind === 'Normalize'),
    maxTokens: Math.min(...limits.filter((limit) => typeof limit === 'number')),
    lowerCase: settings.do_lower_case === true,
    prompt: await defaultPrompt(directory),
  });
}

async function readModules(directory: string): Promise<{ kind: string; path: string }[]> {
  const file = path.join(directory, 'modules.json');
  if (!(await exists(file))) return [];
  const parsed = z.array(z.object({ path: z.string(), type: z.string() })).safeParse(await readJson(file));
  if (!parsed.success) throw new AppError('BAD_MODEL', `${file}: expected a list of modules with path and type`);
  const modules = parsed.data.map((module) => ({ kind: module.type.split('.').at(-1)!, path: module.path }));
  const unknown = modules.find(({ kind }) => !['Transformer', 'Pooling', 'Dense', 'Normalize'].includes(kind));
  if (unknown !== undefined) throw new AppError('BAD_MODEL', `${file}: unsupported module ${unknown.kind}`);
  return modules;
}

async function readPooling(file: string): Promise<readonly PoolingMode[]> {
  const json = (await readJson(file)) as Record<string, unknown>;
  const named = json.pooling_mode;
  const modes =
    named === undefined
      ? Object.entries(OLD_POOLING).flatMap(([key, mode]) => (json[key] === true ? [mode] : []))
      : [named].flat();
  const parsed = z.array(z.enum(POOLING_MODES)).safeParse(modes);
  if (!parsed.success)
    throw new AppError(
      'BAD_MODEL',
      `${file}: unsupported pooling ${JSON.stringify(named)} (supported: ${POOLING_MODES.join(', ')})`,
    );
  // sentence-transformers joins several modes in its own fixed order.
  return parsed.data.length === 0 ? ['mean'] : POOLING_MODES.filter((mode) => parsed.data.includes(mode));
}

async function readDense(folder: string): Promise<DenseConfig> {
  const file = path.join(folder, 'config.json');
  const json = (await readJson(file)) as Record<string, unknown>;
  const name = String(json.activation_function ?? 'torch.nn.modules.linear.Identity')
    .split('.')
    .at(-1)!
    .toLowerCase();
  const activation = name === 'identity' ? 'linear' : name;
  if (!(activation in ACTIVATIONS))
    throw new AppError('BAD_MODEL', `${file}: unsupported activation ${String(json.activation_function)}`);
  return {
    folder,
    inFeatures: Number(json.in_features),
    outFeatures: Number(json.out_features),
    bias: json.bias !== false,
    activation: activation as Activation,
  };
}

async function defaultPrompt(directory: string): Promise<string> {
  const json = await readOptional(path.join(directory, 'config_sentence_transformers.json'));
  const prompts = (json.prompts ?? {}) as Record<string, unknown>;
  const name = json.default_prompt_name;
  return typeof name === 'string' && typeof prompts[name] === 'string' ? prompts[name] : '';
}

async function readOptional(file: string): Promise<Record<string, unknown>> {
  return (await exists(file)) ? ((await readJson(file)) as Record<string, unknown>) : {};
}
