// A small copy of a picture, as lists show many: nobody waits for the megabytes of a photograph to see it in the size of a stamp.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Config } from '../config.js';
import { checkScans, decodeSeconds, inDecodeTime } from '../decodeTime.js';

/** Pixels of the shorter side of a copy that may be asked for. */
export const SIDES: readonly number[] = [160, 320];

export interface ShrinkOptions {
  readonly side: number;
  readonly limits: Pick<Config['media'], 'maxPixels' | 'decodeMs'>;
}

/** The picture in `file`, upright, its shorter side at most `side` pixels long, as WebP. Rejects where it can't be decoded within the limits. */
export async function shrinkPicture(
  file: string,
  { side, limits: { maxPixels, decodeMs } }: ShrinkOptions,
): Promise<Buffer> {
  const bytes = await readFile(file);
  checkScans(bytes);
  const copy = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
    .timeout(decodeSeconds(decodeMs))
    .autoOrient()
    .resize({ width: side, height: side, fit: 'outside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
  return await inDecodeTime(copy, decodeMs);
}
