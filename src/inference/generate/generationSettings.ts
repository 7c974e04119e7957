// How to decode: the caller's options over generation_config.json over what transformers 5.18 takes for granted.
import { AppError } from '../../errors.js';
import type { DecodingOptions } from '../inference.js';
import { type CheckpointGeneration, readGenerationConfig } from './generationConfig.js';

/** Everything that decoding depends on, resolved. Lengths are in tokens. */
export interface GenerationSettings extends CheckpointGeneration {
  readonly numBeams: number;
  /** New tokens at most; null: `maxLength` rules. */
  readonly maxNewTokens: number | null;
  /** Prompt (image tokens included) and new tokens at most; null: `maxNewTokens` rules. */
  readonly maxLength: number | null;
  /** Whether nobody chose a length, so that the model's positions may shorten it. */
  readonly defaultLength: boolean;
  /** Before this many new tokens no end token; null: `minLength` rules. */
  readonly minNewTokens: number | null;
  /** The same counted with the prompt. */
  readonly minLength: number;
  /** Scores of finished beams are divided by length ** lengthPenalty; length counts new tokens. */
  readonly lengthPenalty: number;
  readonly repetitionPenalty: number;
  readonly noRepeatNgramSize: number;
  readonly earlyStopping: boolean | 'never';
  readonly eosTokenIds: readonly number[];
  readonly bosTokenId: number;
  readonly padTokenId: number;
  /** Positions that the model has embeddings for. */
  readonly maxPositions: number;
}

/** New tokens that transformers generates where nothing says how many (its `max_length`, which then excludes the prompt). */
const DEFAULT_NEW_TOKENS = 20;
const MAX_BEAMS = 64;

/**
 * Resolves the settings of one request. `generationConfig` is the parsed generation_config.json (undefined where there
 * is none), `textConfig` the `text_config` of config.json; ids that both leave out are OPT's own (bos 2, eos 2, pad 1).
 * Throws BAD_USER_INPUT for options out of range and BAD_MODEL for a generation_config.json that asks for what is not
 * supported: nothing in it is dropped unless transformers drops it too.
 */
export function resolveGenerationSettings(
  generationConfig: unknown,
  textConfig: unknown,
  options: DecodingOptions = {},
): GenerationSettings {
  const config = readGenerationConfig(generationConfig, textConfig);
  checkOptions(options, config.vocabSize);
  const maxNewTokens = options.maxNewTokens ?? config.maxNewTokens;
  const maxLength = maxNewTokens === null ? config.maxLength : null;
  const defaultLength = maxNewTokens === null && maxLength === null;
  const settings: GenerationSettings = {
    ...config.rules,
    numBeams: options.numBeams ?? config.numBeams,
    maxNewTokens: defaultLength ? DEFAULT_NEW_TOKENS : maxNewTokens,
    maxLength,
    defaultLength,
    minNewTokens: options.minNewTokens ?? config.minNewTokens,
    minLength: config.minLength,
    lengthPenalty: options.lengthPenalty ?? config.lengthPenalty,
    repetitionPenalty: options.repetitionPenalty ?? config.repetitionPenalty,
    noRepeatNgramSize: options.noRepeatNgramSize ?? config.noRepeatNgramSize,
    earlyStopping: options.earlyStopping ?? config.earlyStopping,
    eosTokenIds: options.eosTokenId === undefined ? config.eosTokenIds : [options.eosTokenId].flat(),
    bosTokenId: config.bosTokenId,
    padTokenId: config.padTokenId,
    maxPositions: config.maxPositions,
  };
  if (options.minNewTokens !== undefined && settings.maxNewTokens !== null) {
    demand(
      options.minNewTokens <= settings.maxNewTokens,
      'minNewTokens',
      `at most maxNewTokens (${settings.maxNewTokens})`,
      options.minNewTokens,
    );
  }
  return Object.freeze(settings);
}

/** Lengths of one prompt under the settings. Throws BAD_USER_INPUT where they leave no room or exceed the model. */
export function newTokenLimits(settings: GenerationSettings, promptLength: number): { min: number; max: number } {
  const { maxPositions } = settings;
  let max = settings.maxNewTokens ?? settings.maxLength! - promptLength;
  if (settings.defaultLength) max = Math.min(max, maxPositions - promptLength);
  if (max < 1) {
    const limit = settings.maxLength ?? maxPositions;
    throw new AppError(
      'BAD_USER_INPUT',
      `the prompt is ${promptLength} tokens long (image tokens included), which leaves no room in ${limit}`,
    );
  }
  // The last new token is never fed back, so it needs no position.
  if (promptLength + max - 1 > maxPositions) {
    const room = maxPositions - promptLength + 1;
    throw new AppError(
      'BAD_USER_INPUT',
      `maxNewTokens: expected at most ${room} (the model has ${maxPositions} positions, the prompt takes ${promptLength}), got ${max}`,
    );
  }
  return { min: settings.minNewTokens ?? Math.max(0, settings.minLength - promptLength), max };
}

function checkOptions(options: DecodingOptions, vocabSize: number): void {
  const whole = (name: keyof DecodingOptions, low: number, high: number) => {
    const value = options[name];
    if (value === undefined) return;
    const range =
      high === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${low}` : `a whole number from ${low} to ${high}`;
    demand(Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high, name, range, value);
  };
  whole('numBeams', 1, MAX_BEAMS);
  whole('maxNewTokens', 1, Number.MAX_SAFE_INTEGER);
  whole('minNewTokens', 0, Number.MAX_SAFE_INTEGER);
  whole('noRepeatNgramSize', 0, Number.MAX_SAFE_INTEGER);
  const { lengthPenalty, repetitionPenalty, earlyStopping, eosTokenId } = options;
  if (lengthPenalty !== undefined)
    demand(Number.isFinite(lengthPenalty), 'lengthPenalty', 'a finite number', lengthPenalty);
  if (repetitionPenalty !== undefined) {
    demand(
      Number.isFinite(repetitionPenalty) && repetitionPenalty > 0,
      'repetitionPenalty',
      'a number above 0',
      repetitionPenalty,
    );
  }
  if (earlyStopping !== undefined)
    demand(typeof earlyStopping === 'boolean', 'earlyStopping', 'true or false', earlyStopping);
  for (const id of eosTokenId === undefined ? [] : [eosTokenId].flat()) {
    demand(Number.isInteger(id) && id >= 0 && id < vocabSize, 'eosTokenId', `ids from 0 to ${vocabSize - 1}`, id);
  }
}

function demand(holds: boolean, name: string, expected: string, got: unknown): asserts holds {
  if (!holds) throw new AppError('BAD_USER_INPUT', `${name}: expected ${expected}, got ${String(got)}`);
}
