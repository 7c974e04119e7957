import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/errors.js';
import { openCaptioner } from '../../../src/inference/captioner.js';
import { explainCaption } from '../../../src/inference/explain/explainCaption.js';
import { type Explainer, openExplainer } from '../../../src/inference/explain/explainer.js';
import type { CaptionExplanation } from '../../../src/inference/explain/explanation.js';
import type { CaptionResult, DecodingOptions } from '../../../src/inference/inference.js';
import { awayFromStart, TINY, tinyWithAdapter } from '../../support/tinyModels.js';

const OPTIONS = { device: 'cpu', threads: 1 } as const;
const image = { path: 'test/fixtures/blip2-opt-tiny/image0.png' };
/** 4 x 4 patches and 8 queries: config.json. */
const [GRID, QUERIES] = [4, 8];
let folder: string;
let explainer: Explainer;
beforeAll(async () => {
  folder = await tinyWithAdapter({}, awayFromStart());
  explainer = await openExplainer(folder, OPTIONS);
});
afterAll(async () => {
  await explainer.dispose();
  await rm(folder, { recursive: true });
});

async function captioned(directory: string, options: DecodingOptions): Promise<CaptionResult> {
  const captioner = await openCaptioner(directory, OPTIONS);
  const [result] = await captioner.captionBatch([{ image, options }]);
  await captioner.dispose();
  return result as CaptionResult;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('openExplainer', () => {
  it.each(['', 'a photo of'])('reads a caption after the prompt "%s" as the captioner wrote it', async (prompt) => {
    const { tokenIds, logProb, caption } = await captioned(folder, { prompt, maxNewTokens: 9 });
    const found = await explainer.explain({ image, tokenIds, prompt });
    expect(found.caption).toBe(caption);
    expect(found.words.flatMap((word) => word.tokenIds)).toEqual(tokenIds);
    expect(sum(found.words.map((word) => word.logProb))).toBeCloseTo(logProb, 3);
  });

  it('spreads every word over queries and picture', async () => {
    const { tokenIds } = await captioned(folder, { maxNewTokens: 9 });
    for (const weights of ['attention', 'effect'] as const) {
      const { words, crossAttention, ecma } = await explainer.explain({ image, tokenIds, weights });
      for (const { queries, map, ecmaMap, pictureShare } of words) {
        expect(queries).toHaveLength(QUERIES);
        expect(Math.min(...queries)).toBeGreaterThanOrEqual(0);
        expect(sum(queries)).toBeCloseTo(1, 6);
        for (const each of [map, ecmaMap!]) {
          expect(each).toHaveLength(GRID * GRID);
          expect(sum(each)).toBeGreaterThan(0.1);
          expect(sum(each)).toBeLessThan(1);
        }
        expect(pictureShare).toBeGreaterThan(0);
        expect(pictureShare).toBeLessThanOrEqual(1);
      }
      expect(crossAttention.map(({ layer }) => layer)).toEqual([0, 2]);
      for (const { queries } of [...crossAttention, ...ecma!]) {
        for (const { classToken, scales, patches } of queries) {
          expect(classToken + sum(scales.flatMap(({ cells }) => cells)) + sum(patches)).toBeCloseTo(1, 4);
          for (const { side, cells } of scales) expect(cells).toHaveLength(side * side);
        }
      }
      expect(ecma![0]!.queries[0]!.scales.map(({ side }) => side)).toEqual([1, 2, 4]);
    }
  });

  it('weighs by effect what hiding a query takes away: other queries than attention says', async () => {
    const { tokenIds } = await captioned(folder, { maxNewTokens: 4 });
    const by = async (weights: 'attention' | 'effect') => (await explainer.explain({ image, tokenIds, weights })).words;
    const [attention, effect] = [await by('attention'), await by('effect')];
    expect(effect.map(({ logProb }) => logProb)).toEqual(attention.map(({ logProb }) => logProb));
    expect(effect[0]!.queries).not.toEqual(attention[0]!.queries);
    // Some queries help a word, others do not: these do not count for it.
    expect(effect.some(({ queries }) => queries.includes(0))).toBe(true);
  });

  it.each([
    [[], 'tokenIds: expected at least one, got none'],
    [[421], 'tokenIds: expected ids from 0 to 420, got 421'],
    [[1.5], 'tokenIds: expected ids from 0 to 420, got 1.5'],
    [Array<number>(400).fill(5), 'tokenIds: expected at most 120, got 400'],
  ])('refuses ids that no caption of the model has', async (tokenIds, message) => {
    const refused = explainer.explain({ image, tokenIds });
    await expect(refused).rejects.toThrow(AppError);
    await expect(refused).rejects.toThrow(message);
  });
});

describe('explainCaption', () => {
  const explained = async (directory: string, ecma: boolean): Promise<CaptionExplanation> => {
    const request = { image, options: { maxNewTokens: 6 } };
    return (await explainCaption(directory, request, { ...OPTIONS, ecma })).explanation;
  };

  it('explains the plain model the same with a fresh adapter beside it, which adds nothing', async () => {
    const fresh = await tinyWithAdapter();
    const [plain, adapted] = [await explained(TINY, true), await explained(fresh, true)];
    await rm(fresh, { recursive: true });
    expect(plain.ecma).toBeNull();
    expect(adapted.ecma!.map(({ strength }) => strength)).toEqual([0, 0]);
    expect(adapted.crossAttention).toEqual(plain.crossAttention);
    expect(adapted.words).toEqual(plain.words);
    expect(adapted.words.every(({ ecmaMap }) => ecmaMap === null)).toBe(true);
  });

  it('leaves the adapter out when told to', async () => {
    const without = await explained(folder, false);
    expect({ ecma: without.ecma, digest: without.adapterDigest }).toEqual({ ecma: null, digest: '' });
    expect(without.caption).toBe((await explained(TINY, true)).caption);
  });

  it('says what is wrong with a picture or an option as the captioner does', async () => {
    const wrong = explainCaption(TINY, { image: { path: 'no/such.png' } }, OPTIONS);
    await expect(wrong).rejects.toMatchObject({ code: 'BAD_IMAGE' });
    const options = { numBeams: 0 };
    await expect(explainCaption(TINY, { image, options }, OPTIONS)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
