// A small copy of a stored picture, for pages that show many at once.
import type { ImageLimits } from './storeImage.js';
import { withPicture } from './withPicture.js';

/**
 * The first frame as WebP, upright, its longer edge at most `edge` pixels. Rejects where the bytes can't be decoded within the limits, which may be
 * narrower now than when the picture came.
 */
export async function thumbnail(
  bytes: Uint8Array,
  { edge, limits }: { readonly edge: number; readonly limits: ImageLimits },
): Promise<Buffer> {
  const inside = { fit: 'inside', withoutEnlargement: true } as const;
  return await withPicture(bytes, (picture) => picture.resize(edge, edge, inside).webp({ quality: 80 }).toBuffer(), {
    limits,
  });
}
