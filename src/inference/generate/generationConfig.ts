// Reads generation_config.json as transformers 5.18 does: what is null or absent is unset; settings that decoding here
// does not have are refused by name, unless they are at a value that changes nothing.
import { z } from 'zod';
import { AppError } from '../../errors.js';

/** Rules that only a checkpoint sets. */
export interface CheckpointGeneration {
  readonly suppressTokens: readonly number[];
  readonly beginSuppressTokens: readonly number[];
  readonly badWordsIds: readonly (readonly number[])[];
  readonly forcedBosTokenId: number | null;
  readonly forcedEosTokenIds: readonly number[];
}

/** Values of generation_config.json under which a setting that is not supported changes nothing. */
const UNSUPPORTED: Readonly<Record<string, readonly unknown[]>> = {
  do_sample: [false],
  num_return_sequences: [1],
  num_beam_groups: [1],
  diversity_penalty: [0],
  penalty_alpha: [0],
  constraints: [],
  force_words_ids: [],
  sequence_bias: [],
  exponential_decay_length_penalty: [],
  renormalize_logits: [false],
  remove_invalid_values: [false],
  guidance_scale: [1],
  watermarking_config: [],
  stop_strings: [],
  max_time: [],
  token_healing: [false],
  low_memory: [false],
  dola_layers: [],
  use_mtp: [false],
  prompt_lookup_num_tokens: [],
  assistant_early_exit: [],
};
// Not listed, because transformers drops them here as well: temperature, top_k, top_p and other limits of sampling
// (while do_sample is false); encoder_* (they need prompts as ids alone); outputs, caches and compilation.

const id = z.number().int().min(0);
const ids = z.array(id);
const idOrIds = z.union([id, ids]).nullish();
const count = z.number().int().min(0).nullish();
const schema = z.object({
  num_beams: z.number().int().min(1).nullish(),
  max_new_tokens: z.number().int().min(1).nullish(),
  max_length: z.number().int().min(1).nullish(),
  min_new_tokens: count,
  min_length: count,
  length_penalty: z.number().nullish(),
  repetition_penalty: z.number().positive().nullish(),
  no_repeat_ngram_size: count,
  early_stopping: z.union([z.boolean(), z.literal('never')]).nullish(),
  eos_token_id: idOrIds,
  bos_token_id: id.nullish(),
  pad_token_id: id.nullish(),
  suppress_tokens: ids.nullish(),
  begin_suppress_tokens: ids.nullish(),
  bad_words_ids: z.array(ids.min(1)).nullish(),
  forced_bos_token_id: id.nullish(),
  forced_eos_token_id: idOrIds,
});
const textSchema = z.object({
  vocab_size: z.number().int().min(1).default(50272),
  max_position_embeddings: z.number().int().min(1).default(2048),
  eos_token_id: idOrIds,
  bos_token_id: id.nullish(),
  pad_token_id: id.nullish(),
});

/** generation_config.json over text_config over defaults, names as in GenerationSettings. Throws BAD_MODEL. */
export function readGenerationConfig(generationConfig: unknown, textConfig: unknown) {
  const json = parse('generation_config.json', z.record(z.string(), z.unknown()), generationConfig ?? {});
  for (const [name, harmless] of Object.entries(UNSUPPORTED)) {
    const value = json[name];
    if (value === undefined || value === null || harmless.includes(value)) continue;
    throw new AppError('BAD_MODEL', `generation_config.json: ${name} = ${JSON.stringify(value)} is not supported`);
  }
  const g = parse('generation_config.json', schema, json);
  const text = parse('config.json: text_config', textSchema, textConfig);
  const list = (value: number | readonly number[] | null | undefined) =>
    value === null || value === undefined ? [] : [value].flat();
  // A text_config that leaves eos_token_id out means OPT's own, one that has null means none.
  const eosTokenIds = list(g.eos_token_id ?? (text.eos_token_id === undefined ? 2 : text.eos_token_id));
  const named = {
    eos_token_id: eosTokenIds,
    suppress_tokens: list(g.suppress_tokens),
    begin_suppress_tokens: list(g.begin_suppress_tokens),
    bad_words_ids: (g.bad_words_ids ?? []).flat(),
    forced_eos_token_id: list(g.forced_eos_token_id),
  };
  for (const [name, values] of Object.entries(named)) {
    const outside = values.find((value) => value >= text.vocab_size);
    if (outside !== undefined) {
      throw new AppError(
        'BAD_MODEL',
        `generation_config.json: ${name} names token ${outside}, the vocabulary ends at ${text.vocab_size - 1}`,
      );
    }
  }
  const rules: CheckpointGeneration = {
    suppressTokens: named.suppress_tokens,
    beginSuppressTokens: named.begin_suppress_tokens,
    badWordsIds: g.bad_words_ids ?? [],
    forcedBosTokenId: g.forced_bos_token_id ?? null,
    forcedEosTokenIds: named.forced_eos_token_id,
  };
  return {
    rules,
    vocabSize: text.vocab_size,
    maxPositions: text.max_position_embeddings,
    numBeams: g.num_beams ?? 1,
    maxNewTokens: g.max_new_tokens ?? null,
    maxLength: g.max_length ?? null,
    minNewTokens: g.min_new_tokens ?? null,
    minLength: g.min_length ?? 0,
    lengthPenalty: g.length_penalty ?? 1,
    repetitionPenalty: g.repetition_penalty ?? 1,
    noRepeatNgramSize: g.no_repeat_ngram_size ?? 0,
    earlyStopping: g.early_stopping ?? false,
    eosTokenIds,
    bosTokenId: g.bos_token_id ?? text.bos_token_id ?? 2,
    padTokenId: g.pad_token_id ?? text.pad_token_id ?? 1,
  };
}

function parse<T>(where: string, shape: z.ZodType<T>, value: unknown): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new AppError('BAD_MODEL', `${where}: ${problems.join('; ')}`);
}
