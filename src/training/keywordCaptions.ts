// What a language model says of a scene when it is told the scene's facts outright, a keyword a slot where else the queries
// stand: no picture read by this model can be captioned better than this.
import path from 'node:path';
import { AppError } from '../errors.js';
import { createBlip2Decoder } from '../inference/blip2/blip2Decoder.js';
import { decoderGraph } from '../inference/blip2/captionGraphs.js';
import { exists, readJson } from '../inference/checkpoint/weights.js';
import { generate } from '../inference/generate/generate.js';
import { newTokenLimits, resolveGenerationSettings } from '../inference/generate/generationSettings.js';
import type { DecodingOptions } from '../inference/inference.js';
import { loadTokenizer } from '../inference/tokenizer.js';
import { chooseRuntime } from '../onnx/runtime.js';
import { createSession, type Device } from '../onnx/session.js';
import type { CaptionData } from './data/captionData.js';
import { openVocabulary } from './data/captionVocabulary.js';
import { slotIds } from './data/documents.js';
import { SLOTS, slotsOf } from './data/slots.js';
import { openTrainingModel } from './modelDirectory.js';

export interface KeywordCaptionOptions {
  readonly batchSize: number;
  readonly decoding: DecodingOptions;
  readonly device?: Device;
  readonly threads?: number;
  readonly onProgress?: (done: number) => void;
}

/**
 * Captions of drawn scenes by id, from their facts. Throws AppError BAD_MODEL where the model was not made for keywords: it
 * has fewer queries than there are slots, or a keyword is not one token of its vocabulary.
 */
export async function keywordCaptions(
  directory: string,
  data: CaptionData,
  options: KeywordCaptionOptions,
): Promise<Map<string, string>> {
  const model = await openTrainingModel(directory);
  const { config, configJson } = model;
  if (config.text === null) throw new AppError('BAD_MODEL', `${directory}: has no language model`);
  const { numQueryTokens: queries } = config;
  if (queries < SLOTS) {
    throw new AppError('BAD_MODEL', `${directory}: has ${queries} queries, fewer than the ${SLOTS} slots of keywords`);
  }
  const vocabulary = await openVocabulary(directory, config);
  const tokenizer = await loadTokenizer(directory);
  const file = path.join(directory, 'generation_config.json');
  const generation = (await exists(file)) ? await readJson(file) : undefined;
  const settings = resolveGenerationSettings(generation, configJson.text_config, options.decoding);
  const text = tokenizer.encode(options.decoding.prompt ?? '');
  newTokenLimits(settings, queries + text.length);

  const prompts = Array.from({ length: data.count }, (_, i) => {
    const facts = data.facts!(i);
    for (const word of slotsOf(facts)) {
      if (word === undefined) continue;
      const ids = vocabulary.encode(word);
      if (ids.length === 1 && tokenizer.decode(ids).trim() === word) continue;
      throw new AppError('BAD_MODEL', `${directory}: the keyword "${word}" is no token of its vocabulary`);
    }
    return [...slotIds(facts, vocabulary, queries), ...text];
  });
  const session = await createSession(decoderGraph(model.weights, config), await chooseRuntime(options));
  const captions = new Map<string, string>();
  try {
    for (let start = 0; start < data.count; start += options.batchSize) {
      const batch = prompts.slice(start, start + options.batchSize);
      // No place is a query's: the keywords are embedded as the tokens that they are.
      const embedded = { prefix: new Float32Array(0), numQueries: 0 };
      const decoder = createBlip2Decoder({ session, config: config.text, prompts: batch, ...embedded });
      const sequences = await generate(decoder, { prompts: batch, settings });
      sequences.forEach(({ tokenIds }, k) => {
        captions.set(data.idOf(start + k), tokenizer.decode(tokenIds, { skipSpecialTokens: true }).trim());
      });
      options.onProgress?.(start + batch.length);
    }
  } finally {
    await session.dispose();
  }
  return captions;
}
