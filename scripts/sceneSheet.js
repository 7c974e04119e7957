// Draws docs/images/scenes.png: scenes of the domains, and of the held-out art. Run by hand: npm run build && node scripts/sceneSheet.js
import sharp from 'sharp';
import { drawScene } from '../dist/training/scenes/drawScene.js';
import { sceneOf } from '../dist/training/scenes/scene.js';
import { openSprites } from '../dist/training/scenes/sprites.js';

const COLUMNS = 8;
const SIZE = 112;
const GAP = 2;
const ROWS = [
  { split: 'iid', domain: 'calm' },
  { split: 'iid', domain: 'events' },
  { split: 'complex', domain: 'events' },
  { split: 'compositional', domain: 'all' },
  { split: 'style', domain: 'all' },
];

const sprites = await openSprites();
const tiles = ROWS.flatMap((row, y) =>
  Array.from({ length: COLUMNS }, (_, x) => {
    const { pixels } = drawScene(sprites, sceneOf(sprites, { ...row, seed: 2, index: x }), SIZE);
    const raw = { width: SIZE, height: SIZE, channels: 3 };
    return { input: Buffer.from(pixels), raw, left: x * (SIZE + GAP), top: y * (SIZE + GAP) };
  }),
);
const side = (count) => count * (SIZE + GAP) - GAP;
await sharp({
  create: { width: side(COLUMNS), height: side(ROWS.length), channels: 3, background: '#ffffff' },
})
  .composite(tiles)
  .png({ palette: true, colours: 256, dither: 0, compressionLevel: 9 })
  .toFile('docs/images/scenes.png');
