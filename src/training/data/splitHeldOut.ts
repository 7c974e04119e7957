import { hash32 } from '../scenes/random.js';
import type { CaptionedImage } from './coco.js';

/**
 * Keeps `count` pictures (at most a third) from training: those named as val or test where the file has splits, and otherwise
 * chosen by their ids, so that the same file is always cut the same way.
 */
export function splitHeldOut(
  images: readonly CaptionedImage[],
  count: number,
): { train: CaptionedImage[]; held: CaptionedImage[] } {
  const named = images.filter(({ split }) => split === 'val' || split === 'test');
  const rest = images.filter((image) => !named.includes(image));
  if (named.length > 0) return { train: rest, held: named.slice(0, count) };
  const wanted = Math.min(count, Math.floor(images.length / 3));
  const ranked = [...images].sort((a, b) => hash32(String(a.id)) - hash32(String(b.id)));
  const held = new Set(ranked.slice(0, wanted));
  return { train: images.filter((image) => !held.has(image)), held: [...held] };
}
