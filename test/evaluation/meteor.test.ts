import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { meteorScore, meteorScorer } from '../../src/evaluation/meteor.js';
import { readMeteorData } from '../../src/evaluation/meteorData.js';
import { meteorWords } from '../../src/evaluation/meteorNormalize.js';
import { expected, FIXTURE, summable } from './captionFixture.js';

interface Cases {
  readonly modes: readonly string[];
  /** Candidate, references, then METEOR's statistics in each mode. */
  readonly cases: readonly [string, string[], ...number[][]][];
}

const { modes, cases } = JSON.parse(readFileSync(`${FIXTURE}/meteor.json`, 'utf8')) as Cases;
const words = new Set(cases.flatMap(([candidate, references]) => [candidate, ...references]).flatMap(meteorWords));
const data = readMeteorData(`${FIXTURE}/meteor`, words);
const scorers = [
  meteorScorer(data),
  meteorScorer(undefined, { exactOnly: true }),
  meteorScorer(),
  meteorScorer({ synonyms: data.synonyms! }),
];

describe('meteorScorer', () => {
  it('says its modules in its name', () => {
    expect(scorers.map(({ name }) => name)).toEqual(modes);
    expect(meteorScorer({ paraphrases: data.paraphrases! }).name).toBe('METEOR (exact, stem, paraphrase)');
  });

  it.each(modes.map((mode, i) => [mode, i] as const))("finds METEOR 1.5's alignments: %s", (_, mode) => {
    const found = cases.map(([candidate, references]) => [...scorers[mode]!.statistics(candidate, references)]);
    expect(cases.length).toBeGreaterThanOrEqual(500);
    expect(found).toEqual(cases.map((one) => summable(one[2 + mode] as number[])));
  });

  it.each([
    ['METEOR (exact)', scorers[1]!],
    ['METEOR (exact, stem)', scorers[2]!],
  ])('gives the scores of pycocoevalcap, by image and for the corpus: %s', (name, scorer) => {
    const sums = new Float64Array(23);
    for (const [image, candidate] of Object.entries(expected.tokens.results)) {
      const statistics = scorer.statistics(candidate, expected.tokens.references[image]!);
      expect([...statistics]).toEqual(summable(expected.meteor_statistics[name]![image]!.split(' ').map(Number)));
      expect(meteorScore(statistics)).toBeCloseTo(expected.images[image]![name]!, 12);
      for (const [i, value] of statistics.entries()) sums[i]! += value;
    }
    expect(meteorScore(sums)).toBeCloseTo(expected.corpus[name]!, 12);
  });

  it('turns statistics with synonyms and paraphrases into the scores of pycocoevalcap', () => {
    for (const name of ['METEOR', 'METEOR (exact, stem, synonym)']) {
      for (const [image, printed] of Object.entries(expected.meteor_statistics[name]!)) {
        const statistics = Float64Array.from(summable(printed.split(' ').map(Number)));
        expect(meteorScore(statistics)).toBeCloseTo(expected.images[image]![name]!, 12);
      }
    }
  });

  it('gives 0 for captions without words', () => {
    const statistics = scorers[2]!.statistics('', ['']);
    expect(meteorScore(statistics)).toBe(0);
    expect(meteorScore(scorers[2]!.statistics('', ['a dog']))).toBe(0);
  });
});

describe('meteorWords', () => {
  it('parts punctuation, hyphens and contractions, and joins initials', () => {
    // As edu.cmu.meteor.util.Normalizer.normalizeLine of meteor-1.5.jar does.
    expect(meteorWords("the u.s. n't well-known 5's a,b 1,000 vs. rev. mr. smith it ’s -lrb- ... end.")).toEqual(
      "the us n 't well known 5 's a , b 1,000 vs. rev. mr. smith it ' s -lrb- ... end .".split(' '),
    );
  });
});
