// A day of a stream at 100 times its speed: `npm run build && node bench/soak.js embedded|postgres [SPEED] [HOURS] [RATE]`.
//
// A simulated city with its pictures (RATE 2: 20,000 posts in seven days): 52 hours as fast as they are captioned, then HOURS (24) at
// SPEED (100) times the pace at which they were posted, into `hotlens start` on the embedded database, or `hotlens api` and `hotlens
// worker` on PostgreSQL (a fast disk's settings: it syncs), over the models that ship. A fifth of the posts comes again an hour later
// with more likes; what is older than 26 hours is deleted once an hour by deletePosts, as retention would, from the beginning: every
// row has been replaced once before anything is measured. Somebody reads pages all the time, and two subscribe. Hours are the
// stream's. What is done by the clock is brought nearer to that pace, so that it is at work within the run: maintenance (retention,
// sweeps, the embedded database's VACUUM) is every minute rather than every five, PostgreSQL's autovacuum looks every second rather
// than every minute, and finished jobs are forgotten after an hour of the stream. Looks at all processes, tables and folders every ten seconds;
// prints what it saw each hour and what grew, then ends the server and looks whether every post is there that should be, and none
// that should not. Ends with status 1 where anything is wrong (soak/verdict.js has the rules). Linux only: it looks into /proc.
import { mkdtemp } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../dist/db/openDatabase.js';
import { startPostgres } from '../scripts/postgresServer.js';
import { createProcesses } from './crash/processes.js';
import { conclude, stopServers } from './load/conclude.js';
import { subscribe } from './load/subscribers.js';
import { HOUR, openCity } from './soak/city.js';
import { createFlow } from './soak/flow.js';
import { lostAndLeft } from './soak/lostAndLeft.js';
import { lookAtProcesses } from './soak/processTree.js';
import { openQuestion } from './soak/question.js';
import { lookAtFolder, lookAtTables } from './soak/storage.js';
import { hoursTable, processTable, tableTable } from './soak/tables.js';
import { verdict } from './soak/verdict.js';

const [kind, speedGiven = '100', hoursGiven = '24', rateGiven = '2'] = process.argv.slice(2);
const speed = Number(speedGiven);
const hours = Number(hoursGiven);
const rate = Number(rateGiven);
if (!['embedded', 'postgres'].includes(kind) || !(speed >= 1) || !(hours >= 1) || !(rate > 0)) {
  process.stderr.write('usage: node bench/soak.js embedded|postgres [SPEED] [HOURS] [RATE]\n');
  process.exit(2);
}
/** Posts are kept for so long: detection says nothing where it knows less than a day. */
const KEPT_HOURS = 26;
const ARCHIVE_HOURS = 2 * KEPT_HOURS;
/** Jobs that may wait before more of the archive is sent: what is deleted is to have been captioned. */
const BACKLOG_LEFT = 100;
/** Every so many posts one comes again with likes. */
const LIKED = 5;
const BEAT_MS = 250;
const READ_MS = 500;
/** Hangs (ms). */
const SETTLE_MS = 900_000;
const hourMs = HOUR / speed;
const playMs = hours * hourMs;
const sampleMs = Math.min(10_000, playMs / 60);

const say = (text) => process.stderr.write(`${text}\n`);
const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-soak-'));
const dataDir = path.join(folder, 'data');
const socketPath = path.join(folder, 'wire');
const settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', autovacuum_naptime: '1s' };
const postgres = kind === 'postgres' ? await startPostgres({ say, settings }) : undefined;
const wire = fileURLToPath(new URL('soak/wire.js', import.meta.url));
const processes = createProcesses({
  roles: postgres ? ['api', 'worker 1'] : ['start'],
  folder,
  settings: {
    ...(postgres
      ? { DATABASE_URL: postgres.url }
      : { NODE_OPTIONS: `--import=${wire}`, HOTLENS_TEST_WIRE: socketPath }),
    HOTLENS_DATA: dataDir,
    // None is so old: what it costs to look is part of the run.
    HOTLENS_RETENTION: `${ARCHIVE_HOURS + Math.ceil(hours) + 24}h`,
  },
});
process.on('exit', () => processes.killAll());
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

