// A few drawn scenes as an analyst's own data: COCO captions and pictures in a folder.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeScenes } from '../../src/training/scenes/writeScenes.js';
import { testSprites } from './sceneSprites.js';

export interface Annotations {
  images: { id: number | string; file_name: string; split?: string }[];
  annotations: { id: number; image_id: number | string; caption: string }[];
}

/** Writes `count` scenes of 56 pixels into a new folder; its annotations, to be changed and written again. */
export async function tinyPictures(
  out: string,
  count: number,
): Promise<{ annotations: string; images: string; content: Annotations }> {
  await writeScenes(await testSprites(), {
    ...{ out, count, split: 'train', domain: 'calm', seed: 8, size: 56, format: 'png' },
  });
  const annotations = path.join(out, 'annotations.json');
  const content = JSON.parse(await readFile(annotations, 'utf8')) as Annotations;
  return { annotations, images: path.join(out, 'images'), content };
}
