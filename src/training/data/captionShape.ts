// How large the arrays of a batch of captions have to be.
import { AppError } from '../../errors.js';
import type { Blip2Config } from '../../inference/blip2/config.js';
import { captionIds } from './captionBatch.js';
import type { CaptionData } from './captionData.js';
import type { CaptionVocabulary } from './documents.js';

/**
 * Tokens of a caption and targets of a batch: room for all but the longest of these captions, within the model's own limit, and for
 * as many targets as a batch in tens of thousands has.
 */
export function captionShape(
  data: CaptionData,
  vocabulary: CaptionVocabulary,
  { prompt, batch, config }: { prompt: string; batch: number; config: Blip2Config },
): { length: number; rows: number } {
  const sample = Math.min(data.count, 1000);
  const lengths = Array.from({ length: sample }, (_, i) =>
    data.references(i).map((caption) => captionIds(vocabulary, prompt, caption).length),
  ).flat();
  lengths.sort((a, b) => a - b);
  // The begin token, the prompt, and the end token around it.
  const around = 2 + (prompt === '' ? 0 : vocabulary.encode(prompt).length);
  const room = config.text!.max_position_embeddings - config.numQueryTokens - around;
  if (room < 1) {
    const limit = config.text!.max_position_embeddings;
    throw new AppError('CONFIG', `the prompt is too long: queries, prompt and caption have ${limit} places together`);
  }
  const longest = Math.min(lengths[Math.ceil(0.998 * (lengths.length - 1))]!, MAX_CAPTION_TOKENS, room);
  const targets = lengths.map((length) => Math.min(length, longest) + 1);
  const mean = targets.reduce((a, b) => a + b, 0) / targets.length;
  const deviation = Math.sqrt(targets.reduce((sum, each) => sum + (each - mean) ** 2, 0) / targets.length);
  const rows = Math.ceil(Math.min(batch * (longest + 1), batch * mean + 4 * Math.sqrt(batch) * deviation));
  return { length: around + longest, rows };
}

/** A caption's length counts for every picture of a batch. */
const MAX_CAPTION_TOKENS = 60;
