// How late a subscriber of another API process hears of a caption: `npm run build && node bench/events.js [PICTURES]`.
//
// Two APIs and a worker (tiny model) over a PostgreSQL that syncs. Pictures go in one at a time through the first API; six
// subscribers to captions and six to hotspots listen at the second. Counted from the start of the transaction that stores the caption, so with its commit, NOTIFY, and the
// query that the subscription's answer takes.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../scripts/postgresServer.js';
import { foreignEnv } from './crash/processes.js';
import { percentiles } from './load/percentiles.js';
import { drawPictures } from './load/requests.js';
import { subscribe } from './load/subscribers.js';

const count = Number(process.argv[2] ?? 200);
const SUBSCRIBERS = 12;
const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-events-'));
const settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
const postgres = await startPostgres({ say: (text) => process.stderr.write(`${text}\n`), settings });
const env = {
  ...foreignEnv(),
  DATABASE_URL: postgres.url,
  HOTLENS_DATA: folder,
  HOTLENS_MODEL: 'test/fixtures/blip2-opt-tiny',
  HOTLENS_EMBEDDER: 'test/fixtures/sentence-tiny',
  HOTLENS_LOG_LEVEL: 'error',
};
const children = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

function start(args) {
  const child = spawn(process.execPath, ['dist/main.js', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

function startApi() {
  const api = start(['api', '--port', '0']);
  return new Promise((resolve) => {
    api.stdout.on('data', (text) => resolve(/http:\S+/.exec(String(text))[0]));
  });
}

const [first, second] = [await startApi(), await startApi()];
start(['worker']);
const pictures = await drawPictures(count);
const { lateness, received, errors, close } = subscribe([second], SUBSCRIBERS);
const query = 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted } }';
const told = () => Math.min(...received);
for (const [i, base64] of pictures.entries()) {
  const posts = [
    { source: 'events', id: String(i), text: 'one', postedAt: new Date().toISOString(), images: [{ base64 }] },
  ];
  const response = await fetch(`${first}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { posts } }),
  });
  if ((await response.json()).data?.ingestPosts.accepted !== 1) throw new Error('a post was not taken in');
  const late = Date.now() + 240_000;
  while (told() <= i && Date.now() < late) await new Promise((resolve) => setTimeout(resolve, 20));
  if (told() <= i) throw new Error(`the caption of picture ${i} was never told of`);
}
await close();
const [loadAverage] = loadavg();
process.stdout.write('| events | p50 ms | p95 ms | p99 ms | longest ms |\n|---|---|---|---|---|\n');
process.stdout.write(
  `| ${lateness.length} | ${percentiles(lateness).join(' | ')} |\n\nload average ${loadAverage.toFixed(0)}\n`,
);
if (errors.length > 0) process.stdout.write(`WRONG: ${errors[0]}\n`);
postgres.kill('SIGKILL');
await postgres.ended();
await rm(folder, { recursive: true, force: true });
process.exit(errors.length > 0 ? 1 : 0);
