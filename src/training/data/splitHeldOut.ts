import { hash32 } from '../scenes/random.js';
import type { CaptionedImage } from './coco.js';

/**
 * Keeps `count` pictures (at most a third) from training: those named as val (or as test, if none is) where the file has splits, and
 * otherwise chosen by their ids, so that the same file is always cut the same way. What is named val or test is never trained on.
 */
export function splitHeldOut(
  images: readonly CaptionedImage[],
  count: number,
): { train: CaptionedImage[]; held: CaptionedImage[] } {
  const [val, test] = ['val', 'test'].map((name) => images.filter(({ split }) => split === name)) as [
    CaptionedImage[],
    CaptionedImage[],
  ];
  if (val.length + test.length > 0) {
    // Val before test: scores on what is held out choose the best parameters, and the test pictures are to say how good those are.
    return {
      train: images.filter(({ split }) => split !== 'val' && split !== 'test'),
      held: (val.length > 0 ? val : test).slice(0, count),
    };
  }
  const wanted = Math.min(count, Math.floor(images.length / 3));
  const ranked = [...images].sort((a, b) => hash32(String(a.id)) - hash32(String(b.id)));
  const held = new Set(ranked.slice(0, wanted));
  return { train: images.filter((image) => !held.has(image)), held: [...held] };
}
