import { describe, expect, it } from '@jest/globals';
import type { CaptionedImage } from '../../../src/training/data/coco.js';
import { splitHeldOut } from '../../../src/training/data/splitHeldOut.js';

const image = (id: number, split?: string): CaptionedImage => ({
  id,
  file: `${id}.jpg`,
  captions: ['a'],
  ...(split === undefined ? {} : { split }),
});
const idsOf = (images: readonly CaptionedImage[]) => images.map(({ id }) => id);
const HUNDRED = Array.from({ length: 100 }, (_, i) => image(i));

describe('splitHeldOut', () => {
  it('cuts by ids, each picture to one side, the same whatever the order', () => {
    const { train, held } = splitHeldOut(HUNDRED, 20);
    expect([train.length, held.length]).toEqual([80, 20]);
    expect(new Set([...idsOf(train), ...idsOf(held)]).size).toBe(100);
    const turned = splitHeldOut([...HUNDRED].reverse(), 20);
    expect(new Set(idsOf(turned.held))).toEqual(new Set(idsOf(held)));
    // And a picture more changes the cut by one picture at most.
    const more = splitHeldOut([...HUNDRED, image(100)], 20);
    expect(idsOf(more.held).filter((id) => !idsOf(held).includes(id)).length).toBeLessThan(2);
  });

  it('keeps at most a third, and nothing where nothing is asked for', () => {
    expect(splitHeldOut(HUNDRED, 1000).held.length).toBe(33);
    expect(splitHeldOut(HUNDRED.slice(0, 2), 5)).toEqual({ train: HUNDRED.slice(0, 2), held: [] });
    expect(splitHeldOut(HUNDRED, 0).held).toEqual([]);
  });

  it("takes the file's own splits: val, or test where there is no val, and trains on neither", () => {
    const images = [image(1, 'test'), image(2, 'val'), image(3, 'train'), image(4, 'restval'), image(5, 'val')];
    expect(splitHeldOut(images, 1)).toEqual({ train: images.slice(2, 4), held: [images[1]] });
    expect(idsOf(splitHeldOut(images, 9).held)).toEqual([2, 5]);
    const testOnly = images.filter(({ split }) => split !== 'val');
    expect(splitHeldOut(testOnly, 9)).toEqual({ train: images.slice(2, 4), held: [images[0]] });
    expect(splitHeldOut(images, 0)).toEqual({ train: images.slice(2, 4), held: [] });
  });
});
