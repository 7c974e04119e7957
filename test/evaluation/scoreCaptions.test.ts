import { describe, expect, it } from '@jest/globals';
import { ciderScorer } from '../../src/evaluation/cider.js';
import { scoreCaptionSets, scoreCaptions } from '../../src/evaluation/scoreCaptions.js';
import { expected, FIXTURE, references, results } from './captionFixture.js';

const METRICS = ['BLEU-1', 'BLEU-2', 'BLEU-3', 'BLEU-4', 'ROUGE-L', 'CIDEr', 'METEOR (exact, stem)'];

describe('scoreCaptions', () => {
  it('gives the scores of pycocoevalcap, for the corpus and for every image', () => {
    const { corpus, images } = scoreCaptions(references, results);
    expect(Object.keys(corpus)).toEqual(METRICS);
    expect([...images.keys()].sort()).toEqual(Object.keys(expected.images).sort());
    for (const metric of METRICS) {
      expect(corpus[metric]).toBeCloseTo(expected.corpus[metric]!, 12);
      for (const [image, scores] of images) expect(scores[metric]).toBeCloseTo(expected.images[image]![metric]!, 12);
    }
  });

  it('names METEOR after its modules, with its data or without', () => {
    const { corpus } = scoreCaptions(references, results, { meteorData: `${FIXTURE}/meteor` });
    expect(Object.keys(corpus)).toEqual([...METRICS.slice(0, -1), 'METEOR']);
  });

  it('scores sets together as it scores them alone', () => {
    const shuffled = new Map([...results].map(([image], i, all) => [image, all[(i + 7) % all.length]![1]]));
    const [first, second] = scoreCaptionSets(references, [results, shuffled]);
    expect(first!.corpus).toEqual(scoreCaptions(references, results).corpus);
    expect(second!.corpus).toEqual(scoreCaptions(references, shuffled).corpus);
    expect(second!.corpus.CIDEr).toBeLessThan(first!.corpus.CIDEr!);
  });

  it('says which image has no counterpart', () => {
    const one = new Map([['7', ['a dog']]]);
    expect(() => scoreCaptions(one, new Map())).toThrow('image 7 has no candidate');
    expect(() => scoreCaptions(new Map([['7', []]]), new Map([['7', 'a']]))).toThrow('image 7 has no references');
    expect(() =>
      scoreCaptions(
        one,
        new Map([
          ['7', 'a dog'],
          ['8', 'a cat'],
        ]),
      ),
    ).toThrow('image 8 has no references');
    expect(() => scoreCaptions(new Map(), new Map())).toThrow('expected references, got none');
  });
});

describe('ciderScorer', () => {
  const scorer = ciderScorer(references);

  it('scores set after set against the same references', () => {
    for (let round = 0; round < 2; round++) {
      const { corpus, images } = scorer.score(results);
      expect(corpus).toBeCloseTo(expected.corpus.CIDEr!, 12);
      for (const [image, score] of images) expect(score).toBeCloseTo(expected.images[image]!.CIDEr!, 12);
    }
  });

  it('scores some of the images by the document frequencies of all references', () => {
    const some = new Map([...results].slice(0, 9));
    const { corpus, images } = scorer.score(some);
    const scores = [...some.keys()].map((image) => expected.images[image]!.CIDEr!);
    expect([...images.values()]).toEqual(scores.map((score) => expect.closeTo(score, 12)));
    expect(corpus).toBeCloseTo(scores.reduce((a, b) => a + b) / 9, 12);
  });

  it('refuses a caption of an image that has no references', () => {
    expect(() => scorer.score(new Map([['none', 'a dog']]))).toThrow('image none has no references');
  });
});
