// How soon a running Hotlens tells where a post belongs: `npm run build && node bench/live.js [DAYS] [RATE] [LIVE POSTS] [MS BETWEEN THEM]`.
//
// Starts a server with the shipped models on an embedded database of its own, and sends it a simulated city: all but the last posts as an archive,
// then, when that is captioned and looked through, the last ones one by one as if they were posted now, with their pictures. Counted
// per live post, in the database: from when all was there that detection needs (the post, and the captions of its pictures) to when
// it was given to a living hotspot or left among the unassigned; and from when it was sent.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../dist/db/openDatabase.js';
import { drawPost } from '../dist/simulation/drawPost.js';
import { simulate } from '../dist/simulation/simulate.js';
import { openSprites } from '../dist/training/scenes/sprites.js';
import { createProcesses } from './crash/processes.js';

const [days = '2', rate = '0.5', live = '200', between = '500'] = process.argv.slice(2);
const BATCH = 100;
const STOP_MS = 60_000;
const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-live-'));
const dataDir = path.join(folder, 'data');
const processes = createProcesses({
  roles: ['start'],
  folder,
  settings: { HOTLENS_DATA: dataDir, HOTLENS_LOG_LEVEL: 'warn' },
});
process.on('exit', () => processes.killAll());
await processes.startAll();
await processes.ready();

const sprites = await openSprites();
const start = Date.UTC(2026, 2, 2);
const city = simulate({ seed: 1, start, days: Number(days), rate: Number(rate), late: 0 });
const posts = city.posts.filter(({ text, imageKey }) => text !== '' || imageKey !== null);
const archive = posts.slice(0, -Number(live));
const moved = Date.now() - archive.at(-1).createdAt;
for (let from = 0; from < archive.length; from += BATCH)
  await send(archive.slice(from, from + BATCH), ({ createdAt }) => new Date(createdAt + moved));
await settled();
const began = new Date();
for (const post of posts.slice(-Number(live))) {
  await Promise.all([send([post], () => new Date()), setTimeout(Number(between))]);
}
await settled();
await processes.stopAll(STOP_MS);

const db = await openDatabase({ dataDir, databaseUrl: undefined });
const { rows } = await db.pool.query(
  `SELECT extract(epoch FROM p.detected_at - greatest(p.created_at, max(c.completed_at)))::float8 AS placed,
     extract(epoch FROM p.detected_at - p.created_at)::float8 AS whole, d.joined_at <= p.detected_at AS home
   FROM posts p JOIN detection_posts d ON d.post_id = p.id
   LEFT JOIN post_images i ON i.post_id = p.id LEFT JOIN captions c ON c.image_sha256 = i.image_sha256
   WHERE p.created_at >= $1 AND p.detected_at IS NOT NULL GROUP BY p.id, d.post_id`,
  [began],
);
const { rows: waiting } = await db.pool.query('SELECT FROM posts WHERE detected_at IS NULL');
await db.close();
await rm(folder, { recursive: true });

console.log(
  `${archive.length} posts before, ${rows.length} live ones taken in, ${waiting.length} wait; ${rows.filter(({ home }) => home).length} are of hotspots`,
);
for (const [name, key] of [
  ['from its captions to its place', 'placed'],
  ['from its arrival to its place', 'whole'],
]) {
  const seconds = rows.map((row) => row[key]).sort((a, b) => a - b);
  const at = (share) => seconds[Math.min(seconds.length - 1, Math.floor(share * seconds.length))].toFixed(2);
  console.log(`seconds ${name}: median ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)}`);
}

async function ask(query, variables) {
  const response = await fetch(`${processes.url()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

async function send(some, timeOf) {
  const rows = await Promise.all(
    some.map(async (post) => {
      const { id, author, text, imageKey } = post;
      const images =
        imageKey === null
          ? []
          : [{ base64: (await drawPost(sprites, imageKey, city.pictures.get(imageKey), 192)).toString('base64') }];
      return { source: 'live', id, author, text, language: 'en', postedAt: timeOf(post), images };
    }),
  );
  await ask('mutation ($posts: [PostInput!]!) { ingestPosts(posts: $posts) { accepted } }', { posts: rows });
}

/** Resolves when nothing is left to caption and to take in. */
async function settled() {
  for (;;) {
    const { queue } = await ask('{ queue { counts { name waiting running } } }');
    const busy = queue.counts.some(({ name, waiting, running }) => name !== 'maintenance' && waiting + running > 0);
    if (!busy) return;
    await setTimeout(500);
  }
}
