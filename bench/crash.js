// The crash harness: `npm run build && node bench/crash.js embedded|postgres ROUNDS SEED [--keep]`.
//
// While posts stream in and are captioned, one fault a round: SIGKILL for a process or all of them, a database that is restarted,
// crashes or stops answering, a full disk, a media host that is broken. Then the fault is over, the client sends again what
// was not acknowledged, the queues run empty without a hand, and everything in crash/invariants.js must hold. Prints a row of
// a Markdown table a round and ends with status 1 at the first violation, with the folder of all logs. Linux only: it looks for
// processes in /proc. The models are the tiny reference checkpoints: what is measured is what is left, not what is said.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { openDatabase } from '../dist/db/openDatabase.js';
import { randomIntegers } from '../dist/evaluation/random.js';
import { startPostgres } from '../scripts/postgresServer.js';
import { queueCounts, underWay, violations } from './crash/invariants.js';
import { HOST_FAULTS, openMediaHost } from './crash/mediaHost.js';
import { createProcesses } from './crash/processes.js';
import { mountSmallDisk } from './crash/smallDisk.js';
import { createStream } from './crash/stream.js';

const [kind, roundsGiven = '10', seedGiven = '1', keep] = process.argv.slice(2);
const rounds = Number(roundsGiven);
const seed = Number(seedGiven);
if (!['embedded', 'postgres'].includes(kind) || !Number.isInteger(rounds) || !Number.isInteger(seed)) {
  process.stderr.write('usage: node bench/crash.js embedded|postgres ROUNDS SEED [--keep]\n');
  process.exit(2);
}
/** After that it hangs (ms): on an idle machine all is settled within a heartbeat and a half, and the pauses between tries. */
const SETTLE_MS = 240_000;
/** SIGTERM's own deadlines add up to less (src/app.ts, src/server.ts). */
const STOP_MS = 60_000;
const HEARTBEAT_SECONDS = 10;
/** Rounds on the embedded database from one look at the tables to the next. */
const LOOKS = 8;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const random = randomIntegers(seed);
const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-crash-'));
const dataDir = path.join(folder, 'data');
await mkdir(dataDir);
const disk = mountSmallDisk(dataDir, '1g');
const host = await openMediaHost();
const postgres =
  kind === 'postgres'
    ? // A commit that was told of outlives the server's death (not the machine's: it does not sync).
      await startPostgres({ say: () => undefined, settings: { synchronous_commit: 'on', full_page_writes: 'on' } })
    : undefined;
const roles = postgres ? ['api', 'worker 1', 'worker 2'] : ['start'];
const processes = createProcesses({
  roles,
  folder,
  settings: {
    ...(postgres && { DATABASE_URL: postgres.url }),
    HOTLENS_DATA: dataDir,
    HOTLENS_MODEL: 'test/fixtures/blip2-opt-tiny',
    HOTLENS_EMBEDDER: 'test/fixtures/sentence-tiny',
    HOTLENS_THREADS: '1',
    HOTLENS_MEDIA_ALLOW: '127.0.0.1',
    HOTLENS_MEDIA_TIMEOUT_MS: '2000',
    HOTLENS_HEARTBEAT_SECONDS: String(HEARTBEAT_SECONDS),
    HOTLENS_MIN_FREE_BYTES: String(4 << 20),
    HOTLENS_LOG_LEVEL: 'info',
  },
});
const stream = createStream({ host, random, url: processes.url });
/** Also at the first violation, and where someone ends it. */
const end = (status) => {
  processes.killAll();
  host.close();
  if (disk) disk.unmount();
  process.exit(status);
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(130));

