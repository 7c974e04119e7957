import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CaptionData, sceneData } from '../../src/training/data/captionData.js';
import { COMPARED } from '../../src/training/scenes/compareFacts.js';
import { scoreData } from '../../src/training/scoreData.js';
import { testSprites } from '../support/sceneSprites.js';

const COUNT = 40;
let data: CaptionData;
let images: string[];
beforeAll(async () => {
  data = sceneData(await testSprites(), { seed: 3, split: 'iid', domain: 'all', count: COUNT, size: 32 });
  images = Array.from({ length: COUNT }, (_, i) => data.idOf(i));
});

/** The k-th reference of each scene, or of the scene `shift` further on. */
const said = (shift = 0) => new Map(images.map((id, i) => [id, data.references((i + shift) % COUNT)[0]!]));

describe('scoreData', () => {
  it('finds every fact right in captions that are true', () => {
    const { sets } = scoreData(data, images, [said()], { resamples: 0 });
    const facts = Object.entries(sets[0]!.corpus).filter(([name]) => name === 'all facts' || isFact(name));
    expect(facts.length).toBeGreaterThan(8);
    expect(facts.every(([, share]) => share === 1)).toBe(true);
    expect(sets[0]!.corpus['BLEU-4']).toBeCloseTo(1, 5);
  });

  it('finds facts wrong in captions of other scenes, image by image, and the difference to true ones certain', () => {
    const { sets, intervals, differences } = scoreData(data, images, [said(), said(1)], { resamples: 200 });
    const [right, wrong] = sets as [(typeof sets)[0], (typeof sets)[0]];
    expect(wrong.corpus.actor).toBeLessThan(0.4);
    const perImage = wrong.images.map(({ facts }) => facts!.actor).filter((each) => each !== undefined);
    expect(wrong.corpus.actor).toBe(perImage.filter(Boolean).length / perImage.length);
    for (const figure of ['CIDEr', 'ROUGE-L', 'all facts', 'actor', 'place']) {
      const { difference, low, p } = differences![figure]!;
      expect(difference).toBeCloseTo(right.corpus[figure]! - wrong.corpus[figure]!, 12);
      expect(low).toBeGreaterThan(0);
      expect(p).toBeLessThan(0.02);
      expect(intervals![figure]!.low).toBeLessThanOrEqual(right.corpus[figure]!);
      expect(intervals![figure]!.high).toBeGreaterThanOrEqual(right.corpus[figure]!);
    }
  });

  it('scores only the images asked for', () => {
    const some = images.slice(5, 15);
    const { sets } = scoreData(data, some, [said()], { resamples: 0 });
    expect(sets[0]!.images.map(({ id }) => id)).toEqual(some);
  });
});

function isFact(name: string): boolean {
  return (COMPARED as readonly string[]).includes(name);
}
