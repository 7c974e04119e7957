// Posts with pictures ingested per second, most of them reposts of a picture: `npm run build && node bench/ingestPictures.js [POSTS]
// [PICTURES]`. From a file, as `hotlens ingest` reads it, its pictures beside it, on the embedded database, jobs included; nothing is
// captioned. By tenths of the file, so that it shows whether the rate and the memory last; then the same file again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { openDatabase } from '../dist/db/openDatabase.js';
import { ingestPosts } from '../dist/ingest/ingestPosts.js';
import { openMediaStore } from '../dist/ingest/mediaStore.js';
import { openRows } from '../dist/ingest/openRows.js';
import { openIngestQueue } from '../dist/jobs/openIngestQueue.js';
import { drawPictures, writePosts } from './scale/repostedPictures.js';
import { residentMb, startedSince, threadMs, threadsSoFar } from './scale/threads.js';

const posts = Number(process.argv[2] ?? 200_000);
const pictures = Number(process.argv[3] ?? posts / 20);
const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-bench-'));
const file = await writePosts(folder, { posts, pictures });
const drawn = process.env.HOTLENS_BENCH_PICTURES ?? path.join(folder, 'pictures');
if (process.env.HOTLENS_BENCH_PICTURES === undefined) await drawPictures(drawn, pictures);

const dataDir = path.join(folder, 'data');
const before = await threadsSoFar();
const db = await openDatabase({ dataDir, databaseUrl: undefined });
const database = startedSince(before);
const queue = await openIngestQueue(db);
const deps = {
  db,
  media: openMediaStore(dataDir),
  limits: { maxBytes: 20 << 20, maxPixels: 50_000_000, decodeMs: 60_000 },
  enqueue: queue.enqueue,
};

/** What has been used so far: of the wall's clock, of the processors by all threads, and by the database's and the main one (ms). */
function used() {
  const { user, system } = process.cpuUsage();
  const [mainMs, databaseMs] = [threadMs(process.pid), threadMs(database)];
  return { wallMs: performance.now(), allMs: (user + system) / 1000, mainMs, databaseMs };
}

process.stdout.write('| posts | posts/s | ms of processors a post | of it the database | JavaScript | others | MB |\n');
process.stdout.write('|---|---|---|---|---|---|---|\n');
function show(title, count, from, to) {
  const a = (key) => (to[key] - from[key]) / count;
  const others = a('allMs') - a('mainMs') - a('databaseMs');
  const columns = [a('allMs'), a('databaseMs'), a('mainMs'), others].map((ms) => ms.toFixed(3));
  const rate = Math.round(1000 / a('wallMs')).toLocaleString('en');
  process.stdout.write(`| ${title} | ${rate} | ${columns.join(' | ')} | ${residentMb()} |\n`);
}

async function ingest(title) {
  const start = used();
  let [last, seen, tenth] = [start, 0, 1];
  const { rows } = await openRows(file);
  const summary = await ingestPosts(deps, rows, {
    origin: 'posts.ndjson',
    source: 'bench',
    imagesDir: drawn,
    onProgress({ accepted, updated }) {
      const done = accepted + updated;
      if (done < (tenth * posts) / 10) return;
      const now = used();
      show(`${title}, up to ${done.toLocaleString('en')}`, done - seen, last, now);
      [last, seen, tenth] = [now, done, tenth + 1];
    },
  });
  show(`**${title}, all**`, posts, start, used());
  const { accepted, updated, rejected, refusedPictures } = summary;
  return { accepted, updated, rejected, refusedPictures };
}

const first = await ingest('new');
const second = await ingest('again');
const { rows: counts } = await db.pool.query(
  `SELECT (SELECT count(*)::int FROM posts) AS posts, (SELECT count(*)::int FROM post_images WHERE status = 'STORED') AS shown,
     (SELECT count(*)::int FROM images) AS images, (SELECT count(*)::int FROM post_words) AS words,
     (SELECT count(*)::int FROM pgboss.job WHERE name = 'caption') AS jobs`,
);
process.stdout.write(`${JSON.stringify({ first, second, ...counts[0] })}\n`);
await queue.close();
await db.close();
rmSync(folder, { recursive: true });
const [{ posts: kept, shown, images, words, jobs }] = counts;
if (kept !== posts || shown !== posts || words !== posts || images !== pictures || jobs !== pictures) {
  process.stderr.write('not every post, or not every picture, is there once\n');
  process.exit(1);
}
