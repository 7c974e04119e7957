// Where hotspots' titles stand: beside their places, the larger hotspots first, none over another.
import { type Place, type Size, toScreen, type View } from './view.js';

export interface Label extends Place {
  readonly title: string;
  readonly pictures: number;
  /** Of the hotspot on the map, from 1. */
  readonly place: number;
}

const LETTER = 6.4;
const HEIGHT = 20;
const WIDEST = 220;

/** The labels in view with their places on the screen. */
export function placeLabels(labels: readonly Label[], view: View, size: Size): (Label & { readonly at: Place })[] {
  const taken: { x: number; y: number; width: number }[] = [];
  return [...labels]
    .sort((a, b) => b.pictures - a.pictures)
    .flatMap((label) => {
      const at = toScreen(label, view, size);
      const width = Math.min(WIDEST, 22 + LETTER * label.title.length);
      const x = Math.max(width / 2, Math.min(size.width - width / 2, at.x));
      const y = at.y - 20;
      if (at.x < 0 || at.x > size.width || y < HEIGHT || at.y > size.height) return [];
      const free = taken.every(
        (other) => Math.abs(other.x - x) > (other.width + width) / 2 || Math.abs(other.y - y) > HEIGHT,
      );
      if (!free) return [];
      taken.push({ x, y, width });
      return [{ ...label, at: { x, y } }];
    });
}
