import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Captioner,
  loadCaptioner,
  type PreparedCaptioner,
  prepareCaptioner,
} from '../../../src/inference/captioner.js';
import { loadExplainer } from '../../../src/inference/explain/explainer.js';
import type { CaptionExplanation } from '../../../src/inference/explain/explanation.js';
import { createExplanations, type ExplanationsOptions } from '../../../src/inference/explain/explanations.js';
import { shownExplanation } from '../../../src/inference/explain/shownExplanation.js';
import type { CaptionResult, ExplanationRequest } from '../../../src/inference/inference.js';
import { awayFromStart, tinyWithAdapter } from '../../support/tinyModels.js';
import { until } from '../../support/until.js';

const image = { path: 'test/fixtures/blip2-opt-tiny/image0.png' };
const options = { maxNewTokens: 9 };
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
let folder: string;
let prepared: PreparedCaptioner;
let captioner: Captioner;
let request: ExplanationRequest;
let whole: CaptionExplanation;
beforeAll(async () => {
  folder = await tinyWithAdapter({}, awayFromStart());
  prepared = await prepareCaptioner(folder, { device: 'cpu', threads: 1 });
  captioner = await loadCaptioner(prepared);
  const [result] = (await captioner.captionBatch([{ image, options }])) as [CaptionResult];
  request = { image, options, tokenIds: result.tokenIds };
  const explainer = await loadExplainer(prepared);
  whole = await explainer.explain({ image, tokenIds: result.tokenIds });
  await explainer.dispose();
});
afterAll(async () => {
  await captioner.dispose();
  await rm(folder, { recursive: true });
});

/** What is loaded, disposed of and run is counted; turns are taken at once unless told otherwise. */
function counted(given: Partial<ExplanationsOptions> = {}) {
  const counts = { opened: 0, disposed: 0, turns: 0 };
  const explanations = createExplanations({
    captioner,
    async open() {
      counts.opened += 1;
      const explainer = await loadExplainer(prepared);
      return {
        ...explainer,
        async dispose() {
          counts.disposed += 1;
          await explainer.dispose();
        },
      };
    },
    turn(work) {
      counts.turns += 1;
      return work();
    },
    ...given,
  });
  return { explanations, counts };
}

describe('shownExplanation', () => {
  it('has the numbers of the explanation, maps by their highest cell', () => {
    const shown = shownExplanation(whole);
    expect(shown.text).toBe(whole.caption);
    expect(shown.words.map(({ text, start, end }) => [text, shown.text.slice(start, end)])).toEqual(
      whole.words.map(({ text }) => [text, text]),
    );
    shown.words.forEach(({ map, ecmaMap, scales, logProb, pictureShare }, i) => {
      const word = whole.words[i]!;
      expect({ logProb, pictureShare }).toEqual({ logProb: word.logProb, pictureShare: word.pictureShare });
      for (const [small, full] of [
        [map, word.map],
        [ecmaMap!, word.ecmaMap!],
      ] as const) {
        expect(small.share).toBeCloseTo(sum(full), 10);
        const highest = Math.max(...full);
        const off = small.cells.map((cell, c) => Math.abs(cell - full[c]! / highest));
        expect(Math.max(...off)).toBeLessThanOrEqual(0.0005 + 1e-9);
      }
      // Scale by scale it is the same attention as all scales together.
      expect(scales.map(({ side }) => side)).toEqual([1, 2, 4, 4]);
      expect(sum(scales.map(({ share }) => share))).toBeCloseTo(ecmaMap!.share, 6);
    });
    expect(shown.ecma!.map(({ gates }) => gates)).toEqual(whole.ecma!.map(({ gates }) => gates));
  });

  it('says that there are no scales and no gates without an adapter', () => {
    const words = whole.words.map((word) => ({ ...word, ecmaMap: null }));
    const shown = shownExplanation({ ...whole, words, ecma: null });
    expect(shown.ecma).toBeNull();
    expect(shown.words.every(({ ecmaMap, scales }) => ecmaMap === null && scales.length === 0)).toBe(true);
  });
});

