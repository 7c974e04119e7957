import sharp, { type Sharp } from 'sharp';
import type { RgbImage } from '../inference/resample.js';

/** A picture as a figure shows it: as it is, and pale and grey, for colours to be laid over it. Both as data URIs. */
export interface FigurePicture {
  readonly uri: string;
  readonly pale: string;
  readonly width: number;
  readonly height: number;
}

/** Longest side in a figure. */
const SIDE = 500;

export async function figurePicture({ data, width, height }: RgbImage): Promise<FigurePicture> {
  const resized = sharp(data, { raw: { width, height, channels: 3 } }).resize(SIDE, SIDE, {
    fit: 'inside',
    withoutEnlargement: true,
  });
  const uri = async (picture: Sharp) => `data:image/png;base64,${(await picture.png().toBuffer()).toString('base64')}`;
  // Stretched first, since pictures of the night have no greys to spare; a pipeline of its own, or sharp would stretch last.
  const grey = await resized.clone().greyscale().normalise({ lower: 1, upper: 99 }).png().toBuffer();
  const pale = sharp(grey).linear(0.5, 125);
  return { uri: await uri(resized), pale: await uri(pale), width, height };
}
