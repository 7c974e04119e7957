// A simulation as files: posts.ndjson, truth.json, and images/ where they are asked for.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, whyUnreadable } from '../errors.js';
import type { SpriteSheet } from '../training/scenes/sprites.js';
import { drawPost } from './drawPost.js';
import type { SimulatedPost, Simulation } from './simulate.js';

/** Where the posts say they are from. */
export const SOURCE = 'simulation';

export interface WriteSimulation {
  /** Made if missing; must be empty. */
  readonly out: string;
  /** Draws the pictures, this many pixels wide. */
  readonly images?: { readonly sprites: SpriteSheet; readonly size: number };
  readonly onPicture?: (done: number) => void;
}

/** Pictures encoded at once. */
const AT_ONCE = 16;

/**
 * Writes posts.ndjson, which `hotlens detect` and, with pictures, `hotlens ingest` read, and truth.json, which `hotlens eval hotspots` reads.
 * Throws AppError CONFIG where the folder is not empty or can't be written.
 */
export async function writeSimulation(
  { posts, pictures, truth }: Simulation,
  { out, images, onPicture }: WriteSimulation,
): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    if ((await readdir(out)).length > 0) throw new AppError('CONFIG', `${out}: is not empty; give a new folder`);
    const rows = posts.map((post) => `${JSON.stringify(rowOf(post, images !== undefined))}\n`);
    await writeFile(path.join(out, 'posts.ndjson'), rows.join(''));
    await writeFile(path.join(out, 'truth.json'), `${JSON.stringify(truth)}\n`);
    if (images === undefined) return;
    await mkdir(path.join(out, 'images'));
    const all = [...pictures];
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const batch = all.slice(from, from + AT_ONCE).map(async ([key, facts]) => {
        await writeFile(path.join(out, fileOf(key)), await drawPost(images.sprites, key, facts, images.size));
      });
      await Promise.all(batch);
      onPicture?.(from + batch.length);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('CONFIG', `${out}: cannot be written: ${whyUnreadable(cause)}`, { cause });
  }
}

function fileOf(key: string): string {
  return `images/${key}.jpg`;
}

function rowOf({ id, createdAt, receivedAt, author, text, caption, imageKey }: SimulatedPost, drawn: boolean) {
  return {
    source: SOURCE,
    id,
    createdAt: new Date(createdAt).toISOString(),
    ...(receivedAt !== createdAt && { receivedAt: new Date(receivedAt).toISOString() }),
    author,
    text,
    language: 'en',
    caption,
    imageKey,
    ...(drawn && { images: imageKey === null ? [] : [{ file: fileOf(imageKey) }] }),
  };
}
