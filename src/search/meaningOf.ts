// Vectors of what is searched for, in the space of the captions' vectors; or why there are none.

import { AppError, messageOf } from '../errors.js';
import type { DecodingOptions, EmbeddingResult, Inference } from '../inference/inference.js';

export type Meaning = { readonly near: EmbeddingResult } | { readonly without: string };

/** How long a search waits for models that are being loaded, or at work on pictures: then its words alone must do (ms). */
const PATIENCE_MS = 3_000;
/** With a smaller share of words that the embedder has learnt, its vector is of the letters: nearness to it says nothing. */
const KNOWN = 0.6;

export interface MeaningDeps {
  readonly inference: () => Promise<Inference>;
  /** Decoding of captions, for embedders that read but do not see. */
  readonly captioning: DecodingOptions;
  readonly signal: AbortSignal;
}

/** Of a text as it was typed: signs of the query language say nothing of meaning, and what is ruled out must not attract. */
export async function meaningOfText(typed: string, { inference }: Pick<MeaningDeps, 'inference'>): Promise<Meaning> {
  const text = typed
    .replace(/(^|\s)-("[^"]*"?|\S+)/g, ' ')
    .replace(/"|(?<=\s)OR(?=\s)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (text === '') return { without: 'there is nothing but signs in it' };
  return await inTime(async () => {
    const { known, ...near } = await (await inference()).embedText(text);
    if (known >= KNOWN) return { near };
    return { without: 'the embedding model has not learnt enough of these words' };
  });
}

/** Of a picture; where the embedder does not see, of the caption that the captioner gives it. Rejects with AppError BAD_IMAGE. */
export async function meaningOfPicture(
  bytes: Uint8Array,
  { inference, captioning, signal }: MeaningDeps,
): Promise<Meaning> {
  return await inTime(async () => {
    const models = await inference();
    if ((await models.info()).embedder.images) return { near: await models.embedImage({ bytes }) };
    const { caption } = await models.caption({ image: { bytes }, options: captioning }, signal);
    return { near: await models.embedText(caption) };
  });
}

async function inTime(ask: () => Promise<Meaning>): Promise<Meaning> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Meaning>((resolve) => {
    timer = setTimeout(() => resolve({ without: 'the models are being loaded, or busy' }), PATIENCE_MS);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'BAD_IMAGE') throw error;
    return { without: messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}