describe('createExplanations', () => {
  it('adds what a search with five beams ends with where the caption was greedy, and with its own beams where not', async () => {
    const { explanations } = counted();
    const { beams, ...rest } = await explanations.explain(request);
    expect(rest).toEqual(shownExplanation(whole));
    expect({ numBeams: beams.numBeams, greedy: beams.greedy }).toEqual({ numBeams: 5, greedy: true });
    const [best] = (await captioner.captionBatch([{ image, options: { ...options, numBeams: 5 } }])) as [CaptionResult];
    expect(beams.found[0]).toMatchObject({ text: best.caption, tokenIds: best.tokenIds, logProb: best.logProb });
    expect(new Set(beams.found.map(({ tokenIds }) => tokenIds.join())).size).toBe(beams.found.length);
    expect(beams.found.length).toBeGreaterThan(1);
    const scores = beams.found.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const three = await explanations.explain({ ...request, options: { ...options, numBeams: 3 } });
    expect(three.beams).toMatchObject({ numBeams: 3, greedy: false });
    expect(three.beams.found.length).toBeLessThanOrEqual(3);
    await explanations.close();
  });

  it('explains once what is asked for at the same time and again, and anew what was pushed out', async () => {
    const { explanations, counts } = counted({ keep: 1 });
    const [first, second] = await Promise.all([explanations.explain(request), explanations.explain(request)]);
    expect(second).toBe(first);
    expect(await explanations.explain(request)).toBe(first);
    expect(counts).toEqual({ opened: 1, disposed: 0, turns: 2 });
    await explanations.explain({ ...request, options: { ...options, numBeams: 2 } });
    expect(await explanations.explain(request)).toEqual(first);
    expect(counts).toEqual({ opened: 1, disposed: 0, turns: 6 });
    await explanations.close();
  });

  it('takes its turns one at a time, and none for what everybody has given up', async () => {
    const waiting: (() => void)[] = [];
    const { explanations } = counted({
      turn: (work) => new Promise<void>((go) => waiting.push(go)).then(work),
    });
    const gone = new AbortController();
    const other = { ...request, options: { ...options, numBeams: 2 } };
    const shared = { ...request, options: { ...options, numBeams: 4 } };
    const first = explanations.explain(request);
    const left = explanations.explain(other, gone.signal);
    const both = [explanations.explain(shared, gone.signal), explanations.explain(shared)];
    gone.abort();
    const turns = async (count: number) => {
      for (let i = 0; i < count; i += 1) {
        await until('a turn', () => waiting.length > 0);
        expect(waiting).toHaveLength(1);
        waiting.shift()!();
      }
    };
    await turns(2);
    expect((await first).text).toBe(whole.caption);
    await expect(left).rejects.toMatchObject({ code: 'TIMEOUT' });
    await turns(2);
    for (const result of both) expect((await result).beams.numBeams).toBe(4);
    await explanations.close();
  });

  it('rejects what is wrong with one request, and keeps no failure', async () => {
    const { explanations, counts } = counted();
    const wrong = { ...request, image: { path: 'no/such.png' } };
    await expect(explanations.explain(wrong)).rejects.toMatchObject({ code: 'BAD_IMAGE' });
    await expect(explanations.explain(wrong)).rejects.toMatchObject({ code: 'BAD_IMAGE' });
    expect(counts.turns).toBe(2);
    expect((await explanations.explain(request)).text).toBe(whole.caption);
    await explanations.close();
  });

  it('lets its sessions go when no question comes, and loads them again for the next one', async () => {
    const { explanations, counts } = counted({ idleMs: 1 });
    const first = await explanations.explain(request);
    await until('the sessions gone', () => counts.disposed === 1);
    expect(await explanations.explain(request)).toBe(first);
    expect(counts.opened).toBe(1);
    await explanations.explain({ ...request, options: { ...options, numBeams: 2 } });
    expect(counts.opened).toBe(2);
    await explanations.close();
  });
});
