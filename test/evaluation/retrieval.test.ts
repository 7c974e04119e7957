import { describe, expect, test } from '@jest/globals';
import { areaUnderCurve, dotProducts, eventScores, recallAt, transposed } from '../../src/evaluation/retrieval.js';
import { normals } from '../support/random.js';

const matrix = (rows: readonly (readonly number[])[]) => ({
  rows: rows.length,
  columns: rows[0]!.length,
  values: Float32Array.from(rows.flat()),
});
const own = (row: number, column: number) => row === column;

describe('recallAt', () => {
  // Ranks of the own column: 1, 2, 3.
  const similarities = matrix([
    [0.9, 0.1, 0.2],
    [0.5, 0.4, 0.1],
    [0.3, 0.2, 0.1],
  ]);

  test('counts the rows whose right column is among the k most similar', () => {
    expect(recallAt(similarities, own, [1, 2, 3])).toEqual([100 / 3, 200 / 3, 100]);
  });

  test('the other way ranks the rows of each column', () => {
    // Columns: 0.9 is the largest of the first; 0.4 of the second; 0.1 ties for the last of the third, behind 0.2.
    expect(recallAt(transposed(similarities), own, [1])).toEqual([200 / 3]);
  });

  test('takes any of several right columns', () => {
    expect(recallAt(similarities, (row, column) => own(row, column) || (row === 2 && column === 0), [1])).toEqual([
      200 / 3,
    ]);
  });

  test('finds nothing where all vectors are alike', () => {
    expect(recallAt(matrix([0, 1, 2].map(() => [1, 1, 1])), own, [1, 2])).toEqual([0, 0]);
  });
});

test('dotProducts are those of every row with every other', () => {
  const found = dotProducts(Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8, 9, 10), 2);
  expect(found).toEqual(
    matrix([
      [17, 23, 29],
      [39, 53, 67],
    ]),
  );
});

describe('areaUnderCurve', () => {
  test('is the share of pairs in the right order, ties counting half', () => {
    const random = normals(4);
    // Rounded, so that some are equal.
    const draw = (count: number, shift: number) =>
      Float32Array.from({ length: count }, () => Math.round(4 * (random() + shift)));
    const [same, different] = [draw(40, 0.5), draw(70, 0)];
    let sum = 0;
    for (const s of same) for (const d of different) sum += s > d ? 1 : s === d ? 0.5 : 0;
    expect(areaUnderCurve(same, different)).toBeCloseTo(sum / (40 * 70), 12);
  });

  test('is 1 where all are in order, and a half where all are equal', () => {
    expect(areaUnderCurve(Float32Array.of(2, 3), Float32Array.of(0, 1))).toBe(1);
    expect(areaUnderCurve(Float32Array.of(1, 1), Float32Array.of(1))).toBe(0.5);
  });
});

test('eventScores compare the pairs of one event with those of others, but for those that share a caption', () => {
  const cosines = matrix([
    [0.9, 0.2, 0.8],
    [0.1, 0.5, 0.3],
    [0.4, 0.6, 0.7],
  ]);
  const shared = (i: number, j: number) => i === 2 && j === 1;
  const { same, different, area } = eventScores(cosines, shared);
  expect(same).toBeCloseTo(0.7, 6);
  // Without 0.6.
  expect(different).toBeCloseTo((0.2 + 0.8 + 0.1 + 0.3 + 0.4) / 5, 6);
  // 0.5 and 0.7 lose to 0.8; the other 13 of 15 pairs are in order.
  expect(area).toBeCloseTo(13 / 15, 12);
});
