// Vectors of drawn scenes and their first captions, for bench/peers/retrieval.py to compare with:
// `npm run build && node bench/embed.js DIRECTORY OUT.json [COUNT]`.
import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { openEmbedder } from '../dist/inference/embedding/embedder.js';
import { loadTokenizer } from '../dist/inference/tokenizer.js';
import { drawScene } from '../dist/training/scenes/drawScene.js';
import { sceneOf } from '../dist/training/scenes/scene.js';
import { openSprites } from '../dist/training/scenes/sprites.js';

const [directory, out, count = '32'] = process.argv.slice(2);
/** Larger than what the models here take, so that pictures are resized on the way. */
const SIZE = 192;
const sprites = await openSprites();
const embedder = await openEmbedder(directory, { device: 'cpu', threads: 1 });
const tokenizer = await loadTokenizer(directory);
const rows = [];
for (let index = 0; index < Number(count); index += 1) {
  const scene = sceneOf(sprites, { seed: 1, split: 'iid', domain: 'all', index });
  const { pixels } = drawScene(sprites, scene, SIZE);
  const png = await sharp(pixels, { raw: { width: SIZE, height: SIZE, channels: 3 } })
    .png()
    .toBuffer();
  // Words that no caption has, among others, fall to letters.
  const text = index % 4 === 3 ? `${scene.references[0]}, Überraschung #${index}!` : scene.references[0];
  const [{ vector: textVector }] = await embedder.embedTexts([text]);
  const { vector: pictureVector } = await embedder.embedImage({ bytes: png });
  rows.push({
    text,
    ids: tokenizer.encode(text, { maxTokens: 64 }),
    png: png.toString('base64'),
    text_vector: [...textVector],
    picture_vector: [...pictureVector],
  });
}
await embedder.dispose();
writeFileSync(out, JSON.stringify({ rows }));
