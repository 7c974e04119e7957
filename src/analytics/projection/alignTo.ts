// Turns, mirrors and shifts a map so that it lies as nearly as can be on an earlier one (Procrustes, in closed form for the plane).

/** Changes `places`; `before` has NaN where a point was not there. The size stays as it is. */
export function alignTo(places: Float32Array, before: Float32Array): void {
  const shared: number[] = [];
  for (let i = 0; i < places.length; i += 2) if (!Number.isNaN(before[i]!)) shared.push(i);
  if (shared.length === 0) return;
  const middle = (of: Float32Array, axis: number) => shared.reduce((sum, i) => sum + of[i + axis]!, 0) / shared.length;
  const [ownX, ownY, thereX, thereY] = [middle(places, 0), middle(places, 1), middle(before, 0), middle(before, 1)];
  // As complex numbers: the sums of (before * conj(place)) as it is, and of its mirror image.
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  for (const i of shared) {
    const [x, y] = [places[i]! - ownX, places[i + 1]! - ownY];
    const [u, v] = [before[i]! - thereX, before[i + 1]! - thereY];
    sums[0] += u * x + v * y;
    sums[1] += v * x - u * y;
    sums[2] += u * x - v * y;
    sums[3] += v * x + u * y;
  }
  const mirrored = Math.hypot(sums[2], sums[3]) > Math.hypot(sums[0], sums[1]);
  const [real, imaginary] = mirrored ? [sums[2], sums[3]] : [sums[0], sums[1]];
  const length = Math.hypot(real, imaginary);
  const [cos, sin] = length === 0 ? [1, 0] : [real / length, imaginary / length];
  for (let i = 0; i < places.length; i += 2) {
    const x = places[i]! - ownX;
    const y = (mirrored ? -1 : 1) * (places[i + 1]! - ownY);
    places[i] = thereX + cos * x - sin * y;
    places[i + 1] = thereY + sin * x + cos * y;
  }
}
