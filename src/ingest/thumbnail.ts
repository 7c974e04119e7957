// A small copy of a stored picture, for pages that show many at once.
import sharp from 'sharp';
import { checkScans, decodeSeconds, inDecodeTime } from '../decodeTime.js';
import type { ImageLimits } from './storeImage.js';

/**
 * The first frame as WebP, upright, its longer edge at most `edge` pixels. Rejects where the bytes can't be decoded within the limits, which may be
 * narrower now than when the picture came.
 */
export async function thumbnail(
  bytes: Uint8Array,
  { edge, limits: { maxPixels, decodeMs } }: { readonly edge: number; readonly limits: ImageLimits },
): Promise<Buffer> {
  checkScans(bytes);
  const small = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
    .timeout(decodeSeconds(decodeMs))
    .autoOrient()
    .resize(edge, edge, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
  return await inDecodeTime(small, decodeMs);
}
