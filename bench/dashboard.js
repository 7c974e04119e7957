// How long the dashboard's own queries take with a million posts in PostgreSQL:
// `npm run build && node bench/dashboard.js [POSTS] [FOLDER] [TIMES]`. The FOLDER, filled at the first run (a quarter of an hour, 6 GB for a million posts),
// is used again.
//
// Every query document of web/src/queries goes to a `hotlens api` over HTTP, one at a time, TIMES times each with other variables: other
// hotspots, pictures, words and authors of those that are there. What takes longer than GOAL_MS at the 95th percentile is marked. On a machine
// that others use too, what a query takes of processors (API with inference, and PostgreSQL; mean) says more than the clock.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { Kind, parse, print, visit } from 'graphql';
import { createApiKey } from '../dist/access/createApiKey.js';
import { openDatabase } from '../dist/db/openDatabase.js';
import { openEmbedder } from '../dist/inference/embedding/embedder.js';
import { simulate } from '../dist/simulation/simulate.js';
import { startPostgres } from '../scripts/postgresServer.js';
import { foreignEnv } from './crash/processes.js';
import { fill } from './dashboard/fill.js';
import { fillDesk } from './dashboard/fillDesk.js';
import { fillTold } from './dashboard/fillTold.js';
import { questions } from './dashboard/questions.js';
import { percentiles } from './load/percentiles.js';

const GOAL_MS = 100;
const posts = Number(process.argv[2] ?? 1_000_000);
const folder = path.resolve(process.argv[3] ?? `/tmp/hotlens-dashboard-${posts}`);
const times = Number(process.argv[4] ?? 100);
const only = process.argv[5];
const say = (text) => process.stderr.write(`${text}\n`);

// As a server of 8 GB would be set up, with what it syncs: nothing is written while it is measured.
const settings = {
  shared_buffers: '2GB',
  effective_cache_size: '6GB',
  random_page_cost: 1.1,
  maintenance_work_mem: '2GB',
  max_wal_size: '8GB',
  jit: 'off',
  dynamic_shared_memory_type: 'mmap',
};
const postgres = await startPostgres({ say, settings, keep: folder });
const db = await openDatabase({ dataDir: undefined, databaseUrl: postgres.url });
await fillOnce();
await fillTold({ pool: db.pool, say });
// Where there are keys, as fillDesk leaves some, everybody needs one, and what looking it up costs is part of every query.
const { key } = await createApiKey(db.pool, { name: 'bench', role: 'ADMIN', expiresAt: null });
const api = spawn(process.execPath, ['dist/main.js', 'api', '--port', '0'], {
  env: {
    ...foreignEnv(),
    DATABASE_URL: postgres.url,
    HOTLENS_DATA: path.join(folder, 'media'),
    HOTLENS_LOG_LEVEL: 'error',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.on('exit', () => api.kill('SIGKILL'));
const url = await new Promise((resolve) => {
  api.stdout.on('data', (text) => resolve(/http:\S+/.exec(String(text))[0]));
});

const postmaster = Number(readFileSync(path.join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
const documents = readDocuments();
process.stdout.write(
  `${posts.toLocaleString('en')} posts\n\n| query | | p50 ms | p95 ms | p99 ms | longest ms | API CPU ms | PostgreSQL CPU ms | |\n|---|---|---|---|---|---|---|---|---|\n`,
);
for (const [operation, cases] of Object.entries(await questions(db.pool, times))) {
  const query = documents.get(operation);
  documents.delete(operation);
  if (query === undefined) throw new Error(`no document has the query ${operation}`);
  for (const [name, variables] of Object.entries(cases)) {
    if (only !== undefined && !`${operation} ${name}`.includes(only)) continue;
    const took = [];
    let before;
    // The first ones prepare connections, models and caches.
    for (const [i, one] of [...variables.slice(0, 3), ...variables].entries()) {
      if (i === 3) before = [cpuOf(api.pid), cpuOf(postmaster)];
      const ms = await ask(query, one);
      if (i >= 3) took.push(ms);
    }
    const cpu = [cpuOf(api.pid), cpuOf(postmaster)].map((now, i) => ((now - before[i]) / took.length).toFixed(1));
    const [p50, p95, ...rest] = percentiles(took);
    process.stdout.write(
      `| ${operation} | ${name} | ${[p50, p95, ...rest, ...cpu].join(' | ')} | ${Number(p95) > GOAL_MS ? '**over**' : ''} |\n`,
    );
  }
}
// Explanation is not among them: it asks the model, not the database.
documents.delete('Explanation');
for (const operation of documents.keys()) process.stdout.write(`not measured: ${operation}\n`);
process.stdout.write(`\nload average ${loadavg()[0].toFixed(0)}\n`);
await db.close();
api.kill('SIGTERM');
await new Promise((resolve) => api.once('exit', resolve));
postgres.kill('SIGINT');
await postgres.ended();
process.exit(0);

async function fillOnce() {
  const { rows } = await db.pool.query(
    'SELECT count(*)::int AS count, min(model_digest) AS digest FROM (SELECT model_digest FROM embeddings LIMIT 1) e',
  );
  if (rows[0].count > 0) return fillDesk({ pool: db.pool, digest: rows[0].digest, say });
  const embedder = await openEmbedder('models/blip2-scenes-embedder', { device: 'cpu' });
  const embed = async (texts) => (await embedder.embedTexts(texts)).map(({ vector }) => vector);
  await fill({ pool: db.pool, simulate, embed, digest: embedder.info.digest, posts, say });
  await embedder.dispose();
  await fillDesk({ pool: db.pool, digest: embedder.info.digest, say });
}

async function ask(query, variables) {
  const start = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  });
  const { errors } = await response.json();
  if (errors) throw new Error(`${JSON.stringify(variables).slice(0, 200)}: ${errors[0].message}`);
  return performance.now() - start;
}

/** Processor time of a process and its children, also of those that have ended (ms), where the system tells (Linux). */
function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .reduce((sum, one) => sum + Number(one), 0);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean);
  return ticks * 10 + children.reduce((sum, child) => sum + cpuOf(child), 0);
}

/** The queries of the dashboard by their names, each with the fragments that it needs. */
function readDocuments() {
  const directory = 'web/src/queries';
  const files = readdirSync(directory).filter((name) => name.endsWith('.graphql'));
  const definitions = files.flatMap((name) => parse(readFileSync(path.join(directory, name), 'utf8')).definitions);
  const fragments = new Map(
    definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]),
  );
  const needed = (definition, found = new Map()) => {
    visit(definition, {
      FragmentSpread({ name: { value } }) {
        if (found.has(value)) return;
        found.set(value, fragments.get(value));
        needed(fragments.get(value), found);
      },
    });
    return found;
  };
  const queries = definitions.filter(
    ({ kind, operation }) => kind === Kind.OPERATION_DEFINITION && operation === 'query',
  );
  return new Map(
    queries.map((one) => [one.name.value, print({ kind: Kind.DOCUMENT, definitions: [one, ...needed(one).values()] })]),
  );
}
