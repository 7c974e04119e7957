// Scenes as files: pictures, captions in COCO's format, facts.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { AppError, whyUnreadable } from '../../errors.js';
import { ATTRIBUTIONS, attributionLine } from './attribution.js';
import { drawScene } from './drawScene.js';
import type { Domain, Facts, Split } from './facts.js';
import { type Scene, sceneOf } from './scene.js';
import type { SpriteSheet } from './sprites.js';

export interface WriteOptions {
  readonly split: Split;
  readonly domain: Domain;
  readonly seed: number;
  readonly count: number;
  /** Pixels wide and high. */
  readonly size: number;
  readonly format: 'png' | 'jpg';
  /** Made if missing; must be empty, so that pictures of two runs cannot mix. */
  readonly out: string;
  readonly onProgress?: (done: number) => void;
}

/** Pictures being encoded at once: enough to keep sharp's threads busy, little memory. */
const AT_ONCE = 32;

/**
 * Writes `annotations.json` (COCO captions), `facts.json` (facts by image id) and `images/` below `out`.
 * Throws AppError CONFIG where the folder is not empty or cannot be written.
 */
export async function writeScenes(sprites: SpriteSheet, options: WriteOptions): Promise<void> {
  const { count, out, onProgress } = options;
  await prepare(out);
  const images: object[] = [];
  const annotations: object[] = [];
  const facts: Record<number, Facts> = {};
  for (let start = 0; start < count; start += AT_ONCE) {
    const indices = Array.from({ length: Math.min(AT_ONCE, count - start) }, (_, i) => start + i);
    const batch = await Promise.all(indices.map((index) => writePicture(sprites, index, options)));
    for (const { id, file, scene } of batch) {
      images.push({ id, file_name: file, width: options.size, height: options.size, scene: scene.id });
      for (const caption of scene.references) annotations.push({ id: annotations.length + 1, image_id: id, caption });
      facts[id] = scene.facts;
    }
    onProgress?.(start + batch.length);
  }
  const licenses = Object.values(ATTRIBUTIONS).map(({ title, license, url }, i) => ({
    id: i + 1,
    name: `${title}: ${license}`,
    url,
  }));
  const coco = { info: infoOf(options), licenses, images, annotations };
  await write(path.join(out, 'annotations.json'), JSON.stringify(coco));
  await write(path.join(out, 'facts.json'), JSON.stringify(facts));
}

function infoOf({ split, domain, seed, count }: WriteOptions) {
  const description = `Hotlens scenes: ${count} of split ${split}, domain ${domain}, seed ${seed}`;
  return { description, version: '1', split, domain, seed, attribution: attributionLine() };
}

async function writePicture(
  sprites: SpriteSheet,
  index: number,
  { split, domain, seed, size, format, out }: WriteOptions,
): Promise<{ id: number; file: string; scene: Scene }> {
  const scene = sceneOf(sprites, { split, domain, seed, index });
  const { pixels } = drawScene(sprites, scene, size);
  const picture = sharp(pixels, { raw: { width: size, height: size, channels: 3 } });
  const bytes = await (format === 'png' ? picture.png() : picture.jpeg({ quality: 92 })).toBuffer();
  const id = index + 1;
  const file = `${String(id).padStart(6, '0')}.${format}`;
  await write(path.join(out, 'images', file), bytes);
  return { id, file, scene };
}

async function prepare(out: string): Promise<void> {
  try {
    await mkdir(path.join(out), { recursive: true });
    if ((await readdir(out)).length > 0) throw new AppError('CONFIG', `${out}: is not empty; give a new folder`);
    await mkdir(path.join(out, 'images'));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('CONFIG', `${out}: cannot be written: ${whyUnreadable(error)}`, { cause: error });
  }
}

async function write(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content).catch((error: unknown) => {
    throw new AppError('CONFIG', `${file}: cannot be written: ${whyUnreadable(error)}`, { cause: error });
  });
}
