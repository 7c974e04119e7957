// Maps of attention as pictures to lay over the picture they are about.
import sharp from 'sharp';

/** Darkness where a map is lowest, 0..255: what is under it stays recognisable. */
const DARKEST = 215;

/**
 * A side x side map as a PNG data URI, `size` pixels wide and high: black, and the more transparent the higher the value, from the
 * map's lowest to its highest. `smooth` blends between cells, else they have edges.
 */
export async function shade(
  map: ArrayLike<number>,
  side: number,
  { size, smooth }: { readonly size: number; readonly smooth: boolean },
): Promise<string> {
  const values = Array.from(map);
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const alpha = Uint8Array.from(values, (value) => DARKEST * (span > 0 ? 1 - (value - low) / span : 0));
  const { data, info } = await sharp(alpha, { raw: { width: side, height: side, channels: 1 } })
    .resize(size, size, { kernel: smooth ? 'cubic' : 'nearest' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const black = new Uint8Array(4 * size * size);
  for (let i = 0; i < size * size; i += 1) black[4 * i + 3] = data[i * info.channels]!;
  const png = await sharp(black, { raw: { width: size, height: size, channels: 4 } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
