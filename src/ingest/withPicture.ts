// A stored picture decoded for another time, within limits: it was let in once, but perhaps by wider ones.
import sharp, { type FailOnOptions, type Sharp } from 'sharp';
import { checkScans, decodeSeconds, inDecodeTime } from '../decodeTime.js';
import type { ImageLimits } from './storeImage.js';

export interface DecodeOptions {
  readonly limits: Pick<ImageLimits, 'maxPixels' | 'decodeMs'>;
  /** What of the bytes is too broken. Default: errors. */
  readonly failOn?: FailOnOptions;
}

/** What `make` makes of the first frame, upright. Rejects where the bytes can't be decoded within the limits. */
export async function withPicture<T>(
  bytes: Uint8Array,
  make: (picture: Sharp) => Promise<T>,
  { limits: { maxPixels, decodeMs }, failOn = 'error' }: DecodeOptions,
): Promise<T> {
  checkScans(bytes);
  const picture = sharp(bytes, { limitInputPixels: maxPixels, failOn }).timeout(decodeSeconds(decodeMs)).autoOrient();
  return await inDecodeTime(make(picture), decodeMs);
}
