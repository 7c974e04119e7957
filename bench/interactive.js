// Captions that people wait for, beside a backlog: `npm run build && node bench/interactive.js [IMAGES] [SECONDS] [CLIENTS...]`.
//
// `hotlens start` on the embedded database with the models that ship. So many clients ask for previews, each as fast as it is answered,
// first of a server with nothing else to do, then of one with IMAGES pictures (10,000) queued; each of the numbers of clients
// (64 and 1) in turn for SECONDS (20). Between them the queue runs alone. Prints what previews take, and what the queue gets done beside them.
// Ends with status 1 where a preview was answered with anything but its caption, or too few pictures were queued to the end.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import autocannon from 'autocannon';
import { createProcesses } from './crash/processes.js';
import { percentiles } from './load/percentiles.js';
import { drawPictures, previewKind } from './load/requests.js';

const [images = 10_000, seconds = 20, ...given] = process.argv.slice(2).map(Number);
const clients = given.length > 0 ? given : [64, 1];
if (![images, seconds, ...clients].every((value) => value > 0)) {
  process.stderr.write('usage: node bench/interactive.js [IMAGES] [SECONDS] [CLIENTS...]\n');
  process.exit(2);
}
const POSTS_OF_A_CALL = 100;

const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-interactive-'));
const say = (text) => process.stderr.write(`${text}\n`);
const processes = createProcesses({
  roles: ['start'],
  folder,
  settings: { HOTLENS_DATA: path.join(folder, 'data'), ...hotlensSettings() },
});
process.on('exit', () => processes.killAll());
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/** What is to be measured with other settings is given in the environment. */
function hotlensSettings() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('HOTLENS_BATCH_')));
}

async function ask(query, variables = {}) {
  const response = await fetch(`${processes.url()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors !== undefined) throw new Error(errors[0].message);
  return data;
}

async function waiting() {
  const { queue } = await ask('{ queue { counts { name waiting running } } }');
  const { waiting: queued, running } = queue.counts.find(({ name }) => name === 'caption');
  return queued + running;
}

/** `connections` clients for so long: their times, and how many queued pictures were captioned meanwhile. */
async function press(connections, pictures) {
  const { requests, codes } = previewKind(pictures);
  const times = [];
  const before = await waiting();
  const begin = performance.now();
  const run = autocannon({ url: processes.url(), connections, duration: seconds, timeout: 60, requests });
  run.on('response', (_client, _status, _bytes, ms) => times.push(ms));
  const { errors, timeouts } = await run;
  const queued = (before - (await waiting())) / ((performance.now() - begin) / 1000);
  const wrong = [...codes].filter(([code]) => code !== 'fine').map(([code, count]) => `${code} ${count} times`);
  if (errors + timeouts > 0) wrong.push(`${errors + timeouts} without an answer`);
  return { times, queued, wrong };
}

async function pause() {
  const before = await waiting();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return (before - (await waiting())) / seconds;
}

await processes.startAll();
await processes.ready();
const pictures = await drawPictures(images);
const wrong = [];
const p95 = (times) => Float64Array.from(times).sort()[Math.floor(0.95 * times.length)];
const row = (name, { times, queued }, ratio) =>
  process.stdout.write(
    `| ${name} | ${(times.length / seconds).toFixed(1)} | ${percentiles(times).slice(0, 3).join(' | ')} | ${ratio} | ${queued} |\n`,
  );

await press(8, pictures);
process.stdout.write(
  '| previews | previews/s | p50 ms | p95 ms | p99 ms | p95, times that without a queue | queued pictures/s |\n|---|---|---|---|---|---|---|\n',
);
const alone = new Map();
for (const connections of clients) {
  const result = await press(connections, pictures);
  wrong.push(...result.wrong);
  alone.set(connections, p95(result.times));
  row(`${connections} clients, no queue`, { ...result, queued: '' }, '');
}

say(`${images} pictures are brought in`);
for (let i = 0; i < images; i += POSTS_OF_A_CALL) {
  const posts = pictures.slice(i, i + POSTS_OF_A_CALL).map((base64, k) => {
    const postedAt = new Date().toISOString();
    return { source: 'bench', id: String(i + k), text: `post ${i + k}`, postedAt, images: [{ base64 }] };
  });
  await ask('mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted } }', { posts });
}
say(`${await waiting()} of them wait for their captions`);
row('none', { times: [], queued: (await pause()).toFixed(1) }, '');
for (const connections of clients) {
  const result = await press(connections, pictures);
  wrong.push(...result.wrong);
  const ratio = (p95(result.times) / alone.get(connections)).toFixed(2);
  row(`${connections} clients, with a queue`, { ...result, queued: result.queued.toFixed(1) }, ratio);
}
if ((await waiting()) === 0) wrong.push('the queue was empty before the end: more IMAGES, or fewer SECONDS');
wrong.push(...processes.unexpected);
await processes.stopAll(60_000);
await rm(folder, { recursive: true, force: true });
for (const what of wrong) say(what);
process.exitCode = wrong.length > 0 ? 1 : 0;
