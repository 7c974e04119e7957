// 64 clients at once: `npm run build && node bench/load.js embedded|postgres [SECONDS]`.
//
// 20 take posts in (five a call, 16 of a hundred with a picture), 24 ask, 4 preview captions, 16 subscribe, each as fast as it is
// answered, over the models that ship. On the embedded database against `hotlens start`, on PostgreSQL (a fast disk's
// settings: it syncs) against `hotlens api` and `hotlens worker`. Prints p50, p95, p99 and the answers by code, then ends the server
// and looks whether every post that it acknowledged is there, and every picture is captioned or has its job. Ends with status 1
// where one is lost, or where anything but back-pressure was answered.
import { mkdtemp } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import autocannon from 'autocannon';
import { openDatabase } from '../dist/db/openDatabase.js';
import { startPostgres } from '../scripts/postgresServer.js';
import { createProcesses } from './crash/processes.js';
import { conclude, stopServers } from './load/conclude.js';
import { percentiles } from './load/percentiles.js';
import { isForgotten, lookAtPictures } from './load/pictures.js';
import { drawPictures, ingestKind, previewKind, queryKind } from './load/requests.js';
import { subscribe } from './load/subscribers.js';

const [kind, secondsGiven = '60'] = process.argv.slice(2);
const seconds = Number(secondsGiven);
if (!['embedded', 'postgres'].includes(kind) || !(seconds > 0)) {
  process.stderr.write('usage: node bench/load.js embedded|postgres [SECONDS]\n');
  process.exit(2);
}
/** What a server that has too much to do says. */
const BACK_PRESSURE = ['RETRY_LATER', 'TIMEOUT'];

const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-load-'));
const say = (text) => process.stderr.write(`${text}\n`);
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
const postgres = kind === 'postgres' ? await startPostgres({ say, settings: durable }) : undefined;
const dataDir = path.join(folder, 'data');
const processes = createProcesses({
  roles: postgres ? ['api', 'worker 1'] : ['start'],
  folder,
  settings: { ...(postgres && { DATABASE_URL: postgres.url }), HOTLENS_DATA: dataDir },
});
process.on('exit', () => processes.killAll());
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/** One kind's clients for so long; the times of all answers, and what went wrong below GraphQL. */
async function press(name, connections, { requests, codes }) {
  const times = [];
  const run = autocannon({ url: processes.url(), connections, duration: seconds, timeout: 60, requests });
  run.on('response', (_client, _status, _bytes, ms) => times.push(ms));
  const { errors, timeouts } = await run;
  if (errors > 0) codes.set('no answer', errors);
  if (timeouts > 0) codes.set('no answer in 60 s', timeouts);
  return { name, connections, times, codes };
}

await processes.startAll();
await processes.ready();
const pictures = await drawPictures(4000);
const acknowledged = new Set();
const preview = previewKind(pictures);
// An API of its own loads its models when they are first asked for.
const first = await fetch(`${processes.url()}/graphql`, { ...preview.requests[0] });
if ((await first.json()).errors) throw new Error('no caption can be previewed');
const subscribers = subscribe([processes.url()], 16);
say(`${seconds} s of load`);
const rows = await Promise.all([
  press('ingest, 5 posts a call', 20, ingestKind({ pictures, acknowledged })),
  press('queries', 24, queryKind()),
  press('previews', 4, preview),
]);
const received = [...subscribers.received];
await subscribers.close();

const [loadAverage] = loadavg();
process.stdout.write(
  '| clients | answers/s | p50 ms | p95 ms | p99 ms | longest ms | answers |\n|---|---|---|---|---|---|---|\n',
);
for (const { name, connections, times, codes } of rows) {
  const answers = [...codes].map(([code, count]) => `${code} ${count}`).join(', ');
  const rate = (times.length / seconds).toFixed(1);
  process.stdout.write(`| ${connections} ${name} | ${rate} | ${percentiles(times).join(' | ')} | ${answers} |\n`);
}
const events = received.reduce((sum, count) => sum + count, 0);
process.stdout.write(
  `| 16 subscriptions, caption stored until told | ${(events / seconds).toFixed(1)} | ${percentiles(subscribers.lateness).join(' | ')} | events of each: ${Math.min(...received)} to ${Math.max(...received)} |\n`,
);

const wrong = [...processes.unexpected, ...subscribers.errors];
for (const { name, codes } of rows)
  for (const [code, count] of codes)
    if (code !== 'fine' && !BACK_PRESSURE.includes(code)) wrong.push(`${name}: ${code} ${count} times`);
await stopServers({ processes, wrong });
const db = await openDatabase({ dataDir, databaseUrl: postgres?.url });
try {
  const { rows: posts } = await db.pool.query(`SELECT native_id AS id FROM posts WHERE source = 'load'`);
  const there = new Set(posts.map(({ id }) => id));
  const lost = [...acknowledged].filter((id) => !there.has(id));
  if (lost.length > 0) wrong.push(`lost posts: ${lost.length}, such as ${lost.slice(0, 5).join(', ')}`);
  const kept = await lookAtPictures(db.pool);
  const captioned = kept.filter((one) => one.captioned).length;
  const forgotten = kept.filter(isForgotten).length;
  if (forgotten > 0) wrong.push(`${forgotten} pictures have neither a caption nor a job`);
  process.stdout.write(
    `\n${kind}, ${seconds} s: ${acknowledged.size} posts acknowledged, ${lost.length} lost; ${kept.length} pictures, ${captioned} captioned, ${forgotten} forgotten; load average ${loadAverage.toFixed(0)}\n`,
  );
} finally {
  await db.close();
}
await conclude({ postgres, folder, wrong });
