// What a model directory says about its tokenizer, in the form of tokenizer.json: that file where there is one, else one
// built from the vocabulary files of older checkpoints, as transformers 5.18's tokenizer classes build theirs.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError, messageOf } from '../errors.js';
import { buildTokenizerJson } from './buildTokenizerJson.js';
import { contentOf, type TokenizerConfig, type TokenizerJson, tokenizerSchema } from './tokenizerJson.js';

const record = z.record(z.string(), z.unknown());

/** Every file that a tokenizer may be read from: part of a model's identity. config.json is one too, and always is. */
export const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'vocab.txt',
] as const;

export interface TokenizerFiles {
  readonly tokenizer: TokenizerJson;
  /** tokenizer_config.json over special_tokens_map.json. */
  readonly config: TokenizerConfig;
}

export async function readTokenizerFiles(directory: string): Promise<TokenizerFiles> {
  const specialTokens = (await readJson(directory, 'special_tokens_map.json', record)) ?? {};
  const config = { ...specialTokens, ...((await readJson(directory, 'tokenizer_config.json', record)) ?? {}) };
  const tokenizer = await readJson(directory, 'tokenizer.json', tokenizerSchema);
  if (tokenizer) return { tokenizer: adjust(tokenizer, config), config };

  const model = (await readJson(directory, 'config.json', record)) ?? {};
  const [vocabulary, merges, words] = [
    await readJson(directory, 'vocab.json', z.record(z.string(), z.number().int())),
    await readText(directory, 'merges.txt'),
    await readText(directory, 'vocab.txt'),
  ];
  const added = (await readJson(directory, 'added_tokens.json', z.record(z.string(), z.number().int()))) ?? {};
  const kind = { config, modelType: String(model.model_type ?? ''), added };
  if (vocabulary && merges !== undefined) {
    return { tokenizer: adjust(buildTokenizerJson({ ...kind, vocabulary, merges }), config), config };
  }
  if (words !== undefined) return { tokenizer: adjust(buildTokenizerJson({ ...kind, words }), config), config };
  const lacking = vocabulary
    ? 'vocab.json is there, but merges.txt is not'
    : 'expected tokenizer.json, vocab.json with merges.txt, or vocab.txt';
  throw new AppError('BAD_MODEL', `${directory}: no tokenizer: ${lacking}`);
}

/** What transformers changes in a tokenizer.json when tokenizer_config.json says so. */
function adjust(tokenizer: TokenizerJson, config: TokenizerConfig): TokenizerJson {
  const { normalizer, model } = tokenizer;
  const adjusted = { ...tokenizer };
  if (normalizer?.type === 'BertNormalizer') {
    const given = (name: string, inside: string) => (name in config ? { [inside]: config[name] } : {});
    adjusted.normalizer = {
      ...normalizer,
      ...given('do_lower_case', 'lowercase'),
      ...given('strip_accents', 'strip_accents'),
      ...given('tokenize_chinese_chars', 'handle_chinese_chars'),
    };
  }
  const wordPieces = model.type === 'WordPiece';
  // BertTokenizer has a decoder whatever the file says; the bare class joins pieces with spaces where there is none.
  const bert = /^(Bert|DistilBert|MPNet)/.test(String(config.tokenizer_class ?? ''));
  if (wordPieces && bert) adjusted.decoder ??= { type: 'WordPiece', prefix: '##', cleanup: true };
  // BERT's and RoBERTa's classes put their own special tokens around; the others follow these two settings.
  const ownTemplate = wordPieces || tokenizer.post_processor?.type === 'RobertaProcessing';
  if (!ownTemplate && ('add_bos_token' in config || 'add_eos_token' in config)) {
    adjusted.post_processor = bosEosTemplate(config);
  }
  return adjusted;
}

function bosEosTemplate(config: TokenizerConfig) {
  const text = { Sequence: { id: 'A', type_id: 0 } };
  const special = (asked: string, name: string) => {
    const token = contentOf(config[name]);
    if (config[asked] !== true || token === undefined) return [];
    return [{ SpecialToken: { id: token, type_id: 0 } }];
  };
  const single = [...special('add_bos_token', 'bos_token'), text, ...special('add_eos_token', 'eos_token')];
  return { type: 'TemplateProcessing', single, pair: single, special_tokens: {} };
}

async function readJson<T>(directory: string, name: string, shape: z.ZodType<T>): Promise<T | undefined> {
  const text = await readText(directory, name);
  if (text === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')
        : messageOf(error);
    throw new AppError('BAD_MODEL', `${path.join(directory, name)} cannot be read: ${reason}`, { cause: error });
  }
}

async function readText(directory: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(path.join(directory, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError('BAD_MODEL', `${path.join(directory, name)} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
