// The shapes of tokenizer.json and tokenizer_config.json, as far as they are looked at.
import { z } from 'zod';

export const tokenizerSchema = z.looseObject({
  model: z.looseObject({
    type: z.string().optional(),
    vocab: z.union([z.record(z.string(), z.number()), z.array(z.unknown())]),
  }),
  normalizer: z.looseObject({ type: z.string() }).nullable().default(null),
  pre_tokenizer: z.looseObject({ type: z.string() }).nullable().default(null),
  post_processor: z.looseObject({ type: z.string() }).nullable().default(null),
  decoder: z.looseObject({ type: z.string() }).nullable().default(null),
  added_tokens: z
    .array(z.looseObject({ id: z.number().int(), content: z.string(), special: z.boolean().optional() }))
    .default([]),
});
export type TokenizerJson = z.infer<typeof tokenizerSchema>;
export type TokenizerConfig = Readonly<Record<string, unknown>>;

/** The text of a token that is written as such or as a serialised AddedToken. */
export function contentOf(token: unknown): string | undefined {
  if (typeof token === 'string') return token;
  if (typeof token === 'object' && token !== null && 'content' in token && typeof token.content === 'string')
    return token.content;
  return undefined;
}
