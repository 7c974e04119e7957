// Captioned pictures to train on or to measure with, wherever they come from.
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { AppError } from '../../errors.js';
import { readPreprocessor } from '../../inference/checkpoint/readPreprocessor.js';
import { createImageProcessor } from '../../inference/imageProcessor.js';
import type { ImageSource } from '../../inference/inference.js';
import { openTrainingModel } from '../modelDirectory.js';
import { drawScene } from '../scenes/drawScene.js';
import type { Domain, Facts, Split } from '../scenes/facts.js';
import { type Scene, sceneOf } from '../scenes/scene.js';
import type { SpriteSheet } from '../scenes/sprites.js';
import type { CaptionedImage } from './coco.js';
import { writePixels } from './pixels.js';

export interface CaptionData {
  /** What the pictures are, for caches and logs: the same name, the same pictures. */
  readonly name: string;
  readonly count: number;
  /** Id of picture i, as in annotation files. */
  idOf(i: number): string;
  references(i: number): readonly string[];
  /** Facts of a drawn scene. */
  facts?(i: number): Facts;
  /** Normalised pixels [3, size, size] of picture i, written at `offset`. */
  write(i: number, out: Float32Array, offset: number): Promise<void>;
  /** Picture i as captioners take it. */
  image(i: number): Promise<ImageSource>;
}

/** Drawn scenes 0..count-1 of a split, as `size` pixels. */
export function sceneData(
  sprites: SpriteSheet,
  options: { seed: number; split: Split; domain: Domain; count: number; size: number; first?: number },
): CaptionData {
  const { seed, split, domain, count, size, first = 0 } = options;
  const scenes = new Map<number, Scene>();
  const scene = (i: number) => {
    let found = scenes.get(i);
    if (found === undefined) {
      found = sceneOf(sprites, { seed, split, domain, index: first + i });
      scenes.set(i, found);
    }
    return found;
  };
  return {
    name: `scenes ${split} ${domain} ${seed} ${first}+${count} at ${size}`,
    count,
    idOf: (i) => scene(i).id,
    references: (i) => scene(i).references,
    facts: (i) => scene(i).facts,
    write: async (i, out, offset) => writePixels(drawScene(sprites, scene(i), size).pixels, out, offset),
    async image(i) {
      const { pixels } = drawScene(sprites, scene(i), size);
      // Without loss, and as fast as that goes: nobody keeps these bytes.
      const png = sharp(pixels, { raw: { width: size, height: size, channels: 3 } }).png({ compressionLevel: 1 });
      return { bytes: await png.toBuffer() };
    },
  };
}

/** Pictures of files with their captions, prepared as the model in `directory` takes them. */
export async function fileData(
  images: readonly CaptionedImage[],
  directory: string,
  name: string,
): Promise<CaptionData> {
  if (images.length === 0) throw new AppError('BAD_USER_INPUT', `${name}: no captioned picture is left`);
  const processor = createImageProcessor(await readPreprocessor(directory));
  const { image_size: size } = (await openTrainingModel(directory)).config.vision;
  if (processor.size.height !== size || processor.size.width !== size) {
    const { height, width } = processor.size;
    throw new AppError(
      'BAD_MODEL',
      `${directory}: pictures of ${height} x ${width} do not fit its vision tower's ${size}`,
    );
  }
  const hash = await contentHash(images);
  return {
    name: `${name} ${hash}`,
    count: images.length,
    idOf: (i) => String(images[i]!.id),
    references: (i) => images[i]!.captions,
    async write(i, out, offset) {
      out.set(await processor.prepare({ path: images[i]!.file }), offset);
    },
    image: async (i) => ({ path: images[i]!.file }),
  };
}

/** What the pictures and captions are, without reading the pictures: a changed file has another size or time. */
async function contentHash(images: readonly CaptionedImage[]): Promise<string> {
  const hash = createHash('sha256');
  for (let start = 0; start < images.length; start += STATS_AT_ONCE) {
    const some = images.slice(start, start + STATS_AT_ONCE);
    const stats = await Promise.all(some.map(({ file }) => stat(file).catch(() => undefined)));
    some.forEach(({ id, captions }, i) => {
      hash.update(JSON.stringify([id, captions, stats[i]?.size, stats[i]?.mtimeMs]));
    });
  }
  return hash.digest('hex').slice(0, 16);
}

const STATS_AT_ONCE = 64;
