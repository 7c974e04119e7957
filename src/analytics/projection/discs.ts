// Pictures with one and the same caption have one and the same vector: they stand round its place as a disc, which is as large as they are many.

/** As in a sunflower: each turn leaves the widest gap to all before it (Vogel, 1979). */
const TURN = Math.PI * (3 - Math.sqrt(5));

/** Where the picture that came as the `ordinal`-th (from 0) stands, from the disc's middle; `step` is the disc's grain. */
export function onDisc(ordinal: number, step: number): { readonly x: number; readonly y: number } {
  const radius = step * Math.sqrt(ordinal);
  return { x: radius * Math.cos(ordinal * TURN), y: radius * Math.sin(ordinal * TURN) };
}

/** Share of the map that discs may cover in all. */
const COVERED = 0.25;

/** The grain at which the discs of so many pictures have room on a map. */
export function grainOf(places: Float32Array, pictures: number): number {
  if (places.length < 4) return 0.05;
  // Without the outermost: a lone point far off is not room for the others.
  const side = (axis: number) => {
    const sorted = Float32Array.from({ length: places.length / 2 }, (_, i) => places[2 * i + axis]!).sort();
    return sorted[Math.floor(0.98 * (sorted.length - 1))]! - sorted[Math.floor(0.02 * (sorted.length - 1))]!;
  };
  const area = Math.max(1, side(0) * side(1));
  return Math.sqrt((COVERED * area) / (Math.PI * Math.max(1, pictures)));
}
