import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readReferences, readResults } from '../../src/evaluation/cocoCaptions.js';
import { references, results } from './captionFixture.js';

let file: string;
beforeAll(async () => {
  file = path.join(await mkdtemp(path.join(tmpdir(), 'hotlens-coco-')), 'captions.json');
});
afterAll(() => rm(path.dirname(file), { recursive: true }));

const entry = (image_id: unknown, caption: unknown) => ({ image_id, caption });

describe('readReferences and readResults', () => {
  it("read COCO's files", () => {
    expect([references.size, results.size]).toEqual([60, 60]);
    expect([...references.values()].flat()).toHaveLength(283);
    expect(results.get('1035')).toBe('');
  });

  it('take names as well as numbers, and a byte order mark', async () => {
    await writeFile(file, `\uFEFF${JSON.stringify([entry('a.jpg', 'x'), entry(7, 'y')])}`);
    expect([...readResults(file)]).toEqual([
      ['a.jpg', 'x'],
      ['7', 'y'],
    ]);
  });

  it.each([
    ['{', 'is not JSON'],
    [JSON.stringify({ a: 1 }), 'expected the file to be a list of { image_id, caption }, got an object'],
    [JSON.stringify([]), 'has no captions'],
    [JSON.stringify([entry(1, 'x'), 'y']), 'entry 1: expected { image_id, caption }, got text'],
    [JSON.stringify([entry(1, 'x'), entry(2, 3)]), 'entry 1: expected caption to be text, got 3'],
    [JSON.stringify([{ image_id: 2 }]), 'entry 0: expected caption to be text, got nothing'],
    [JSON.stringify([entry(1.5, 'x')]), 'entry 0: expected image_id to be a whole number or a name, got 1.5'],
    [JSON.stringify([entry(null, 'x')]), 'entry 0: expected image_id to be a whole number or a name, got null'],
    [
      JSON.stringify([entry(4, 'x'), entry(1, 'x'), entry('4', 'y')]),
      'entry 2: a second caption of image 4 (the first is entry 0)',
    ],
  ])('say what is wrong with results, and where: %s', async (text, message) => {
    await writeFile(file, text);
    expect(() => readResults(file)).toThrow(message);
    expect(() => readResults(file)).toThrow(file);
  });

  it.each([
    ['[]', 'expected an object with annotations, got a list'],
    ['{}', 'expected annotations to be a list of { image_id, caption }, got nothing'],
    ['{"annotations": []}', 'has no annotations'],
    [JSON.stringify({ annotations: [entry(1, ['x'])] }), 'entry 0: expected caption to be text, got a list'],
  ])('say what is wrong with references, and where: %s', async (text, message) => {
    await writeFile(file, text);
    expect(() => readReferences(file)).toThrow(message);
    expect(() => readReferences(file)).toThrow(file);
  });

  it('say that a file is missing', () => {
    expect(() => readResults('/nowhere/x.json')).toThrow('/nowhere/x.json cannot be read: no such file');
  });
});
