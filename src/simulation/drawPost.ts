// The picture of a simulated post, drawn when it is asked for.
import sharp from 'sharp';
import { drawScene } from '../training/scenes/drawScene.js';
import type { Facts } from '../training/scenes/facts.js';
import { sceneWith } from '../training/scenes/scene.js';
import type { SpriteSheet } from '../training/scenes/sprites.js';

/** A JPEG, `size` pixels wide and high; the same key and facts, the same bytes. */
export async function drawPost(sprites: SpriteSheet, key: string, facts: Facts, size: number): Promise<Buffer> {
  const { pixels } = drawScene(sprites, sceneWith(sprites, { facts, id: key }), size);
  return sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}
