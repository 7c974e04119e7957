import { describe, expect, it } from '@jest/globals';
import { clusterCaptions } from '../../src/analytics/clusterCaptions.js';

/** A unit vector in the plane, at an angle in degrees. */
function at(key: string, degrees: number, length = 1) {
  const radians = (degrees * Math.PI) / 180;
  return { key, vector: Float32Array.of(length * Math.cos(radians), length * Math.sin(radians)) };
}

/** The keys of each cluster: what does not depend on the order of the input. */
async function keys(
  items: readonly ReturnType<typeof at>[],
  options?: Parameters<typeof clusterCaptions>[1],
): Promise<string[][]> {
  return (await clusterCaptions(items, options)).map(({ members }) =>
    members.map((member) => items[member]!.key).sort(),
  );
}

describe('clusterCaptions', () => {
  // cos 10 degrees = 0.985, cos 20 = 0.940, cos 30 = 0.866: neighbours at 0.9 lie at most 25.8 degrees apart.
  const items = [
    at('a', 0),
    at('b', 10),
    at('c', 20),
    at('d', 30),
    at('e', 90),
    at('f', 95),
    at('g', 100),
    at('h', 200),
  ];

  it('gathers the neighbours of the point that has the most, largest cluster first, and leaves loners out', async () => {
    // b and c have three neighbours each; b founds, for its key is the smaller one.
    expect(await keys(items, { similarity: 0.9 })).toEqual([
      ['a', 'b', 'c', 'd'],
      ['e', 'f', 'g'],
    ]);
  });

  it('has the same clusters for the same items in any order', async () => {
    const expected = await keys(items, { similarity: 0.9 });
    for (let shift = 1; shift < items.length; shift++) {
      const rotated = [...items.slice(shift), ...items.slice(0, shift)];
      expect(await keys(rotated, { similarity: 0.9 })).toEqual(expected);
      expect(await keys([...rotated].reverse(), { similarity: 0.9 })).toEqual(expected);
    }
  });

  it('compares directions, not lengths', async () => {
    expect(await keys([at('a', 0, 5), at('b', 1, 0.1), at('c', 2)])).toEqual([['a', 'b', 'c']]);
  });

  it('gives each member its cosine to the mean direction of its cluster', async () => {
    const [cluster] = await clusterCaptions([at('a', 0), at('b', 10), at('c', 20)]);
    // The mean direction is 10 degrees.
    expect(cluster!.similarities.map((value) => value.toFixed(4))).toEqual(['0.9848', '1.0000', '0.9848']);
    expect(cluster!.centre).toBe(0);
  });

  it('finds none where there are too few, and none among zero vectors', async () => {
    expect(await clusterCaptions([])).toEqual([]);
    expect(await keys([at('a', 0), at('b', 0)])).toEqual([]);
    expect(await keys([at('a', 0, 0), at('b', 0, 0), at('c', 0, 0)])).toEqual([]);
    expect(await keys([at('a', 0), at('b', 0)], { minSize: 2 })).toEqual([['a', 'b']]);
  });
});
