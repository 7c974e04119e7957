import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ExactProducts, exactProducts } from '../../../src/analytics/detection/exactProducts.js';
import { normals } from '../../../src/training/random.js';

const DIMENSION = 48;
const normal = normals('exact products');
const vectors = Array.from({ length: 2100 }, () => Float32Array.from({ length: DIMENSION }, () => normal()));

let products: ExactProducts;
beforeAll(async () => {
  products = await exactProducts(DIMENSION);
  for (const [i, vector] of vectors.entries()) products.add(i === 7 ? null : vector);
});
afterAll(() => products.dispose());

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return dot / Math.sqrt(aa * bb);
}

describe('exact products', () => {
  it('are cosines to 0.0005, and the same to the last bit alone, in company, and one by one', async () => {
    const asked = [0, 3, 2050, 2099];
    const [alone] = await products.rows([3]);
    const rows = await products.rows(asked);
    expect(rows[1]).toEqual(alone);
    for (const [i, number] of asked.entries())
      for (const other of [0, 5, 2047, 2048, 2099]) {
        expect(Math.abs(rows[i]![other]! - cosine(vectors[number]!, vectors[other]!))).toBeLessThan(5e-4);
        expect(products.between(number, other)).toBe(rows[i]![other]);
        expect(products.between(other, number)).toBe(rows[i]![other]);
      }
  });

  it('of what has no direction are 0', async () => {
    const [row] = await products.rows([7]);
    expect(row!.every((value) => value === 0)).toBe(true);
    expect([products.has(7), products.has(8), products.between(7, 8)]).toEqual([false, true, 0]);
    expect(products.has(products.add(new Float32Array(DIMENSION)))).toBe(false);
  });

  it('forget whole blocks of old vectors', async () => {
    const before = products.between(2060, 2070);
    products.drop(2060);
    expect(products.first).toBe(2048);
    expect(products.between(2060, 2070)).toBe(before);
    expect(() => products.between(3, 2070)).toThrow('vector 3 is not here');
    const [row] = await products.rows([2060]);
    expect(row).toHaveLength(products.size - 2048);
  });

  it('refuse vectors of another length', () => {
    expect(() => products.add(new Float32Array(3))).toThrow('expected vectors of 48 numbers, got 3');
  });
});
