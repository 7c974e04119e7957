// What each stage of a post's way costs, one stage after the other, with the models that ship, on the embedded database:
// `npm run build && node bench/pipeline.js [POSTS] [PICTURES]` (each post shows one of so many pictures).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { opinionOf } from '../dist/analytics/opinion/opinion.js';
import { readConfig } from '../dist/config.js';
import { openDatabase } from '../dist/db/openDatabase.js';
import { openEvents } from '../dist/events.js';
import { startInference } from '../dist/inference/inferenceClient.js';
import { canonicalPost } from '../dist/ingest/canonicalPost.js';
import { ingestPosts } from '../dist/ingest/ingestPosts.js';
import { openMediaStore } from '../dist/ingest/mediaStore.js';
import { openRows } from '../dist/ingest/openRows.js';
import { openPictures } from '../dist/ingest/takePictures.js';
import { captionJob } from '../dist/jobs/captionJob.js';
import { captionPlan } from '../dist/jobs/captionPlan.js';
import { detectJob } from '../dist/jobs/detectJob.js';
import { embedJob } from '../dist/jobs/embedJob.js';
import { enqueueWork } from '../dist/jobs/enqueueWork.js';
import { mapJob } from '../dist/jobs/mapJob.js';
import { createQueue } from '../dist/jobs/queue.js';
import { runQueue } from '../dist/jobs/runQueue.js';
import { createLogger } from '../dist/log.js';
import { quietTelemetry } from '../dist/telemetry/telemetry.js';
import { drawPictures, writePosts } from './scale/repostedPictures.js';
import { processMs, startedSince, threadMs, threadsSoFar } from './scale/threads.js';

const posts = Number(process.argv[2] ?? 2000);
const pictures = Number(process.argv[3] ?? posts / 10);
const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-bench-'));
const file = await writePosts(folder, { posts, pictures });
const imagesDir = path.join(folder, 'pictures');
await drawPictures(imagesDir, pictures);

const before = await threadsSoFar();
const db = await openDatabase({ dataDir: path.join(folder, 'data'), databaseUrl: undefined });
const database = startedSince(before);
const { pool } = db;
const log = createLogger({ logLevel: 'warn' });
const queue = createQueue(db, { log });
await queue.start();
const events = await openEvents({ databaseUrl: undefined, listen: false, log });
const telemetry = quietTelemetry();
const { inference: settings, media: limits, captioning, detection } = readConfig();
const inference = await startInference({ ...settings, maxPixels: limits.maxPixels, decodeMs: limits.decodeMs });
const { pid, captioner, embedder } = await inference.info();
const plan = captionPlan(captioner, captioning);

const stages = [];
/** Measures one stage; `count` of what it is counted by comes from it. */
async function stage(name, work) {
  const used = () => {
    const { user, system } = process.cpuUsage();
    return {
      wall: performance.now(),
      all: (user + system) / 1000 + processMs(pid),
      model: processMs(pid),
      database: threadMs(database),
    };
  };
  const from = used();
  const count = await work();
  const to = used();
  const spent = Object.fromEntries(Object.keys(from).map((key) => [key, to[key] - from[key]]));
  stages.push({ name, count, ...spent });
  process.stderr.write(`${name}: ${count} in ${(spent.wall / 1000).toFixed(1)} s\n`);
}

const read = [];
await stage('read and check a row', async () => {
  const { rows } = await openRows(file);
  for await (const { value } of rows) read.push(canonicalPost(value, { source: 'bench' }).post);
  return read.length;
});
await stage('look at a picture, or know it again', async () => {
  const take = openPictures({ pool, media: openMediaStore(path.join(folder, 'aside')), limits, imagesDir });
  for (let i = 0; i < read.length; i += 500) await take(read.slice(i, i + 500).flatMap(({ images }) => images));
  return read.length;
});
const store = openMediaStore(path.join(folder, 'data'));
await stage('all of ingest: both, write, jobs', async () => {
  const { rows } = await openRows(file);
  const deps = { db, media: store, limits, enqueue: enqueueWork(queue, () => plan) };
  const { accepted } = await ingestPosts(deps, rows, { origin: 'posts.ndjson', source: 'bench', imagesDir });
  return accepted;
});

/** Works a queue off. */
async function workOff(kind, isDone) {
  const running = runQueue({ pool, queue, log, telemetry }, kind);
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 50));
  await running.stop(60_000);
}
const count = async (sql) => (await pool.query(`SELECT count(*)::int AS n FROM ${sql}`)).rows[0].n;
const jobs = (name) => count(`pgboss.job WHERE name = '${name}' AND state < 'completed'`);
const imagePath = store.pathOf;
const deps = { db, pool, queue, inference, events, telemetry, log };
await stage('caption a picture', async () => {
  await workOff(
    captionJob({ ...deps, plan, imagePath, batchSize: settings.batchSize }),
    async () => (await jobs('caption')) === 0,
  );
  return await count(`captions WHERE status = 'COMPLETED'`);
});
await stage('embed a caption', async () => {
  await workOff(
    embedJob({ ...deps, modelDigest: embedder.digest, batchSize: settings.batchSize }),
    async () => (await jobs('embed')) === 0,
  );
  return await count('embeddings');
});
await stage('detection of a post', async () => {
  const { digest: modelDigest, dimension } = embedder;
  await workOff(
    detectJob({ ...deps, modelDigest, dimension, ...detection }),
    async () => (await count('posts WHERE detected_at IS NULL')) === 0,
  );
  return await count('posts WHERE detected_at IS NOT NULL');
});
await stage('of that, the opinion of a text', async () => {
  for (const { text } of read) opinionOf(text);
  return read.length;
});
await stage('a place on the map', async () => {
  await workOff(mapJob({ pool, log, embedderDigest: embedder.digest }), async () => (await jobs('map')) === 0);
  return await count('map_points WHERE layout > 0');
});

process.stdout.write(
  `${posts} posts, ${pictures} pictures\n\n| stage | times | ms each | ms of processors each | of it the models | the database | ms of processors a post |\n|---|---|---|---|---|---|---|\n`,
);
for (const { name, count: times, wall, all, model, database: ms } of stages) {
  const each = [wall, all, model, ms].map((one) => (one / times).toFixed(3));
  process.stdout.write(`| ${name} | ${times} | ${each.join(' | ')} | ${(all / posts).toFixed(3)} |\n`);
}
await inference.close();
await events.close();
await queue.stop();
await db.close();
rmSync(folder, { recursive: true });
