// Draws the sample: posts.ndjson, a part of it as posts.csv, and the pictures, which are scenes as the shipped captioner
// knows them (docs/scenes.md). Run by hand: `npm run sample` writes samples/ and the README's picture of it; `--out DIR`
// writes the sample elsewhere, `--sprites DIR` keeps the rasterised sprites there.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { openSprites } from '../dist/training/scenes/sprites.js';
import { drawPicture } from './drawSample/drawPicture.js';
import { ordinaryPosts } from './drawSample/ordinary.js';
import { pictures } from './drawSample/pictures.js';
import { posts } from './drawSample/posts.js';

const { out: elsewhere, sprites: cacheDir } = parseArgs({
  options: { out: { type: 'string' }, sprites: { type: 'string' } },
}).values;
const sprites = await openSprites({ cacheDir });
const root = fileURLToPath(new URL('..', import.meta.url));
const out = path.resolve(elsewhere ?? path.join(root, 'samples'));
await rm(path.join(out, 'images'), { recursive: true, force: true });
await mkdir(path.join(out, 'images'), { recursive: true });
for (const [name, picture] of Object.entries(pictures)) {
  await writeFile(path.join(out, 'images', name), await drawPicture(sprites, name, picture));
}

const altOf = (name) => pictures[name].alt;
const rows = posts(altOf);
await writeFile(
  path.join(out, 'posts.ndjson'),
  [...ordinaryPosts(altOf), ...rows].map((row) => `${JSON.stringify(row)}\n`).join(''),
);
// Alt texts are left out: a CSV cell names files only.
await writeFile(path.join(out, 'posts.csv'), csv(rows.slice(0, 24)));

if (elsewhere === undefined) {
  await mkdir(path.join(root, 'docs/images'), { recursive: true });
  await writeFile(path.join(root, 'docs/images/sample.png'), await contactSheet());
}

function csv(table) {
  const columns = [
    'source',
    'id',
    'author',
    'text',
    'language',
    'postedAt',
    'url',
    'likes',
    'reposts',
    'replies',
    'images',
  ];
  const cell = (value) => {
    const text = Array.isArray(value) ? value.map((image) => image.file).join(', ') : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...table.map((row) => columns.map((column) => row[column]))]
    .map((row) => `${row.map(cell).join(',')}\n`)
    .join('');
}

/** A dozen of the pictures on one sheet. */
async function contactSheet() {
  const shown = [
    [
      'fire-neighbours.jpg',
      'flood-boat.jpg',
      'march-crowd.jpg',
      'final-goal.jpg',
      'stage-guitars.jpg',
      'snow-boys.jpg',
    ],
    ['crash-medics.jpg', 'cat-tree.jpg', 'fire-dawn.jpg', 'cake-five.jpg', 'final-fireworks.jpg', 'flood-cat.jpg'],
  ];
  const [side, gap] = [160, 4];
  const tiles = shown.flatMap((names, row) =>
    names.map(async (name, column) => ({
      input: await sharp(path.join(out, 'images', name))
        .resize(side, side)
        .png()
        .toBuffer(),
      left: column * (side + gap),
      top: row * (side + gap),
    })),
  );
  const size = { width: 6 * (side + gap) - gap, height: 2 * (side + gap) - gap };
  return sharp({ create: { ...size, channels: 3, background: '#ffffff' } })
    .composite(await Promise.all(tiles))
    .png({ palette: true, effort: 10 })
    .toBuffer();
}
