import { describe, expect, it } from '@jest/globals';
import { pointIndex } from '../../../src/analytics/hdbscan/pointIndex.js';
import { pointsOf } from '../../../src/analytics/hdbscan/points.js';
import { normals } from '../../support/random.js';

const COUNT = 2500;
/** Questions of at most 1024 points that so many are asked in. */
const PARTS = 3;

describe.each(['tree', 'products'] as const)('an index in this thread, by %s', (kind) => {
  it('lets others run between the parts of a question', async () => {
    const normal = normals(17);
    const values = Float32Array.from({ length: COUNT * 3 }, () => normal());
    const index = await pointIndex(pointsOf({ rows: COUNT, columns: 3, values }, 'euclidean'), { kind, threads: 1 });
    const [nearest, turns] = await counted(() => index.nearest(4));
    expect(nearest.indices).toHaveLength(COUNT * 4);
    expect(turns).toBeGreaterThanOrEqual(PARTS);
    const each = Int32Array.from({ length: COUNT }, (_, i) => i);
    const [outside, others] = await counted(() =>
      index.nearestOutside({
        points: each,
        bounds: new Float64Array(COUNT).fill(Number.POSITIVE_INFINITY),
        components: each,
        core: new Float64Array(COUNT),
      }),
    );
    // Each point is alone in its component: what is nearest outside is its nearest neighbour but itself.
    expect(outside.reaches).toEqual(nearest.squared.filter((__, i) => i % 4 === 1));
    expect(others).toBeGreaterThanOrEqual(PARTS);
    await index.dispose();
  });
});

/** A result, and how often the event loop came round to others while it was worked out. */
async function counted<T>(work: () => Promise<T>): Promise<[T, number]> {
  let turns = 0;
  let next = setImmediate(count);
  const result = await work();
  clearImmediate(next);
  return [result, turns];

  function count() {
    turns += 1;
    next = setImmediate(count);
  }
}
