// Posts ingested per second, without captions: `npm run build && node bench/ingest.js [POSTS]`. On the embedded database in a
// temporary folder, or on PostgreSQL where DATABASE_URL is set (use an empty database of its own).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { openDatabase } from '../dist/db/openDatabase.js';
import { ingestPosts } from '../dist/ingest/ingestPosts.js';
import { openMediaStore } from '../dist/ingest/mediaStore.js';
import { ndjsonRows } from '../dist/ingest/ndjsonRows.js';

const total = Number(process.argv[2] ?? 20_000);
const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-bench-'));
const dataDir = path.join(folder, 'data');
const db = await openDatabase({ dataDir, databaseUrl: process.env.DATABASE_URL || undefined });
const deps = {
  db,
  media: openMediaStore(dataDir),
  limits: { maxBytes: 20 << 20, maxPixels: 50_000_000, decodeMs: 60_000 },
  // What the queue's own inserts cost is not in these figures.
  enqueue: async () => undefined,
};

/** A post as a social network's API gives it: 240 characters of text, counts, and a picture's address. */
function line(i, pictures) {
  const words = Array.from(
    { length: 40 },
    (_, k) => ['storm', 'harbour', 'crowd', 'street', 'light', 'festival'][(i * 31 + k * 7) % 6],
  );
  const post = {
    id: `3l${i.toString(36).padStart(11, '0')}`,
    author: `user${i % 997}.example`,
    text: words.join(' ').slice(0, 240),
    lang: 'en',
    createdAt: new Date(1777600000000 + i * 1500).toISOString(),
    url: `https://social.example/post/${i}`,
    like_count: i % 50,
    repost_count: i % 7,
    reply_count: i % 3,
    ...(pictures ? { images: [{ url: `https://cdn.example/img/${i}.jpg`, alt: 'a street at night' }] } : {}),
  };
  return `${JSON.stringify(post)}\n`;
}

async function* file(pictures) {
  for (let i = 0; i < total; i += 100) {
    const lines = Array.from({ length: Math.min(100, total - i) }, (_, k) => line(i + k, pictures));
    yield Buffer.from(lines.join(''));
  }
}

for (const [title, source, pictures] of [
  ['new, text only', 'text', false],
  ['new, one picture address each', 'pictures', true],
  ['the same again', 'pictures', true],
]) {
  const start = performance.now();
  const { accepted, updated, rejected } = await ingestPosts(deps, ndjsonRows(file(pictures)), {
    origin: 'bench',
    source,
  });
  const seconds = (performance.now() - start) / 1000;
  const rate = Math.round(total / seconds).toLocaleString('en');
  process.stdout.write(
    `${db.kind}, ${title}: ${rate} posts/s (${accepted} accepted, ${updated} updated, ${rejected} rejected)\n`,
  );
}
await db.close();
rmSync(folder, { recursive: true });
