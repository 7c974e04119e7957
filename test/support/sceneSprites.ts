// The sprites of the scenes, rasterised once for all tests of this machine.
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSprites, type SpriteSheet } from '../../src/training/scenes/sprites.js';
import { allowSvg } from './allowSvg.js';

/** Where tests keep rasterised sprites: making them takes seconds. */
export const SPRITE_CACHE = path.join(tmpdir(), 'hotlens-test-sprites');

export function testSprites(): Promise<SpriteSheet> {
  allowSvg();
  return openSprites({ cacheDir: SPRITE_CACHE });
}
