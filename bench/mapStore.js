// The map in the database: a first layout of all, a batch of later pictures, what is read and sent for the page, and a part of it as a filter:
// `npm run build && node bench/mapStore.js [PICTURES]` (default 100000) on the embedded database, in memory. Their vectors (64 numbers) are made up, nine of ten captions once.
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { mapArea } from '../dist/db/map/mapArea.js';
import { readMap } from '../dist/db/map/readMap.js';
import { waitingPictures } from '../dist/db/map/waitingPictures.js';
import { openDatabase } from '../dist/db/openDatabase.js';
import { postsCount } from '../dist/db/postsPage.js';
import { createLiveMap } from '../dist/jobs/liveMap.js';
import { mapBytes } from '../dist/server/mapBytes.js';

const pictures = Number(process.argv[2] ?? 100_000);
const LATER = 250;
const DIGEST = 'made up';
const db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
const { pool } = db;

async function add(from, to) {
  const sha = `lpad(to_hex(n), 64, '0')`;
  const id = `('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
  const series = `FROM generate_series(${from}::int, ${to - 1}::int) n`;
  await pool.query(
    `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) SELECT ${sha}, 1, 'image/png', 4, 3, '0' ${series}`,
  );
  await pool.query(
    `INSERT INTO posts (id, source, native_id, text, posted_at, raw, detected_at)
     SELECT ${id}, 'made', n::text, '', now() - interval '20 hours' + n * interval '100 milliseconds', '{}', now() ${series}`,
  );
  await pool.query(
    `INSERT INTO post_images (id, post_id, position, status, image_sha256) SELECT ${id}, ${id}, 0, 'STORED', ${sha} ${series}`,
  );
  await pool.query(
    `INSERT INTO embeddings (id, image_sha256, kind, model_digest, dimension, text, vector)
     SELECT ${id}, ${sha}, 'CAPTION', '${DIGEST}', 64, 'caption ' || n % ${Math.ceil(pictures * 0.9)},
       (SELECT array_agg((sin(d * (n % 40)) + 0.3 * sin(d * n))::real) FROM generate_series(1, 64) d)::vector ${series}`,
  );
  await pool.query(`INSERT INTO map_points (image_sha256) SELECT ${sha} ${series}`);
}

const timed = async (what, work) => {
  const started = performance.now();
  const result = await work();
  console.log(`| ${what} | ${((performance.now() - started) / 1000).toFixed(2)} |`);
  return result;
};

await add(1, pictures + 1);
await pool.query('ANALYZE');
console.log(`| ${pictures.toLocaleString('en')} pictures | s |\n|---|---|`);
const map = createLiveMap({ pool, embedderDigest: DIGEST, most: 2 * pictures });
const waiting = () => waitingPictures(pool, { embedderDigest: DIGEST, limit: LATER });
await timed('laid out for the first time, in a thread, and stored', async () => map.place(await waiting()));
await add(pictures + 1, pictures + 1 + LATER);
await timed('what a process reads that begins to place, and 250 placed', async () => map.place(await waiting()));
await add(pictures + 1 + LATER, pictures + 1 + 2 * LATER);
await timed('250 more placed', async () => map.place(await waiting()));
const span = { since: null, until: null, hours: null };
const read = await timed('read for the page', () => readMap(pool, span));
await timed('read again, nothing has changed', () => readMap(pool, span));
const bytes = mapBytes(read);
console.log(
  `\n${bytes.length.toLocaleString('en')} bytes, ${gzipSync(bytes).length.toLocaleString('en')} compressed\n`,
);
const [x, y] = [read.xs[0], read.ys[0]];
const corners = [
  [-3, -3],
  [3, -3],
  [3, 3],
  [-3, 3],
].map(([a, b]) => `${(x + a).toFixed(3)},${(y + b).toFixed(3)}`);
const area = await mapArea(pool, `${read.layout};${corners.join(';')}`);
const found = await timed('posts of a part of it counted', () => postsCount(pool, { area }));
console.log(`\n${found.toLocaleString('en')} posts in it`);
await db.close();
