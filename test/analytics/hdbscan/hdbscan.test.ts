import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { assignPoints } from '../../../src/analytics/hdbscan/assignPoints.js';
import { exemplars } from '../../../src/analytics/hdbscan/exemplars.js';
import { type Clustering, type HdbscanOptions, hdbscan } from '../../../src/analytics/hdbscan/hdbscan.js';
import type { Matrix } from '../../../src/matrix.js';
import { readNpy } from '../../../src/npy.js';
import { randomOf } from '../../../src/training/scenes/random.js';
import { normals } from '../../support/random.js';

const FIXTURE = 'test/fixtures/hdbscan';
const read = (name: string) => readNpy(path.join(FIXTURE, `${name}.npy`));
const json = (name: string) => JSON.parse(readFileSync(path.join(FIXTURE, name), 'utf8')) as unknown;

interface Expected {
  readonly data: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly labels: readonly number[];
  readonly unstable: readonly number[];
}
const { cases } = json('expected.json') as { cases: Expected[] };
/** Only a tie splits this one: scikit-learn takes it for two clusters, or one, by the order of its points. */
const TIE = 'one {"min_cluster_size":6,"max_cluster_size":60}';
const named = cases.map((each) => ({ ...each, name: `${each.data} ${JSON.stringify(each.params)}` }));
const data = [...new Set(cases.map((each) => each.data))];

function optionsOf(params: Readonly<Record<string, unknown>>): HdbscanOptions {
  const names: Readonly<Record<string, keyof HdbscanOptions>> = {
    min_cluster_size: 'minClusterSize',
    min_samples: 'minSamples',
    cluster_selection_method: 'method',
    cluster_selection_epsilon: 'epsilon',
    max_cluster_size: 'maxClusterSize',
    allow_single_cluster: 'allowSingleCluster',
  };
  const entries = Object.entries(params).map(([name, value]) => {
    if (names[name] === undefined) throw new Error(`unknown parameter ${name}`);
    return [names[name], value];
  });
  return Object.fromEntries(entries) as HdbscanOptions;
}

/** Places at which no renaming of labels makes both equal; some places do not count. */
function differences(a: ArrayLike<number>, b: ArrayLike<number>, apart: ReadonlySet<number> = new Set()): number[] {
  const there = new Map([[-1, -1]]);
  const back = new Map([[-1, -1]]);
  return Array.from({ length: a.length }, (_, i) => i).filter((i) => {
    if (apart.has(i)) return false;
    const [one, other] = [a[i]!, b[i]!];
    if (!there.has(one) && !back.has(other)) {
      there.set(one, other);
      back.set(other, one);
    }
    return there.get(one) !== other;
  });
}

function shuffled(matrix: Matrix, seed: number): { matrix: Matrix; order: number[] } {
  const order = randomOf('order', seed).shuffled(Array.from({ length: matrix.rows }, (_, i) => i));
  const values = order.flatMap((row) => [...matrix.values.subarray(row * matrix.columns, (row + 1) * matrix.columns)]);
  return { matrix: { ...matrix, values: Float32Array.from(values) }, order };
}

function matrixOf(rows: readonly (readonly number[])[], columns = rows[0]?.length ?? 2): Matrix {
  return { rows: rows.length, columns, values: Float32Array.from(rows.flat()) };
}

