// How a caption is to be decoded, as clients say it.
import { Field, Float, InputType, Int } from 'type-graphql';
import { AppError } from '../errors.js';
import type { DecodingOptions } from '../inference/inference.js';

@InputType({
  description:
    "How a caption is decoded. What is left out is as this server's queued captions have it, else as the checkpoint's generation_config.json.",
})
export class CaptionOptions {
  @Field(() => String, {
    nullable: true,
    description: 'What the model goes on from: its words are what follows. At most 500 characters.',
  })
  prompt?: string | null;

  @Field(() => Int, { nullable: true, description: 'Beams, 1 (greedy) to 64.' })
  numBeams?: number | null;

  @Field(() => Int, { nullable: true, description: 'At most so many tokens, 1 to 2048.' })
  maxNewTokens?: number | null;

  @Field(() => Int, { nullable: true, description: 'At least so many tokens, 0 to `maxNewTokens`.' })
  minNewTokens?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Exponent on the length in beam search: above 0 favours long texts. -10 to 10.',
  })
  lengthPenalty?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Above 1 makes tokens that were said already less likely; above 0, to 100.',
  })
  repetitionPenalty?: number | null;

  @Field(() => Int, { nullable: true, description: 'No run of so many tokens twice; 0: no such rule. To 100.' })
  noRepeatNgramSize?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Ends beam search as soon as there are `numBeams` finished texts.',
  })
  earlyStopping?: boolean | null;

  @Field(() => [Int], {
    nullable: true,
    description: "Tokens that end the text, instead of the checkpoint's; at most 16.",
  })
  eosTokenId?: readonly number[] | null;
}

const BOUNDS = {
  numBeams: [1, 64],
  maxNewTokens: [1, 2048],
  minNewTokens: [0, 2048],
  lengthPenalty: [-10, 10],
  repetitionPenalty: [Number.MIN_VALUE, 100],
  noRepeatNgramSize: [0, 100],
} as const;

/** Checks the bounds and leaves out the nulls. Throws AppError BAD_USER_INPUT. */
export function decodingOptions(options: CaptionOptions | null | undefined): DecodingOptions {
  const given = Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value != null),
  ) as DecodingOptions;
  for (const [name, [low, high]] of Object.entries(BOUNDS)) {
    const value = given[name as keyof typeof BOUNDS];
    if (value !== undefined && !(value >= low && value <= high)) {
      refuse(name, low === Number.MIN_VALUE ? `above 0, to ${high}` : `${low} to ${high}`, value);
    }
  }
  if ((given.prompt?.length ?? 0) > 500) refuse('prompt', 'at most 500 characters', given.prompt?.length);
  if (given.minNewTokens !== undefined && given.maxNewTokens !== undefined && given.minNewTokens > given.maxNewTokens) {
    refuse('minNewTokens', `at most maxNewTokens (${given.maxNewTokens})`, given.minNewTokens);
  }
  const ends = given.eosTokenId;
  if (Array.isArray(ends) && (ends.length === 0 || ends.length > 16 || ends.some((id) => id < 0))) {
    refuse('eosTokenId', '1 to 16 token ids', ends.length);
  }
  return given;
}

function refuse(name: string, expected: string, got: unknown): never {
  throw new AppError('BAD_USER_INPUT', `${name}: expected ${expected}, got ${String(got)}`);
}
