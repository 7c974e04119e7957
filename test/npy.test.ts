import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openNpyWriter, readNpy } from '../src/npy.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-npy-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A file of NumPy's format as numpy.save writes it. */
async function saved(options: { version?: 1 | 2; descr?: string; fortran?: boolean; shape: string; data: Buffer }) {
  const { version = 1, descr = '<f4', fortran = false, shape, data } = options;
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;
  const start = version === 1 ? 10 : 12;
  const length = Math.ceil((start + dictionary.length + 1) / 64) * 64 - start;
  const head = Buffer.alloc(start);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(length, 8);
  else head.writeUInt32LE(length, 8);
  const file = path.join(folder, 'matrix.npy');
  await writeFile(file, Buffer.concat([head, Buffer.from(`${dictionary.padEnd(length - 1)}\n`), data]));
  return file;
}

const bytes = (values: Float32Array | Float64Array) => Buffer.from(values.buffer);
const SIX = Float32Array.from([1, 2.5, -3, 4, 5, 6]);

describe('readNpy', () => {
  it('reads what openNpyWriter writes', async () => {
    const file = path.join(folder, 'own.npy');
    const writer = await openNpyWriter(file, 3);
    await writer.write(SIX.subarray(0, 3));
    await writer.write(SIX.subarray(3));
    await writer.close();
    expect(await readNpy(file)).toEqual({ rows: 2, columns: 3, values: SIX });
  });

  it('reads either version, float64, columns first, and no rows', async () => {
    const expected = { rows: 2, columns: 3, values: SIX };
    const shape = '(2, 3)';
    expect(await readNpy(await saved({ version: 2, shape, data: bytes(SIX) }))).toEqual(expected);
    expect(await readNpy(await saved({ descr: '<f8', shape, data: bytes(Float64Array.from(SIX)) }))).toEqual(expected);
    const columns = Float32Array.from([1, 4, 2.5, 5, -3, 6]);
    expect(await readNpy(await saved({ fortran: true, shape, data: bytes(columns) }))).toEqual(expected);
    const none = await readNpy(await saved({ shape: '(0, 3)', data: Buffer.alloc(0) }));
    expect(none).toEqual({ rows: 0, columns: 3, values: new Float32Array(0) });
  });

  it.each([
    [{ shape: '(6,)', data: bytes(SIX) }, 'holds an array of 1 dimensions; expected a matrix, a row a point'],
    [{ shape: '(1, 2, 3)', data: bytes(SIX) }, 'holds an array of 3 dimensions'],
    [{ descr: '>f4', shape: '(2, 3)', data: bytes(SIX) }, 'holds >f4; expected little-endian float32'],
    [{ descr: '<i8', shape: '(1, 3)', data: bytes(SIX) }, 'holds <i8'],
    [{ shape: '(2, 4)', data: bytes(SIX) }, 'has 24 bytes of numbers, where [2, 4] needs 32'],
  ])('refuses %j', async (options, reason) => {
    const file = await saved(options);
    await expect(readNpy(file)).rejects.toThrow(`${file}: ${reason}`);
  });

  it('refuses what is no such file, or is cut off', async () => {
    await expect(readNpy(path.join(folder, 'none.npy'))).rejects.toThrow('no such file');
    const file = path.join(folder, 'other.npy');
    await writeFile(file, 'a,b\n1,2\n');
    await expect(readNpy(file)).rejects.toThrow('not a NumPy file (.npy)');
    await writeFile(file, Buffer.from('\x93NUMPY\x01\x00\xff\x00', 'latin1'));
    await expect(readNpy(file)).rejects.toThrow('cut off within its header');
  });
});
