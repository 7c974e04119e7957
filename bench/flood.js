// Memory while posts flood in and the database is silent: `npm run build && node bench/flood.js [SECONDS] [CALLS_AT_ONCE]`.
//
// An API over a PostgreSQL of its own whose processes are stopped (SIGSTOP) in the middle; every call brings 100 posts of 2,000
// characters. Prints the API's resident memory before, during and after, what it answered, and whether all that was
// acknowledged is there.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startPostgres } from '../scripts/postgresServer.js';

const seconds = Number(process.argv[2] ?? 60);
const atOnce = Number(process.argv[3] ?? 100);
const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-flood-'));
const postgres = await startPostgres({ say: (text) => process.stderr.write(`${text}\n`) });
const api = spawn(process.execPath, ['dist/main.js', 'api', '--port', '0'], {
  env: { ...process.env, DATABASE_URL: postgres.url, HOTLENS_DATA: folder, HOTLENS_LOG_LEVEL: 'silent' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.on('exit', () => api.kill('SIGKILL'));
const url = await new Promise((resolve) => {
  api.stdout.on('data', (text) => resolve(/http:\S+/.exec(String(text))?.[0]));
});

const posts = (call) =>
  Array.from({ length: 100 }, (_, i) => ({
    source: 'flood',
    id: `${call}.${i}`,
    text: 'x'.repeat(2000),
    postedAt: '2026-03-01T00:00:00Z',
  }));
const query = 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted updated } }';
const answers = new Map();
let calls = 0;
let acknowledged = 0;

async function call() {
  calls += 1;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { posts: posts(calls) } }),
  });
  const { data, errors } = await response.json();
  const answer = errors?.[0].extensions.code ?? 'accepted';
  answers.set(answer, (answers.get(answer) ?? 0) + 1);
  if (data?.ingestPosts) acknowledged += data.ingestPosts.accepted + data.ingestPosts.updated;
}

/** Calls one after the other in each of `atOnce` lines, for so long; resolves to the largest resident memory (MB). */
async function flood(ms) {
  const end = Date.now() + ms;
  let most = 0;
  const watch = setInterval(async () => {
    most = Math.max(most, await resident());
  }, 250);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (Date.now() < end) await call();
    }),
  );
  clearInterval(watch);
  return most;
}

async function resident() {
  const status = await readFile(`/proc/${api.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
}

const row = (name, memory) => {
  const said = [...answers].map(([code, count]) => `${code} ${count}`).join(', ');
  process.stdout.write(`| ${name} | ${memory} | ${said} |\n`);
  answers.clear();
};
process.stdout.write('| | MB at most | calls answered |\n|---|---|---|\n');
row('at rest', await resident());
row('flooded, the database answers', await flood(seconds * 250));
postgres.kill('SIGSTOP');
row('flooded, the database is silent, first half', await flood(seconds * 500));
row('the same, second half', await flood(seconds * 500));
postgres.kill('SIGCONT');
row('flooded, it answers again', await flood(seconds * 250));
const client = new pg.Client({ connectionString: postgres.url });
await client.connect();
const { rows } = await client.query('SELECT count(*)::int AS count FROM posts');
await client.end();
process.stdout.write(`\n${acknowledged} posts were acknowledged, ${rows[0].count} are there\n`);
await rm(folder, { recursive: true, force: true });
process.exit(rows[0].count >= acknowledged ? 0 : 1);
