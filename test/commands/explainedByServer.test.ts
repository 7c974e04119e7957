// The server's explanation of a stored caption beside what `hotlens explain` says of the same file: the shipped model, a picture of the sample.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CaptionExplanation } from '../../src/inference/explain/explanation.js';
import type { ExplanationResult } from '../../src/inference/inference.js';
import { endAllHotlens, type RunningHotlens, runHotlens } from '../support/runHotlens.js';
import { type Served, serveSample } from '../support/serveSample.js';

const PICTURE = 'park-book';
let folder: string;
let server: RunningHotlens;
let served: Served;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-explained-'));
  ({ server, served } = await serveSample(folder, [PICTURE]));
}, 120_000);
afterAll(async () => {
  endAllHotlens();
  await server?.ended;
  await rm(folder, { recursive: true, force: true });
});

type Answered = Omit<ExplanationResult, 'beams'> & { beams: ExplanationResult['beams']['found']; greedy: boolean };
const MAP = '{ side share cells }';
const explanationOf = async (captionId: string) =>
  (
    await served.data<{ captionExplanation: Answered }>(
      `{ captionExplanation(captionId: "${captionId}") { text greedy beams { text logProb } ecma { layer strength gates changes }
         words { text start end logProb pictureShare queries map ${MAP} ecmaMap ${MAP} scales ${MAP} } } }`,
    )
  ).captionExplanation;

it('explains a stored caption in the numbers of `hotlens explain`', async () => {
  const { captionId, text } = await served.caption(PICTURE);
  const found = await explanationOf(captionId);
  const out = path.join(folder, 'explained.json');
  const { ended } = runHotlens(['explain', `samples/images/${PICTURE}.jpg`, '--out', out]);
  expect(await ended).toBe(0);
  const told = JSON.parse(await readFile(out, 'utf8')) as CaptionExplanation;

  expect({ text: found.text, words: found.words.map((word) => found.text.slice(word.start, word.end)) }).toEqual({
    text,
    words: told.words.map((word) => word.text),
  });
  expect(told.caption).toBe(text);
  found.words.forEach((word, i) => {
    const same = told.words[i]!;
    expect(word.logProb).toBeCloseTo(same.logProb, 4);
    expect(word.pictureShare).toBeCloseTo(same.pictureShare, 4);
    for (const [map, full] of [
      [word.map, same.map],
      [word.ecmaMap!, same.ecmaMap!],
    ] as const) {
      expect(map.side).toBe(told.grid);
      expect(map.cells.indexOf(1)).toBe(full.indexOf(Math.max(...full)));
      const off = map.cells.map((cell, c) => Math.abs(cell - full[c]! / Math.max(...full)));
      expect(Math.max(...off)).toBeLessThan(0.001);
    }
    expect(word.scales.map(({ side }) => side)).toEqual([1, 2, 4, 8, told.grid]);
  });
  found.ecma!.forEach(({ layer, gates }, i) => {
    expect(layer).toBe(told.ecma![i]!.layer);
    gates!.forEach((gate, n) => {
      expect(gate).toBeCloseTo(told.ecma![i]!.gates![n]!, 4);
    });
  });
  expect(found.greedy).toBe(true);
  expect(found.beams).toHaveLength(5);
  // A page that shows it stays light.
  expect(JSON.stringify(found).length).toBeLessThan(200_000);
});

it('explains a caption under the options and after the prompt that it was given', async () => {
  const before = await served.caption(PICTURE);
  await served.data(
    `mutation { recaption(input: { sha256s: ["${before.sha256}"] }, options: { prompt: "there is", numBeams: 3 }) { queued } }`,
  );
  const { captionId, text } = await served.caption(PICTURE, before.captionId);
  const found = await explanationOf(captionId);
  expect({ text: found.text, greedy: found.greedy, first: found.beams[0]!.text }).toEqual({
    text,
    greedy: false,
    first: text,
  });
  const { captioned } = await served.data<{ captioned: { caption: { logProb: number } } }>(
    `{ captioned: image(sha256: "${before.sha256}") { caption { logProb } } }`,
  );
  expect(found.beams[0]!.logProb).toBeCloseTo(captioned.caption.logProb, 4);
});
