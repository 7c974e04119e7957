import { link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeSafetensors } from '../../../src/inference/checkpoint/safetensors.js';
import { halfToNumber, numberToHalf } from '../../../src/onnx/half.js';
import { readTensors } from '../../support/closeness.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('float16', () => {
  it('all 65,536 halves become numbers and the same halves again', () => {
    for (let bits = 0; bits < 1 << 16; bits += 1) {
      const value = halfToNumber(bits);
      // Every NaN becomes the quiet one; sign and payload of a NaN mean nothing.
      const expected = Number.isNaN(value) ? 0x7e00 : bits;
      const found = numberToHalf(value);
      if ((Number.isNaN(value) ? found & 0x7fff : found) !== expected)
        throw new Error(`${bits.toString(16)} became ${value}`);
    }
  });

  it('halves grow with their bits, from the smallest subnormal 2^-24 to 65504', () => {
    expect([1, 0x3ff, 0x400, 0x3c00, 0x7bff, 0xc000].map(halfToNumber)).toEqual([
      2 ** -24,
      (1023 / 1024) * 2 ** -14,
      2 ** -14,
      1,
      65504,
      -2,
    ]);
    const steps = Array.from({ length: 0x7c00 }, (_, bits) => halfToNumber(bits + 1) - halfToNumber(bits));
    expect(steps.every((step) => step > 0)).toBe(true);
  });

  it('what lies between two halves becomes the nearer one, and half way the even one', () => {
    for (let bits = 0; bits < 0x7bff; bits += 1) {
      const [low, high] = [halfToNumber(bits), halfToNumber(bits + 1)];
      const middle = (low + high) / 2;
      const found = [middle, low + 0.49 * (high - low), low + 0.51 * (high - low)].map(numberToHalf);
      if (found.join() !== [bits + (bits & 1), bits, bits + 1].join()) throw new Error(`above ${low}: ${found}`);
      if (numberToHalf(-middle) !== (0x8000 | (bits + (bits & 1)))) throw new Error(`below ${-low}`);
    }
  });

  it('what is too large becomes infinite, what is too small zero, signs kept', () => {
    // 65520 is half way between the largest half and what would come next.
    const pairs: [number, number][] = [
      [65519.99, 0x7bff],
      [65520, 0x7c00],
      [1e30, 0x7c00],
      [Number.POSITIVE_INFINITY, 0x7c00],
      [-1e30, 0xfc00],
      [2 ** -25, 0],
      [2 ** -25 * 1.001, 1],
      [1e-30, 0],
      [-0, 0x8000],
      [-1e-30, 0x8000],
      [Number.NaN, 0x7e00],
    ];
    for (const [value, bits] of pairs) expect([value, numberToHalf(value)]).toEqual([value, bits]);
  });
});

describe('writeSafetensors', () => {
  const tensors = new Map([
    ['a', { shape: [2, 2], data: Float32Array.of(1, -0.1, 3e-6, 70000) }],
    ['empty', { shape: [0], data: new Float32Array(0) }],
    ['b', { shape: [3], data: Float32Array.of(1, 2, 3).subarray(1) }],
  ]);
  tensors.set('b', { shape: [2], data: tensors.get('b')!.data });

  it('gives back what was written, views too, in float32', async () => {
    const file = path.join(folder, 'a.safetensors');
    await writeSafetensors(file, tensors);
    expect(await readTensors(file)).toEqual(Object.fromEntries(tensors));
    // The tensors begin at a multiple of 8, as the format asks for.
    expect((8 + Number((await readFile(file)).readBigUInt64LE())) % 8).toBe(0);
  });

  it('rounds to float16 where asked', async () => {
    const file = path.join(folder, 'half.safetensors');
    await writeSafetensors(file, tensors, 'F16');
    const { a } = await readTensors(file);
    expect([...a!.data]).toEqual([...tensors.get('a')!.data].map((value) => halfToNumber(numberToHalf(value))));
  });

  it('takes the place of a file without touching another name of it', async () => {
    const [file, other] = [path.join(folder, 'shared.safetensors'), path.join(folder, 'base.safetensors')];
    await writeFile(other, 'the weights of another model');
    await link(other, file);
    await writeSafetensors(file, tensors);
    expect(await readFile(other, 'utf8')).toBe('the weights of another model');
    expect((await readdir(folder)).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});