describe('hdbscan', () => {
  // Boxes are of no use in many dimensions: nobody is given them there, and they take a minute.
  it.each(
    data.flatMap((name) =>
      (name.startsWith('topics') ? (['products'] as const) : (['tree', 'products'] as const)).map((kind) => ({
        name,
        kind,
      })),
    ),
  )('labels $name as scikit-learn does, by $kind', async ({ name, kind }) => {
    const matrix = await read(name);
    const wrong: Record<string, number[]> = {};
    for (const expected of named.filter((each) => each.data === name)) {
      const found = await hdbscan(matrix, { ...optionsOf(expected.params), index: { kind } });
      const places = differences(found.labels, expected.labels, new Set(expected.unstable));
      if (places.length > 0) wrong[expected.name] = places;
    }
    expect(Object.keys(wrong)).toEqual(name === 'one' ? [TIE] : []);
  });

  it.each(['blobs2d', 'moons', 'duplicates', 'noise', 'topics64'])(
    'gives each point the same whatever the order: %s',
    async (name) => {
      const matrix = await read(name);
      const options: HdbscanOptions = { minClusterSize: 6, minSamples: 4 };
      const first = await hdbscan(matrix, options);
      for (const seed of [1, 2, 3]) {
        const again = shuffled(matrix, seed);
        const found = await hdbscan(again.matrix, options);
        const back = new Int32Array(matrix.rows);
        const firmness = new Float64Array(matrix.rows);
        again.order.forEach((row, place) => {
          back[row] = found.labels[place]!;
          firmness[row] = found.probabilities[place]!;
        });
        expect(differences(back, first.labels)).toEqual([]);
        expect(firmness).toEqual(first.probabilities);
      }
    },
  );

  it('gives the same in one thread and in several, by boxes and by products', async () => {
    const normal = normals(5);
    const rows = Array.from({ length: 2400 }, (_, i) =>
      Array.from({ length: 9 }, () => normal() + 6 * (i % 12 === 0 ? 0 : (i % 5) - 2)),
    );
    const found: Clustering[] = [];
    for (const kind of ['tree', 'products'] as const) {
      for (const threads of [1, 2])
        found.push(await hdbscan(matrixOf(rows), { minClusterSize: 10, index: { kind, threads } }));
    }
    const [first, ...others] = found as [Clustering, ...Clustering[]];
    expect(first.selected.length).toBeGreaterThan(2);
    for (const each of others) expect(each.labels).toEqual(first.labels);
  });

  it('is not misled by an offset, a far point or the size of the numbers', async () => {
    const normal = normals(9);
    const rows = Array.from({ length: 150 }, (_, i) => Array.from({ length: 20 }, () => normal() + 8 * (i % 3)));
    const { labels } = await hdbscan(matrixOf(rows), { minClusterSize: 10 });
    expect(new Set(labels)).toEqual(new Set([0, 1, 2]));
    for (const change of [(x: number) => x + 2 ** 16, (x: number) => x * 2 ** 100, (x: number) => x * 2 ** -100]) {
      const changed = rows.map((row) => row.map((x) => Math.fround(change(Math.fround(x)))));
      const again = await hdbscan(matrixOf(changed), { minClusterSize: 10 });
      expect(differences(again.labels, labels)).toEqual([]);
    }
    const beyond = await hdbscan(matrixOf([...rows, Array<number>(20).fill(1e12)]), { minClusterSize: 10 });
    expect(differences(beyond.labels.slice(0, 150), labels)).toEqual([]);
    expect(beyond.labels[150]).toBe(-1);
  });

  it.each(['tree', 'products'] as const)('gives the same at every power of two, by %s', async (kind) => {
    const normal = normals(13);
    const rows = Array.from({ length: 1200 }, (_, i) =>
      i % 4 === 0 ? [i % 20, 0, 0] : [normal() + 9 * (i % 3), normal(), normal()],
    );
    const at = (scale: number) =>
      hdbscan(matrixOf(rows.map((row) => row.map((x) => x * scale))), { minClusterSize: 12, index: { kind } });
    const { labels, probabilities } = await at(1);
    expect(new Set(labels).size).toBeGreaterThan(5);
    for (const scale of [2 ** -100, 2 ** -40, 2 ** 100]) {
      const scaled = await at(scale);
      expect(scaled.labels).toEqual(labels);
      expect(scaled.probabilities).toEqual(probabilities);
    }
  });

  it('takes thousands of copies for what they are', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => (i % 100 === 0 ? [i, -i] : [i % 3, 0]));
    const { labels, probabilities } = await hdbscan(matrixOf(rows), { minClusterSize: 50 });
    expect(new Set(labels)).toEqual(new Set([-1, 0, 1, 2]));
    rows.forEach(([x], i) => {
      if (i % 100 === 0) return;
      expect(labels[i]).toBe(labels[x === 0 ? 3 : x!]);
      expect(probabilities[i]).toBe(1);
    });
  });

  it('finds nothing in too few points', async () => {
    const few = [
      [],
      [[1, 2]],
      [
        [1, 2],
        [1, 2],
      ],
      [
        [0, 0],
        [1, 1],
        [2, 2],
        [9, 9],
      ],
    ];
    for (const rows of few) {
      const { labels, selected } = await hdbscan(matrixOf(rows, 2), { minClusterSize: 5 });
      expect([...labels]).toEqual(rows.map(() => -1));
      expect(selected).toEqual([]);
    }
  });

  it('measures by angle where it is told so', async () => {
    const normal = normals(3);
    const rows = Array.from({ length: 90 }, (_, i) => {
      const length = 1 + 50 * Math.abs(normal());
      return Array.from({ length: 8 }, (__, axis) => length * ((axis === i % 3 ? 1 : 0) + 0.05 * normal()));
    });
    const unit = rows.map((row) => row.map((x) => x / Math.hypot(...row)));
    const cosine = await hdbscan(matrixOf(rows), { minClusterSize: 8, metric: 'cosine' });
    const euclidean = await hdbscan(matrixOf(unit), { minClusterSize: 8 });
    expect(differences(cosine.labels, euclidean.labels)).toEqual([]);
    expect(cosine.coreDistances[0]).toBeCloseTo(euclidean.coreDistances[0]! ** 2 / 2, 6);
  });

  it('names the row that is no point', async () => {
    const rows = [
      [0, 0],
      [1, Number.NaN],
      [2, 2],
    ];
    await expect(hdbscan(matrixOf(rows), { minClusterSize: 2 })).rejects.toThrow('row 1: column 1 is NaN');
    const zero = hdbscan(
      matrixOf([
        [1, 0],
        [0, 0],
      ]),
      { minClusterSize: 2, metric: 'cosine' },
    );
    await expect(zero).rejects.toThrow('row 1: all zeros have no direction');
  });

  it.each([
    [{ minClusterSize: 1 }, 'minClusterSize: expected a whole number of at least 2, got 1'],
    [{ minClusterSize: 2.5 }, 'minClusterSize: expected a whole number of at least 2, got 2.5'],
    [{ minClusterSize: 5, minSamples: 0 }, 'minSamples: expected a whole number of at least 1, got 0'],
    [{ minClusterSize: 5, maxClusterSize: 0 }, 'maxClusterSize: expected a whole number of at least 1, got 0'],
    [{ minClusterSize: 5, epsilon: -1 }, 'epsilon: expected a distance of at least 0'],
  ])('refuses %j', async (options, message) => {
    await expect(hdbscan(matrixOf([[1, 2]]), options)).rejects.toThrow(message);
  });
});