async function ask(query) {
  const response = await fetch(`${processes.url()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(10_000),
  });
  const { data, errors } = await response.json();
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

/** Each makes its fault and resolves, after `ms`, when it is over. */
const FAULTS = {
  'kill inference': () => processes.killInference(roles.at(-1 - random(postgres ? 2 : 1))),
  'kill all': () => {
    for (const role of roles) processes.kill(role, { tree: true });
  },
  ...Object.fromEntries(
    HOST_FAULTS.map((how) => [
      `media host: ${how}`,
      async (ms) => {
        host.break(how);
        await pause(ms);
        host.mend();
      },
    ]),
  ),
  ...(disk && {
    'disk full': async (ms) => {
      disk.fill(0);
      await pause(ms);
      disk.empty();
    },
    'disk nearly full': async (ms) => {
      disk.fill(2 << 20);
      await pause(ms);
      disk.empty();
    },
  }),
  ...(postgres
    ? {
        'kill api': () => processes.kill('api'),
        'kill worker': () => processes.kill(`worker ${1 + random(2)}`),
        'postgres restarted': async (ms) => {
          postgres.kill('SIGINT');
          await postgres.ended();
          await pause(ms / 4);
          await postgres.start();
        },
        'postgres crashed': async (ms) => {
          postgres.kill('SIGQUIT');
          await postgres.ended();
          await pause(ms / 4);
          await postgres.start();
        },
        'postgres stopped': async (ms) => {
          postgres.kill('SIGSTOP');
          await pause(2 * ms);
          postgres.kill('SIGCONT');
        },
      }
    : { 'kill server': () => processes.kill('start') }),
};
const names = Object.keys(FAULTS);

async function settled() {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const left = await underWay(ask).catch((error) => error.message);
    if (left === null) return;
    if (Date.now() > deadline) throw new Error(`not settled after ${SETTLE_MS} ms: ${left}`);
    await pause(200);
  }
}

/**
 * The embedded database belongs to one process: its server makes room, and ends as it should. That takes longer than a round,
 * so there the tables and the disk are looked at after every eighth one: all posts since the beginning are.
 */
async function look(counts) {
  const given = { acknowledged: stream.acknowledged, mediaRoot: path.join(dataDir, 'media'), counts };
  if (postgres) {
    const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
    try {
      return await violations({ ...given, pool, unexpected: processes.unexpected });
    } finally {
      await pool.end();
    }
  }
  const statuses = await processes.stopAll(STOP_MS);
  const db = await openDatabase({ dataDir, databaseUrl: undefined });
  try {
    const found = await violations({ ...given, pool: db.pool, unexpected: processes.unexpected });
    if (statuses.start !== 0) found.found.push(`SIGTERM ended the server with ${statuses.start}`);
    return found;
  } finally {
    await db.close();
  }
}

const started = Date.now();
const tally = new Map();
let posts = 0;
process.stdout.write(`| round | fault | posts | refusals | images | swept | s |\n|---|---|---|---|---|---|---|\n`);
// Every fault once in turn, in a drawn order, and so on: rare ones must not be left to chance.
let bag = [];
for (let round = 1; round <= rounds; round++) {
  if (bag.length === 0) bag = [...names];
  const [fault] = bag.splice(random(bag.length), 1);
  const begin = Date.now();
  try {
    await processes.startAll();
    await processes.ready();
    stream.refusals.clear();
    stream.start(80);
    await pause(400 + random(1200));
    await FAULTS[fault](1000 + random(1500));
    await pause(300 + random(500));
    await stream.stop();
    await processes.ready();
    await stream.finish(SETTLE_MS);
    await settled();
    const counts = await queueCounts(ask);
    const whole = postgres !== undefined || round % LOOKS === 0 || round === rounds;
    const { found, swept, images } = whole
      ? await look(counts)
      : { found: processes.unexpected, swept: '', images: '' };
    // What is masked is a fault of ours, or one that we should know by its name.
    if (stream.refusals.has('INTERNAL')) found.push('requests ended with an internal error: the log has it');
    if (found.length > 0) throw new Error(found.join('\n'));
    const refusals = [...stream.refusals].map(([code, count]) => `${code} ${count}`).join(', ');
    const fresh = stream.acknowledged.size - posts;
    posts = stream.acknowledged.size;
    const seconds = ((Date.now() - begin) / 1000).toFixed(1);
    process.stdout.write(`| ${round} | ${fault} | ${fresh} | ${refusals} | ${images} | ${swept} | ${seconds} |\n`);
    tally.set(fault, (tally.get(fault) ?? 0) + 1);
  } catch (error) {
    process.stdout.write(
      `\nVIOLATED in round ${round} (${fault}, seed ${seed}):\n${error.message}\nrefusals: ${JSON.stringify([...stream.refusals])}\nlogs and data: ${folder}\n`,
    );
    if (postgres && keep) process.stdout.write(`database: ${postgres.url}\n`);
    if (keep) await pause(2 ** 31 - 1);
    end(1);
  }
}
if (postgres) {
  const statuses = await processes.stopAll(STOP_MS);
  if (Object.values(statuses).some((status) => status !== 0)) {
    process.stdout.write(
      `\nVIOLATED at the end: SIGTERM ended them with ${JSON.stringify(statuses)}; logs: ${folder}\n`,
    );
    end(1);
  }
}
const faults = [...tally].map(([name, count]) => `${name} ${count}`).join(', ');
process.stdout.write(
  `\n${kind}, seed ${seed}: ${rounds} rounds, ${posts} posts, no violation, ${((Date.now() - started) / 1000).toFixed(0)} s\n${faults}\n`,
);
if (!disk) process.stdout.write('no disk was filled: this account may not mount one\n');
processes.killAll();
host.close();
if (disk) disk.unmount();
await rm(folder, { recursive: true, force: true });
process.exit(0);
