// Maps of attention as pictures to lay over the picture they are about.
import sharp from 'sharp';

/** From low to high: amber, crimson. */
const LOW = [255, 190, 40] as const;
const HIGH = [190, 10, 40] as const;
/** How much the highest value covers, of 255: what is under it stays recognisable. */
const DENSEST = 215;

/**
 * A side x side map as a PNG data URI, `size` pixels wide and high: clear at the map's lowest value, red at its highest. A map
 * with nothing but one value is half way. `smooth` blends between cells, else they have edges.
 */
export async function heat(
  map: ArrayLike<number>,
  side: number,
  { size, smooth }: { readonly size: number; readonly smooth: boolean },
): Promise<string> {
  const values = Array.from(map);
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const bytes = Uint8Array.from(values, (value) => 255 * (span > 0 ? (value - low) / span : 0.5));
  const { data, info } = await sharp(bytes, { raw: { width: side, height: side, channels: 1 } })
    .resize(size, size, { kernel: smooth ? 'cubic' : 'nearest' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const coloured = new Uint8Array(4 * size * size);
  for (let i = 0; i < size * size; i += 1) {
    const value = data[i * info.channels]! / 255;
    for (const c of [0, 1, 2] as const) coloured[4 * i + c] = LOW[c] + value * (HIGH[c] - LOW[c]);
    // Below 1: middling values are to be seen beside one that towers.
    coloured[4 * i + 3] = DENSEST * value ** 0.75;
  }
  const png = await sharp(coloured, { raw: { width: size, height: size, channels: 4 } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