await processes.startAll();
await processes.ready();
const question = openQuestion({ databaseUrl: postgres?.url, socketPath });
const ask = async (query, variables) => {
  const response = await fetch(`${processes.url()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(120_000),
  });
  return await response.json();
};
const BACKLOG = `SELECT (SELECT count(*)::int FROM pgboss.job WHERE state < 'completed' AND name IN ('fetch', 'caption', 'embed')) AS jobs,
  (SELECT count(*)::int FROM posts WHERE detected_at IS NULL) AS undetected,
  (SELECT extract(epoch FROM at)::float8 * 1000 FROM detection_state) AS "steppedTo",
  (SELECT count(*)::int FROM hotspots WHERE state = 'LIVING') AS hotspots`;

/** No more jobs than that are left, and no more posts to be taken in. */
async function settled({ jobs, posts }) {
  for (const deadline = Date.now() + SETTLE_MS; ; await pause(500)) {
    const [left] = await question.ask(BACKLOG);
    if (left.jobs <= jobs && left.undetected <= posts) return;
    if (Date.now() > deadline)
      throw new Error(`not settled after ${SETTLE_MS} ms: ${left.jobs} jobs, ${left.undetected} posts`);
  }
}

/** Of the stream's hour. */
const seconds = Math.ceil(hourMs / 1000);
for (const sql of [
  `UPDATE pgboss.schedule SET cron = '* * * * *' WHERE name = 'maintenance'`,
  `UPDATE pgboss.queue SET deletion_seconds = ${seconds} WHERE deletion_seconds = 3600`,
])
  await question.ask(sql);

const city = await openCity({ archiveHours: ARCHIVE_HOURS, hours, rate, endsAt: Date.now() + playMs });
const flow = createFlow({ ask, rowOf: city.rowOf });

/** What is too old by an hour of the stream (0: the first that is played), and the jobs that are finished. */
async function forget(hour) {
  await flow.deleteBefore(city.liveFrom + (hour - KEPT_HOURS) * HOUR);
  // pg-boss looks for jobs that are to be forgotten when this is long enough ago.
  await question.ask(`UPDATE pgboss.queue SET maintain_on = now() - interval '1 day'`);
}

const filled = Date.now();
for (let hour = -ARCHIVE_HOURS; hour < 0; hour++) {
  const [from, to] = [hour, hour + 1].map((one) => city.liveFrom + one * HOUR);
  await flow.send(city.archive.filter(({ at }) => at >= from && at < to));
  await settled({ jobs: BACKLOG_LEFT, posts: Number.POSITIVE_INFINITY });
  await forget(hour + 1);
}
await settled({ jobs: 0, posts: 0 });
const fillSeconds = (Date.now() - filled) / 1000;
say(
  `${city.archive.length} posts of the archive in ${fillSeconds.toFixed(0)} s; ${city.live.length} to be played in ${(playMs / 1000).toFixed(0)} s`,
);

const began = Date.now();
const hourNow = () => (Date.now() - began) / hourMs;
const samples = [];
let seen = 0;
let reads = 0;

async function play() {
  let sent = 0;
  let liked = 0;
  while (sent < city.live.length) {
    const now = city.liveFrom + hourNow() * HOUR;
    const from = sent;
    while (sent < city.live.length && city.live[sent].at <= now) sent += 1;
    await flow.send(city.live.slice(from, sent));
    seen = sent;
    const again = [];
    for (; liked < sent && city.live[liked].at <= now - HOUR; liked += 1)
      if (liked % LIKED === 0) again.push(city.live[liked]);
    await flow.send(again, { likes: sent });
    await pause(BEAT_MS);
  }
}

/** Calls `work` every so often while the stream plays; late calls are left out. */
async function every(ms, work) {
  for (let next = began + ms; next <= began + playMs; ) {
    await pause(Math.max(0, next - Date.now()));
    await work();
    next = Math.max(next + ms, Date.now());
  }
}

async function tick() {
  await forget(hourNow());
  const [{ rss }] = samples.at(-1).processes.values();
  say(`hour ${hourNow().toFixed(0)}: ${seen} posts, ${flow.there.size} kept, ${(rss / 1e6).toFixed(0)} MB`);
}

const PAGES = [
  '{ posts(first: 20) { totalCount edges { node { id author text images { caption { text confidence } } } } } }',
  '{ hotspots(first: 10) { nodes { id title postCount authorCount why { words } events { nodes { at reason } } } } }',
  '{ queue { counts { name waiting running dead } } detection { waitingPosts } auditEvents(first: 20) { nodes { action } } }',
];
async function read() {
  const { errors } = await ask(PAGES[reads++ % PAGES.length]);
  if (errors !== undefined) flow.wrong.push(`a page is answered ${errors[0].extensions.code}`);
}

async function look() {
  const hour = hourNow();
  const [tables, [backlog], media, everything, wal] = [
    await lookAtTables(question.ask),
    await question.ask(BACKLOG),
    await lookAtFolder(path.join(dataDir, 'media')),
    postgres ? null : await lookAtFolder(path.join(dataDir, 'db')),
    postgres
      ? (await question.ask('SELECT sum(size)::float8 AS bytes FROM pg_ls_waldir()'))[0]
      : await lookAtFolder(path.join(dataDir, 'db/pg_wal')),
  ];
  const database = postgres
    ? (await question.ask('SELECT pg_database_size(current_database())::float8 AS bytes'))[0].bytes
    : everything.bytes - wal.bytes;
  samples.push({
    hour,
    processes: lookAtProcesses(processes.pids(), path.join(dataDir, 'db')),
    tables,
    queue: backlog.jobs,
    undetected: backlog.undetected,
    steppedTo: (backlog.steppedTo - city.liveFrom) / HOUR,
    hotspots: backlog.hotspots,
    seen,
    there: flow.there.size,
    database,
    wal: wal.bytes,
    media: media.bytes,
  });
}

const subscribers = subscribe([processes.url()], 2);
await Promise.all([play(), every(hourMs, tick), every(READ_MS, read), every(sampleMs, look)]);
await subscribers.close();
const [loadAverage] = loadavg();
await settled({ jobs: 0, posts: 0 });

const [{ bytes: logBytes }] = await question.ask(
  "SELECT setting::float8 * 1048576 AS bytes FROM pg_settings WHERE name = 'max_wal_size'",
);
const { wrong, ...grown } = verdict(samples, { logBytes });
process.stdout.write(`${hoursTable(samples)}\n${processTable(grown)}\n${tableTable(grown)}\n`);
wrong.push(...flow.wrong, ...processes.unexpected, ...subscribers.errors);
await question.close();
await stopServers({ processes, wrong });
const db = await openDatabase({ dataDir, databaseUrl: postgres?.url });
try {
  const { counts, found } = await lostAndLeft({ pool: db.pool, mediaRoot: path.join(dataDir, 'media'), flow });
  wrong.push(...found);
  const refused = [...flow.refusals].map(([code, count]) => `${code} ${count}`).join(', ') || 'none';
  process.stdout.write(
    `${kind}, ${hours} hours at ${speed} times their speed: ${seen} posts played after ${city.archive.length} of an archive ` +
      `(${(seen / (playMs / 1000)).toFixed(2)}/s; the archive's ${(city.archive.length / fillSeconds).toFixed(1)}/s with captions), ${flow.deleted.size} deleted; ` +
      `${counts.posts} posts there, ${counts.lost} lost, ${counts.left} left over; ${counts.images} pictures, ${counts.captioned} captioned; ` +
      `${reads} pages read; refusals: ${refused}; load average ${loadAverage.toFixed(1)}\n`,
  );
} finally {
  await db.close();
}
await conclude({ postgres, folder, wrong });
