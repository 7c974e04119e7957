import { describe, expect, it } from '@jest/globals';
import { pictureMap, weightedMean } from '../../../src/inference/explain/pictureMap.js';

describe('pictureMap', () => {
  it('lays every cell out on its patches, in equal parts, also where cells overlap', () => {
    // 3 x 3 patches in 2 x 2 cells overlap: cell 0 covers rows and columns 0 and 1.
    const attention = {
      classToken: 0.1,
      scales: [
        { side: 1, cells: [0.18] },
        { side: 2, cells: [0.4, 0, 0, 0] },
      ],
      patches: [0, 0, 0, 0, 0, 0, 0, 0, 0.32],
    };
    const map = pictureMap(attention, 3);
    const [whole, quarter] = [0.18 / 9, 0.1];
    const both = whole + quarter;
    const expected = [both, both, whole, both, both, whole, whole, whole, whole + 0.32];
    expected.forEach((value, i) => {
      expect(map[i]).toBeCloseTo(value, 6);
    });
    expect(map.reduce((a, b) => a + b)).toBeCloseTo(0.9, 6);
  });
});

describe('weightedMean', () => {
  it('weighs maps, whatever the weights sum to, and says null where nothing counts', () => {
    expect(
      weightedMean(
        [
          [1, 0],
          [0, 1],
        ],
        [3, 1],
      ),
    ).toEqual([0.75, 0.25]);
    expect(weightedMean([[1, 0]], [0])).toBeNull();
  });
});
