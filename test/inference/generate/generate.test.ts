import { describe, expect, test } from '@jest/globals';
import { createBeamSearch } from '../../../src/inference/generate/beamSearch.js';
import { generate } from '../../../src/inference/generate/generate.js';
import {
  type GenerationSettings,
  resolveGenerationSettings,
} from '../../../src/inference/generate/generationSettings.js';
import { createToyDecoder, readDecodingCases } from './toyDecoder.js';

const toy = readDecodingCases();
const textConfig = { vocab_size: toy.vocabSize };

function settingsOf(generation: Record<string, unknown>): GenerationSettings {
  return resolveGenerationSettings(generation, textConfig);
}

async function run(
  prompts: readonly (readonly number[])[],
  settings: GenerationSettings | readonly GenerationSettings[],
) {
  const decoder = createToyDecoder(toy, prompts);
  return { results: await generate(decoder, { prompts, settings }), steps: decoder.steps };
}

// Expected values: transformers 5.18.0's model.generate, bench/peers/makeDecodingCases.py.
describe('generate equals transformers on random settings', () => {
  for (const numBeams of [1, 2, 3, 4, 5, 6]) {
    const cases = toy.cases.filter((one) => one.generation.num_beams === numBeams);
    test(`${numBeams} beams: ids, scores and log-probabilities of ${cases.length} cases`, async () => {
      expect(cases.length).toBeGreaterThan(40);
      for (const { prompts, generation, ids, scores, logProbs } of cases) {
        const { results } = await run(prompts, settingsOf(generation));
        expect({ generation, prompts, ids: results.map((r) => r.tokenIds) }).toEqual({ generation, prompts, ids });
        results.forEach((result, i) => {
          // float32 sums of up to 12 terms
          expect(Math.abs(result.score - scores[i]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(scores[i]!)));
          expect(Math.abs(result.logProb - logProbs[i]!)).toBeLessThan(1e-5);
          expect(result.tokenLogProbs).toHaveLength(result.tokenIds.length);
        });
      }
    });
  }
});

describe('generate', () => {
  const sample = toy.cases.filter((_, i) => i % 7 === 0);

  test('a batch of prompts with settings of their own equals each prompt alone', async () => {
    const prompts = sample.flatMap((one) => one.prompts);
    const settings = sample.flatMap((one) => one.prompts.map(() => settingsOf(one.generation)));
    const { results } = await run(prompts, settings);
    for (const [i, prompt] of prompts.entries()) {
      expect(results[i]).toEqual((await run([prompt], settings[i]!)).results[0]);
    }
  });

  test('a permuted batch gives permuted results', async () => {
    const prompts = sample.flatMap((one) => one.prompts);
    const settings = settingsOf({ num_beams: 4, max_new_tokens: 9, eos_token_id: [5, 9] });
    const order = prompts.map((_, i) => (i * 17) % prompts.length);
    expect(new Set(order).size).toBe(prompts.length);
    const straight = (await run(prompts, settings)).results;
    const permuted = (
      await run(
        order.map((i) => prompts[i]!),
        settings,
      )
    ).results;
    expect(permuted).toEqual(order.map((i) => straight[i]));
  });

  test('beam search with one beam chooses what greedy search chooses where no rule is on', async () => {
    const prompts = sample.flatMap((one) => one.prompts);
    // Without a reward for length what runs on never beats what has ended.
    const settings = settingsOf({ max_new_tokens: 10, eos_token_id: [5, 9], length_penalty: 0 });
    const { results } = await run(prompts, settings);
    for (const [i, prompt] of prompts.entries()) {
      const decoder = createToyDecoder(toy, [prompt]);
      const search = createBeamSearch({ prompt, settings, scratch: new Float32Array(toy.vocabSize) });
      const wanted = { logits: search.wantsLogits };
      let row = await decoder.prefill(wanted);
      for (;;) {
        const next = search.advance([row]);
        if (next === null) break;
        row = await decoder.step(Int32Array.from(next.parents), Int32Array.from(next.tokens), wanted);
      }
      expect(search.result().tokenIds).toEqual(results[i]!.tokenIds);
    }
  });

  test('what else a beam search ends with comes after the best, by score, and nothing twice; greedy search has nothing else', async () => {
    const prompts = sample.flatMap((one) => one.prompts);
    const { results } = await run(prompts, settingsOf({ num_beams: 4, max_new_tokens: 9, eos_token_id: [5, 9] }));
    for (const { others, ...best } of results) {
      const all = [best, ...others];
      expect(all.length).toBeGreaterThan(1);
      expect(all.length).toBeLessThanOrEqual(4);
      expect(all.map(({ score }) => score)).toEqual(all.map(({ score }) => score).toSorted((a, b) => b - a));
      expect(new Set(all.map(({ tokenIds }) => tokenIds.join())).size).toBe(all.length);
      for (const { tokenIds, tokenLogProbs, logProb } of all) {
        expect(tokenLogProbs).toHaveLength(tokenIds.length);
        expect(logProb).toBeLessThan(0);
      }
    }
    const greedy = await run(prompts, settingsOf({ max_new_tokens: 9 }));
    expect(greedy.results.every(({ others }) => others.length === 0)).toBe(true);
  });

  test('finished prompts drop out of the steps', async () => {
    const settings = settingsOf({ num_beams: 3, max_new_tokens: 12, eos_token_id: [5, 9], early_stopping: true });
    const prompts = Array.from({ length: 24 }, (_, i) => [i + 1, (i * 5) % 40]);
    const { steps } = await run(prompts, settings);
    expect(steps[0]).toBe(24);
    expect(steps[1]).toBeGreaterThan(0);
    expect(steps.slice(1).every((rows) => rows % 3 === 0)).toBe(true);
    expect(steps.at(-1)!).toBeLessThan(steps[1]!);
  });

  test('one new token needs no step after the prompt', async () => {
    const { results, steps } = await run([[3], [4, 8]], settingsOf({ max_new_tokens: 1, num_beams: 2 }));
    expect(steps).toEqual([2]);
    expect(results.map((r) => r.tokenIds.length)).toEqual([1, 1]);
  });

  test('no prompts, no work', async () => {
    const { results, steps } = await run([], settingsOf({}));
    expect(results).toEqual([]);
    expect(steps).toEqual([]);
  });

  test('logits that are not numbers are the model’s fault', async () => {
    const broken = { ...toy, table: toy.table.map((logit, i) => (i % toy.vocabSize === 7 ? Number.NaN : logit)) };
    for (const num_beams of [1, 3]) {
      const decoder = createToyDecoder(broken, [[1]]);
      await expect(generate(decoder, { prompts: [[1]], settings: settingsOf({ num_beams }) })).rejects.toMatchObject({
        code: 'BAD_MODEL',
      });
    }
  });

  test('a prompt and lengths beyond the model’s positions are refused', async () => {
    const settings = resolveGenerationSettings(
      {},
      { vocab_size: toy.vocabSize, max_position_embeddings: 10 },
      { maxNewTokens: 8 },
    );
    await expect(
      run([[1, 2, 3]], settings).then(({ results }) => results[0]!.tokenIds.length),
    ).resolves.toBeGreaterThan(0);
    await expect(run([[1, 2, 3, 4]], settings)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/expected at most 7/),
    });
  });
});
