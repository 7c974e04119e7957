// Small copies of pictures, to be carried within a report.
import sharp, { type Sharp } from 'sharp';
import type { MediaStore } from '../ingest/mediaStore.js';
import { withPicture } from '../ingest/withPicture.js';

export interface SmallCopy {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
}

export interface CopiedPicture {
  readonly sha256: string;
  readonly sensitive: boolean;
}

/** Longest side of a copy; and of what is left of a sensitive picture, which no sharpening brings back. */
const [SIDE, LEFT_OF_SENSITIVE] = [320, 8];
const AT_ONCE = 4;

/** A copy of each picture by its hash; those whose file is gone or can't be read are left out. */
export async function smallCopies(
  media: Pick<MediaStore, 'read'>,
  pictures: readonly CopiedPicture[],
): Promise<ReadonlyMap<string, SmallCopy>> {
  const copies = new Map<string, SmallCopy>();
  const waiting = [...new Map(pictures.map((picture) => [picture.sha256, picture])).values()];
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const copy = await copyOf(media, next).catch(() => null);
      if (copy !== null) copies.set(next.sha256, copy);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return copies;
}

async function copyOf(media: Pick<MediaStore, 'read'>, { sha256, sensitive }: CopiedPicture): Promise<SmallCopy> {
  return await withPicture(await media.read(sha256), (picture) => shrink(picture, sensitive), { failOn: 'warning' });
}

async function shrink(picture: Sharp, sensitive: boolean): Promise<SmallCopy> {
  const inside = { fit: 'inside', withoutEnlargement: true } as const;
  let image = picture.flatten({ background: '#ffffff' }).resize(SIDE, SIDE, inside);
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
