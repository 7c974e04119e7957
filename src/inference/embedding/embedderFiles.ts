// What an embedder's directory holds, checked as far as that goes without running it.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { AppError } from '../../errors.js';
import { type Blip2Config, parseBlip2Config } from '../blip2/config.js';
import { digestFiles } from '../checkpoint/modelDigest.js';
import { PREPROCESSOR_FILES, readPreprocessor } from '../checkpoint/readPreprocessor.js';
import { openWeights, readJson, type Weights, weightNames, weightsOf } from '../checkpoint/weights.js';
import type { DecodeLimits } from '../decodeRgb.js';
import { createImageProcessor, type ImageProcessor } from '../imageProcessor.js';
import { loadTokenizer, type Tokenizer } from '../tokenizer.js';
import { TOKENIZER_FILES } from '../tokenizerFiles.js';
import { readSentenceConfig, type SentenceConfig } from './sentenceConfig.js';

interface EmbedderFiles {
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  /** Of everything that a vector depends on. */
  readonly digest: string;
}

export interface SentenceFiles extends EmbedderFiles {
  readonly kind: 'sentence';
  readonly config: SentenceConfig;
}

export interface RetrievalFiles extends EmbedderFiles {
  readonly kind: 'retrieval';
  readonly config: Blip2Config;
  readonly processor: ImageProcessor;
}

/** Reads a model directory. Throws AppError BAD_MODEL saying what is missing or unsupported. */
export async function prepareEmbedder(
  directory: string,
  imageLimits?: DecodeLimits,
): Promise<SentenceFiles | RetrievalFiles> {
  const json = (await readJson(path.join(directory, 'config.json'))) as { model_type?: unknown };
  return json.model_type === 'blip-2' ? prepareRetrieval(directory, json, imageLimits) : prepareSentence(directory);
}

async function prepareSentence(directory: string): Promise<SentenceFiles> {
  const config = await readSentenceConfig(directory);
  const weights = await sentenceWeights(config);
  const tokenizer = await loadTokenizer(config.folder);
  return { kind: 'sentence', config, weights, tokenizer, digest: await sentenceDigest(directory, config) };
}

async function prepareRetrieval(directory: string, json: unknown, imageLimits?: DecodeLimits): Promise<RetrievalFiles> {
  const config = parseBlip2Config(json, path.join(directory, 'config.json'));
  if (config.architecture !== 'Blip2ForImageTextRetrieval') {
    throw new AppError(
      'BAD_MODEL',
      `${directory}: ${config.architecture} captions; an embedder is Blip2ForImageTextRetrieval or a sentence encoder`,
    );
  }
  const weights = await openWeights(directory);
  const tokenizer = await loadTokenizer(directory);
  const processor = createImageProcessor(await readPreprocessor(directory), imageLimits);
  const files = ['config.json', ...PREPROCESSOR_FILES, ...TOKENIZER_FILES];
  const digest = await digestFiles(directory, [...files, ...(await weightNames(directory))]);
  return { kind: 'retrieval', config, weights, tokenizer, processor, digest };
}

/** The encoder's tensors under their own names, those of each dense layer under 'dense.i.'. */
async function sentenceWeights(config: SentenceConfig): Promise<Weights> {
  const encoder = await openWeights(config.folder);
  const dense = await Promise.all(config.dense.map(({ folder }) => openWeights(folder)));
  const named = dense.flatMap(({ tensors }, i) =>
    [...tensors].map(([name, tensor]) => [`dense.${i}.${name}`, tensor] as const),
  );
  return weightsOf(new Map([...encoder.tensors, ...named]), config.folder);
}

/** Everything that a text's vector depends on. */
async function sentenceDigest(directory: string, config: SentenceConfig): Promise<string> {
  const encoder = path.relative(directory, config.folder);
  const parts = [
    [encoder, 'config.json', 'sentence_bert_config.json', ...TOKENIZER_FILES, ...(await weightNames(config.folder))],
    ...(await Promise.all(
      config.dense.map(async ({ folder }) => [
        path.relative(directory, folder),
        'config.json',
        ...(await weightNames(folder)),
      ]),
    )),
  ];
  const names = parts.flatMap(([folder, ...files]) => files.map((file) => path.join(folder!, file)));
  const { pooling, normalize, prompt } = config;
  const top = await digestFiles(directory, ['modules.json', ...names]);
  // Pooling and prompt are spread over files that two layouts name differently: what was read of them counts.
  return createHash('sha256').update(JSON.stringify({ top, pooling, normalize, prompt })).digest('hex');
}
