// Captions embedded per second by the embed queue's job, with the embedder that ships, into the embedded database:
// `npm run build && node bench/embedCaptions.js [CAPTIONS]`. By tenths, so that it shows whether the rate and the memory last.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { readConfig } from '../dist/config.js';
import { openDatabase } from '../dist/db/openDatabase.js';
import { startInference } from '../dist/inference/inferenceClient.js';
import { embedJob } from '../dist/jobs/embedJob.js';
import { createQueue } from '../dist/jobs/queue.js';
import { runQueue } from '../dist/jobs/runQueue.js';
import { createLogger } from '../dist/log.js';
import { quietTelemetry } from '../dist/telemetry/telemetry.js';
import { sceneOf } from '../dist/training/scenes/scene.js';
import { openSprites } from '../dist/training/scenes/sprites.js';
import { processMs, residentMb, startedSince, threadMs, threadsSoFar } from './scale/threads.js';

const count = Number(process.argv[2] ?? 100_000);
/** Rows made by one statement. */
const CHUNK = 5000;

const dataDir = mkdtempSync(path.join(tmpdir(), 'hotlens-bench-'));
const before = await threadsSoFar();
const db = await openDatabase({ dataDir, databaseUrl: undefined });
const database = startedSince(before);
const log = createLogger({ logLevel: 'warn' });
const queue = createQueue(db, { log });
await queue.start();
const sprites = await openSprites();
for (let from = 0; from < count; from += CHUNK) {
  const rows = Array.from({ length: Math.min(CHUNK, count - from) }, (_, k) => {
    const { references } = sceneOf(sprites, { seed: 5, split: 'train', domain: 'all', index: from + k });
    const sha256 = createHash('sha256')
      .update(String(from + k))
      .digest('hex');
    return { sha256, text: references[(from + k) % references.length] };
  });
  await db.pool.query(
    `WITH given AS (SELECT *, gen_random_uuid() AS id FROM jsonb_to_recordset($1::jsonb) AS given (sha256 char(64), text text)),
       image AS (INSERT INTO images (sha256, bytes, mime_type, width, height, phash) SELECT sha256, 1, 'image/png', 1, 1, '0' FROM given),
       caption AS (INSERT INTO captions (id, image_sha256, model_digest, options, options_digest, status, text, completed_at)
         SELECT id, sha256, 'm', '{}', 'o', 'COMPLETED', text, now() FROM given)
     SELECT`,
    [JSON.stringify(rows)],
  );
  await queue.add(
    'embed',
    rows.map(({ sha256 }) => ({ data: { imageSha256: sha256 }, key: sha256 })),
  );
}
await db.pool.query(`UPDATE images i SET current_caption_id = c.id FROM captions c WHERE c.image_sha256 = i.sha256`);
await db.pool.query('ANALYZE; CHECKPOINT');

const { inference: settings, media } = readConfig();
const inference = await startInference({ ...settings, maxPixels: media.maxPixels, decodeMs: media.decodeMs });
const { pid, embedder } = await inference.info();
let done = 0;
let finish;
const all = new Promise((resolve) => {
  finish = resolve;
});
const counted = {
  embedText: async (text) => {
    const result = await inference.embedText(text);
    done += 1;
    tell();
    return result;
  },
};

function used() {
  const { user, system } = process.cpuUsage();
  const [databaseMs, mainMs, modelMs] = [threadMs(database), threadMs(process.pid), processMs(pid)];
  return { wallMs: performance.now(), allMs: (user + system) / 1000 + modelMs, databaseMs, mainMs, modelMs };
}
process.stdout.write(
  '| captions | captions/s | ms of processors a caption | of it the model | the database | JavaScript | server, inference: MB |\n|---|---|---|---|---|---|---|\n',
);
const start = used();
let [last, seen] = [start, 0];
function show(title, many, from, to) {
  const a = (key) => (to[key] - from[key]) / many;
  const columns = ['allMs', 'modelMs', 'databaseMs', 'mainMs'].map((key) => a(key).toFixed(3));
  const rate = Math.round(1000 / a('wallMs')).toLocaleString('en');
  process.stdout.write(`| ${title} | ${rate} | ${columns.join(' | ')} | ${residentMb()}, ${residentMb(pid)} |\n`);
}
function tell() {
  if (done - seen < count / 10) return;
  const now = used();
  show(`up to ${done.toLocaleString('en')}`, done - seen, last, now);
  [last, seen] = [now, done];
  if (done === count) finish();
}

const deps = { pool: db.pool, queue, log, telemetry: quietTelemetry() };
const running = runQueue(
  deps,
  embedJob({ db, queue, inference: counted, modelDigest: embedder.digest, batchSize: settings.batchSize }),
);
await all;
await running.stop(60_000);
show('**all**', count, start, used());
const { rows } = await db.pool.query(
  `SELECT (SELECT count(*)::int FROM embeddings) AS embeddings, (SELECT count(*)::int FROM pgboss.job WHERE name = 'embed' AND state < 'completed') AS left`,
);
process.stdout.write(`${JSON.stringify(rows[0])}\n`);
await inference.close();
await queue.stop();
await db.close();
rmSync(dataDir, { recursive: true });
if (rows[0].embeddings !== count || rows[0].left !== 0) {
  process.stderr.write('not every caption has its vector, or not every job is done\n');
  process.exit(1);
}
