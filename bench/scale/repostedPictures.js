// Pictures as files, and posts that show them: most of them a picture that an earlier post has shown.
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { drawScene } from '../../dist/training/scenes/drawScene.js';
import { sceneOf } from '../../dist/training/scenes/scene.js';
import { openSprites } from '../../dist/training/scenes/sprites.js';

/** Pixels of a side, as social networks hand pictures out; some 50 kB as JPEG. */
const SIDE = 720;

/** Draws `count` scenes into `folder`, as 0.jpg, 1.jpg and so on. */
export async function drawPictures(folder, count) {
  mkdirSync(folder, { recursive: true });
  const sprites = await openSprites();
  for (let index = 0; index < count; index += 1) {
    const { pixels, size } = drawScene(sprites, sceneOf(sprites, { seed: 3, split: 'iid', domain: 'all', index }), 192);
    const small = sharp(pixels, { raw: { width: size, height: size, channels: 3 } });
    await small
      .resize(SIDE, SIDE)
      .jpeg({ quality: 85 })
      .toFile(path.join(folder, `${index}.jpg`));
  }
}

/** The picture of post `i` of `posts`, of `pictures`: each comes new once, at even distances, and a repost prefers what is new. */
function pictureOf(i, { posts, pictures }) {
  const newest = Math.floor((i * pictures) / posts);
  if (i === 0 || newest > Math.floor(((i - 1) * pictures) / posts)) return newest;
  // Weyl's sequence: spread evenly, the same each time.
  const share = (i * 0.618033988749895) % 1;
  return newest - Math.floor((newest + 1) * share ** 3);
}

/** Words that follow a common one less and less often, as in a language (Zipf): those of a million posts are not the same thirty. */
const WORDS = Array.from({ length: 20_000 }, (_, i) => (i * 2654435761 + 7).toString(36));

/** A post as a social network's API gives it: some 240 characters of text, counts, and a picture by its file's name. */
function postLine(i, picture) {
  const words = Array.from({ length: 36 }, (_, k) => {
    const share = ((i * 36 + k) * 0.754877666246693) % 1;
    return WORDS[Math.floor(WORDS.length ** share) - 1];
  });
  const post = {
    id: `3l${i.toString(36).padStart(11, '0')}`,
    author: `user${i % 9973}.example`,
    text: words.join(' ').slice(0, 240),
    lang: 'en',
    createdAt: new Date(1777600000000 + i * 1500).toISOString(),
    url: `https://social.example/post/${i}`,
    like_count: i % 50,
    repost_count: i % 7,
    reply_count: i % 3,
    images: [{ file: `${picture}.jpg`, alt: 'a street at night' }],
  };
  return `${JSON.stringify(post)}\n`;
}

/** Writes `posts` lines of NDJSON into `folder`, each of a post that shows one of `pictures`; the file's path. */
export async function writePosts(folder, { posts, pictures }) {
  const file = path.join(folder, 'posts.ndjson');
  const lines = Readable.from(
    (function* () {
      for (let i = 0; i < posts; i += 1) yield postLine(i, pictureOf(i, { posts, pictures }));
    })(),
  );
  await pipeline(lines, createWriteStream(file));
  return file;
}
