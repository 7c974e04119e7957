import { describe, expect, test } from '@jest/globals';
import { newTokenLimits, resolveGenerationSettings } from '../../../src/inference/generate/generationSettings.js';

const text = { vocab_size: 100, eos_token_id: 7, max_position_embeddings: 64 };

describe('resolveGenerationSettings', () => {
  test('options win over generation_config.json, that over text_config, that over the defaults of transformers', () => {
    const generation = {
      num_beams: 3,
      length_penalty: 0.5,
      eos_token_id: [8, 9],
      early_stopping: 'never',
      pad_token_id: null,
    };
    expect(
      resolveGenerationSettings(generation, { ...text, pad_token_id: 4 }, { lengthPenalty: -1, eosTokenId: 10 }),
    ).toMatchObject({
      numBeams: 3,
      lengthPenalty: -1,
      eosTokenIds: [10],
      earlyStopping: 'never',
      repetitionPenalty: 1,
      noRepeatNgramSize: 0,
      bosTokenId: 2,
      padTokenId: 4,
    });
    expect(resolveGenerationSettings(generation, text).eosTokenIds).toEqual([8, 9]);
    expect(resolveGenerationSettings(undefined, text).eosTokenIds).toEqual([7]);
    // OPTConfig's own: older config.json files leave out what is at its default.
    expect(resolveGenerationSettings(undefined, {})).toMatchObject({
      eosTokenIds: [2],
      bosTokenId: 2,
      padTokenId: 1,
      maxPositions: 2048,
    });
  });

  test('an empty list of end tokens, or null in text_config, means none', () => {
    expect(resolveGenerationSettings({}, text, { eosTokenId: [] }).eosTokenIds).toEqual([]);
    expect(resolveGenerationSettings({}, { ...text, eos_token_id: null }).eosTokenIds).toEqual([]);
  });

  test('lengths: 20 new tokens by default, max_length and min_length count the prompt, new-token limits win', () => {
    const limits = (generation: object, options = {}) =>
      newTokenLimits(resolveGenerationSettings(generation, text, options), 10);
    expect(limits({})).toEqual({ min: 0, max: 20 });
    expect(limits({ max_length: 30, min_length: 15 })).toEqual({ min: 5, max: 20 });
    expect(limits({ max_length: 30, min_length: 15, max_new_tokens: 6, min_new_tokens: 2 })).toEqual({
      min: 2,
      max: 6,
    });
    expect(limits({ max_length: 30 }, { maxNewTokens: 4, minNewTokens: 4 })).toEqual({ min: 4, max: 4 });
    expect(() => limits({ max_length: 10 })).toThrow(/leaves no room in 10/);
  });

  test('nobody chose a length: the model’s positions shorten it', () => {
    expect(newTokenLimits(resolveGenerationSettings({}, text), 60).max).toBe(4);
    expect(() => newTokenLimits(resolveGenerationSettings({}, text), 64)).toThrow(/leaves no room/);
  });

  test.each([
    [{ numBeams: 0 }, /numBeams: expected a whole number from 1 to 64, got 0/],
    [{ numBeams: 1.5 }, /numBeams/],
    [{ numBeams: 65 }, /numBeams/],
    [{ maxNewTokens: 0 }, /maxNewTokens/],
    [{ maxNewTokens: Number.NaN }, /maxNewTokens/],
    [{ minNewTokens: -1 }, /minNewTokens/],
    [{ minNewTokens: 5, maxNewTokens: 4 }, /minNewTokens: expected at most maxNewTokens \(4\), got 5/],
    [{ minNewTokens: 21 }, /minNewTokens: expected at most maxNewTokens \(20\)/],
    [{ lengthPenalty: Number.POSITIVE_INFINITY }, /lengthPenalty/],
    [{ repetitionPenalty: 0 }, /repetitionPenalty: expected a number above 0/],
    [{ noRepeatNgramSize: -2 }, /noRepeatNgramSize/],
    [{ eosTokenId: 100 }, /eosTokenId: expected ids from 0 to 99, got 100/],
    [{ eosTokenId: [1, -1] }, /eosTokenId/],
  ])('refuses the options %j', (options, message) => {
    expect(() => resolveGenerationSettings({}, text, options)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', message: expect.stringMatching(message) }),
    );
  });

  test.each([
    [{ do_sample: true }, /do_sample = true is not supported/],
    [{ num_beam_groups: 2 }, /num_beam_groups/],
    [{ penalty_alpha: 0.6 }, /penalty_alpha/],
    [{ guidance_scale: 1.5 }, /guidance_scale/],
    [{ sequence_bias: [[[1], 2.0]] }, /sequence_bias/],
    [{ constraints: [] }, /constraints/],
    [{ num_return_sequences: 2 }, /num_return_sequences/],
    [{ num_beams: 'three' }, /num_beams/],
    [{ suppress_tokens: [100] }, /suppress_tokens names token 100/],
    ['text', /generation_config.json/],
  ])('refuses the generation_config.json %j', (generation, message) => {
    expect(() => resolveGenerationSettings(generation, text)).toThrow(
      expect.objectContaining({ code: 'BAD_MODEL', message: expect.stringMatching(message) }),
    );
  });

  test('accepts unsupported settings at values that change nothing, and limits of sampling while nothing is sampled', () => {
    const generation = {
      do_sample: false,
      num_beam_groups: 1,
      diversity_penalty: 0,
      guidance_scale: null,
      temperature: 0.7,
      top_k: 50,
      top_p: 0.9,
      _from_model_config: true,
      transformers_version: '4.30.0',
    };
    expect(() => resolveGenerationSettings(generation, text)).not.toThrow();
  });
});