interface Assigned {
  readonly data: string;
  readonly minClusterSize: number;
  readonly minSamples: number;
  readonly method: 'eom' | 'leaf';
  readonly points: readonly (readonly number[])[];
  readonly fitted: readonly number[];
  readonly labels: readonly number[];
  readonly strengths: readonly number[];
  readonly exemplars: readonly (readonly number[])[];
}

describe('a clustering', () => {
  it.each((json('assigned.json') as Assigned[]).map((each) => ({ ...each, name: `${each.data} ${each.method}` })))(
    'takes new points, and names exemplars, as the hdbscan package does: $name',
    async (expected) => {
      const clustering = await hdbscan(await read(expected.data), expected);
      const { labels, probabilities } = assignPoints(clustering, matrixOf(expected.points));
      const both = (fitted: ArrayLike<number>, assigned: ArrayLike<number>) => [
        ...Array.from(fitted),
        ...Array.from(assigned),
      ];
      expect(differences(both(clustering.labels, labels), both(expected.fitted, expected.labels))).toEqual([]);
      probabilities.forEach((firmness, i) => {
        expect(firmness).toBeCloseTo(expected.strengths[i]!, 6);
      });
      const byFirst = (groups: readonly (readonly number[])[]) => [...groups].sort((a, b) => a[0]! - b[0]!);
      expect(byFirst(exemplars(clustering))).toEqual(byFirst(expected.exemplars));
    },
  );

  it('gives its own points back their labels', async () => {
    const matrix = await read('blobs10d');
    const clustering = await hdbscan(matrix, { minClusterSize: 10 });
    expect(assignPoints(clustering, matrix)).toEqual({
      labels: clustering.labels,
      probabilities: clustering.probabilities,
    });
  });

  it('refuses points of another width', async () => {
    const clustering = await hdbscan(matrixOf([[1, 2]]), { minClusterSize: 2 });
    expect(() => assignPoints(clustering, matrixOf([[1, 2, 3]]))).toThrow('rows of 3 numbers; the clusters have 2');
  });
});
