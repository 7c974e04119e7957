// The identity of a model: what every caption and vector carries, so that those of different models are never mixed up.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { TOKENIZER_FILES } from '../tokenizerFiles.js';
import { PREPROCESSOR_FILES } from './readPreprocessor.js';
import { weightNames } from './weights.js';

/** SHA-256 over names and contents of the given files of a directory (those that exist), in order: the identity of a model. */
export async function digestFiles(directory: string, names: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const name of names) {
    const file = path.join(directory, name);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) continue;
    hash.update(`${name}\0${found.size}\0`);
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** The identity of all that a model directory's results rest on: weights, configuration, tokenizer, preparation of pictures. */
export async function digestModel(directory: string): Promise<string> {
  const metadata = ['config.json', 'generation_config.json', ...PREPROCESSOR_FILES, ...TOKENIZER_FILES];
  return digestFiles(directory, [...metadata, ...(await weightNames(directory))]);
}
