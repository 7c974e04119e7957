// Small copies of pictures, to be carried within reports and messages.
import sharp, { type Sharp } from 'sharp';
import type { Config } from '../config.js';
import type { MediaStore } from './mediaStore.js';
import { withPicture } from './withPicture.js';

export interface SmallCopy {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
}

export interface CopiedPicture {
  readonly sha256: string;
  readonly sensitive: boolean;
}

export interface PictureSource {
  readonly media: Pick<MediaStore, 'read'>;
  readonly config: Pick<Config, 'media'>;
}

/** Longest side of a copy in a report (px). */
const SIDE = 320;
/** What is left of a sensitive picture's longer side, which no sharpening brings back. */
const LEFT_OF_SENSITIVE = 8;
const AT_ONCE = 4;

/** A copy of each picture by its hash, sensitive ones blurred; those whose file is gone or can't be read are left out. */
export async function smallCopies(
  source: PictureSource,
  pictures: readonly CopiedPicture[],
): Promise<ReadonlyMap<string, SmallCopy>> {
  const copies = new Map<string, SmallCopy>();
  const waiting = [...new Map(pictures.map((picture) => [picture.sha256, picture])).values()];
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { sha256 } = next;
      const copy = await smallCopy(source, next, SIDE).catch(() => null);
      if (copy !== null) copies.set(sha256, copy);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return copies;
}

/** What a copy shows, in words. */
export function altOf({ caption, sensitive }: { readonly caption: string; readonly sensitive: boolean }): string {
  return sensitive ? `Blurred, because it is marked as sensitive: ${caption}` : caption;
}

/** One copy, its longest side at most `side` pixels. Rejects where the file is gone or can't be read. */
export async function smallCopy(
  { media, config }: PictureSource,
  { sha256, sensitive }: CopiedPicture,
  side: number,
): Promise<SmallCopy> {
  const options = { limits: config.media, failOn: 'warning' } as const;
  return await withPicture(await media.read(sha256), (picture) => shrink(picture, { sensitive, side }), options);
}

async function shrink(
  picture: Sharp,
  { sensitive, side }: { readonly sensitive: boolean; readonly side: number },
): Promise<SmallCopy> {
  const inside = { fit: 'inside', withoutEnlargement: true } as const;
  let image = picture.flatten({ background: '#ffffff' }).resize(side, side, inside);
  if (sensitive) {
    const small = await image.png().toBuffer({ resolveWithObject: true });
    const few = await sharp(small.data).resize(LEFT_OF_SENSITIVE, LEFT_OF_SENSITIVE, inside).png().toBuffer();
    image = sharp(few).resize(small.info.width, small.info.height, { fit: 'fill', kernel: 'cubic' }).blur(6);
  }
  const { data, info } = await image
    .toColourspace('srgb')
    .jpeg({ quality: 74, mozjpeg: true })
    .toBuffer({ resolveWithObject: true });
  return { jpeg: data, width: info.width, height: info.height };
}
