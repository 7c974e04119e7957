// Draws the sample: posts.ndjson, a part of it as posts.csv, and the pictures. Everything is composed here, in code, from
// seeded random numbers: no third-party art, no fonts. Run by hand: `npm run sample` writes samples/ and the README's
// picture of it; `--out DIR` writes the sample elsewhere.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { pictures } from './drawSample/pictures.js';
import { posts } from './drawSample/posts.js';
import { seededRandom } from './drawSample/random.js';
import { scenes } from './drawSample/scenes/index.js';
import { svg } from './drawSample/svg.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const elsewhere = process.argv[2] === '--out' ? process.argv[3] : undefined;
const out = path.resolve(elsewhere ?? path.join(root, 'samples'));
await rm(path.join(out, 'images'), { recursive: true, force: true });
await mkdir(path.join(out, 'images'), { recursive: true });
for (const [name, picture] of Object.entries(pictures)) {
  await writeFile(path.join(out, 'images', name), await encode(name, picture));
}

const rows = posts((name) => pictures[name].alt);
await writeFile(path.join(out, 'posts.ndjson'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
// Alt texts are left out: a CSV cell names files only.
await writeFile(path.join(out, 'posts.csv'), csv(rows.slice(0, 24)));

if (elsewhere === undefined) {
  await mkdir(path.join(root, 'docs/images'), { recursive: true });
  await writeFile(path.join(root, 'docs/images/sample.png'), await contactSheet());
}

/** One frame of a scene as SVG. The seed is the picture's name, so frames differ in `phase` alone. */
function draw(name, { scene, width, height, options }, phase = 0) {
  const canvas = { random: seededRandom(name), width, height, unit: Math.sqrt(width * height) / 416 };
  return Buffer.from(svg(width, height, scenes[scene](canvas, { ...options, phase })));
}

async function encode(name, picture) {
  if (picture.frames) {
    const phases = Array.from({ length: picture.frames }, (_, i) => i / picture.frames);
    const frames = await Promise.all(
      phases.map((phase) =>
        sharp(draw(name, picture, phase))
          .png()
          .toBuffer(),
      ),
    );
    return sharp(frames, { join: { animated: true } })
      .gif({ loop: 0, delay: 120, colours: 64 })
      .toBuffer();
  }
  const image = sharp(draw(name, picture)).flatten({ background: '#ffffff' });
  if (picture.grey) return image.greyscale().toColourspace('b-w').png({ compressionLevel: 9 }).toBuffer();
  if (name.endsWith('.png')) return image.png({ palette: true, colours: 128, effort: 10 }).toBuffer();
  if (name.endsWith('.webp')) return image.webp({ quality: 78 }).toBuffer();
  // Orientation 6: to be turned by 90 degrees clockwise when shown. So it is stored turned the other way.
  if (picture.sideways) return image.rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 80 }).toBuffer();
  return image.jpeg({ quality: 78, mozjpeg: true }).toBuffer();
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
    ['fire-engine-night.jpg', 'flood-boat.jpg', 'march-start.jpg', 'final-kickoff.jpg'],
    ['beach-noon.jpg', 'jam-night.jpg', 'snow-snowman.jpg', 'stage-violet.jpg'],
    ['cat-sofa.jpg', 'cake-five.jpg', 'fire-dawn.jpg', 'flood-street.jpg'],
  ];
  const [width, height, gap] = [240, 165, 6];
  const tiles = shown.flatMap((names, row) =>
    names.map(async (name, column) => ({
      input: await sharp(path.join(out, 'images', name))
        .resize(width, height)
        .png()
        .toBuffer(),
      left: column * (width + gap),
      top: row * (height + gap),
    })),
  );
  const size = { width: 4 * (width + gap) - gap, height: 3 * (height + gap) - gap };
  return sharp({ create: { ...size, channels: 3, background: '#ffffff' } })
    .composite(await Promise.all(tiles))
    .png({ palette: true, effort: 10 })
    .toBuffer();
}
