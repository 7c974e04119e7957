// A small copy of a picture, for a message.
import { withPicture } from '../ingest/withPicture.js';

/** Longest side in pixels: sharp in a column of text on a dense screen, and some 20 kB. */
const SIDE = 480;

/** JPEG of the picture's first frame, upright, on white. Rejects where it can't be read. */
export async function thumbnail(bytes: Uint8Array): Promise<Uint8Array> {
  return await withPicture(bytes, (picture) =>
    picture
      .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .jpeg({ quality: 76, mozjpeg: true })
      .toBuffer(),
  );
}
