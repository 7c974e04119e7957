// The shipped captioner with weights of fewer bits, on the sample's pictures. What it costs in CIDEr is measured: docs/decisions/0038.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AppError } from '../../src/errors.js';
import { type Captioner, openCaptioner } from '../../src/inference/captioner.js';
import type { CaptionResult } from '../../src/inference/inference.js';

const MODEL = 'models/blip2-scenes';
const SAMPLE = 'samples/images';
const KINDS = [undefined, 'int8', 'int4'] as const;

describe('a captioner with weights of fewer bits', () => {
  const captioners: Captioner[] = [];
  const captions: CaptionResult[][] = [];
  beforeAll(async () => {
    const pictures = (await readdir(SAMPLE)).sort().slice(0, 12);
    const requests = pictures.map((name) => ({ image: { path: path.join(SAMPLE, name) } }));
    for (const quantize of KINDS) {
      const captioner = await openCaptioner(MODEL, { device: 'cpu', threads: 1, quantize });
      captioners.push(captioner);
      captions.push((await captioner.captionBatch(requests)) as CaptionResult[]);
    }
  });
  afterAll(() => Promise.all(captioners.map((captioner) => captioner.dispose())));

  it('is another model, and says so with every caption', () => {
    const digests = captioners.map(({ info }) => info.digest);
    expect(new Set(digests).size).toBe(3);
    expect(captions.map((of) => new Set(of.map(({ modelDigest }) => modelDigest)))).toEqual(
      digests.map((digest) => new Set([digest])),
    );
    expect(captioners.map(({ info }) => info.dtype)).toEqual(['float16', 'float16+int8', 'float16+int4']);
  });

  it('says the same with 8 bits, and of the same things with 4', () => {
    const [float, int8, int4] = captions as [CaptionResult[], CaptionResult[], CaptionResult[]];
    const same = float.filter(({ caption }, i) => caption === int8[i]!.caption);
    expect(same.length).toBeGreaterThanOrEqual(10);
    const words = (text: string) => new Set(text.split(' ').filter((word) => word.length > 3));
    const shared = float.map(({ caption }, i) => {
      const [one, other] = [words(caption), words(int4[i]!.caption)];
      return [...one].filter((word) => other.has(word)).length / one.size;
    });
    expect(shared.reduce((a, b) => a + b) / shared.length).toBeGreaterThan(0.7);
  });

  it('refuses one picture and captions the others, as ever', async () => {
    const [bad, good] = await captioners[1]!.captionBatch([
      { image: { bytes: Buffer.from('no picture') } },
      { image: { path: path.join(SAMPLE, 'beach-noon.jpg') } },
    ]);
    expect((bad as AppError).code).toBe('BAD_IMAGE');
    expect((good as CaptionResult).caption).not.toBe('');
  });
});
