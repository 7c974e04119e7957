// The services of a process around a test's database, with the pictures in a folder of their own.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DestinationStream, type Logger, pino } from 'pino';
import { readConfig } from '../../src/config.js';
import type { Services } from '../../src/context.js';
import type { Database } from '../../src/db/database.js';
import { AppError } from '../../src/errors.js';
import { openEvents } from '../../src/events.js';
import { openUploadSpool } from '../../src/ingest/uploadSpool.js';
import { captionPlan } from '../../src/jobs/captionPlan.js';
import { openAdmission } from '../../src/jobs/openAdmission.js';
import { createQueue } from '../../src/jobs/queue.js';
import { startWorker, type Worker } from '../../src/jobs/worker.js';
import { openMedia } from '../../src/media.js';
import { gaugeBacklog } from '../../src/telemetry/backlogGauges.js';
import { quietTelemetry, type Telemetry } from '../../src/telemetry/telemetry.js';
import { watchedInference, watchedMedia } from '../../src/telemetry/watched.js';
import { type TestInference, testInference } from './testInference.js';

export interface TestServices extends Services {
  readonly testInference: TestInference;
  /** Every log line so far, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  /** Writes a picture's bytes and its row; the bytes need not be a picture. */
  addImage(bytes: string): Promise<string>;
  /** A post with these images, stored. */
  addPost(post: {
    id?: string;
    source?: string;
    author?: string;
    text?: string;
    language?: string;
    postedAt?: Date;
    images?: readonly string[];
  }): Promise<string>;
  startWorker(): Promise<Worker>;
  close(): Promise<void>;
}

export interface TestServicesOptions {
  readonly log?: Logger;
  /** What the configuration is to differ in. */
  readonly env?: Readonly<Record<string, string>>;
  /** Stands in for the network. Without it nothing is fetched. */
  readonly fetch?: (url: string) => Promise<Uint8Array>;
  readonly telemetry?: Telemetry;
}

export async function openTestServices(db: Database, options: TestServicesOptions = {}): Promise<TestServices> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-media-'));
  const inference = testInference();
  const lines: Record<string, unknown>[] = [];
  const sink: DestinationStream = {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  };
  const config = readConfig({ HOTLENS_BATCH_SIZE: '4', HOTLENS_DATA: folder, ...options.env });
  const log = options.log ?? pino({ level: config.logLevel }, sink);
  const telemetry = options.telemetry ?? quietTelemetry();
  gaugeBacklog(telemetry.metrics, { pool: db.pool, log });
  const queue = createQueue(db, { log });
  await queue.start();
  const events = await openEvents({ listen: true, log, maxWaiting: config.requests.maxWaitingEvents });
  const plan = () => captionPlan({ digest: inference.digest, adapterDigest: '' }, config.captioning);
  const media = openMedia(config);
  const watched = watchedInference(inference, telemetry);
  const workers: Worker[] = [];
  const services: TestServices = {
    config,
    db,
    queue,
    events,
    log,
    telemetry,
    media: watchedMedia(
      {
        ...media,
        fetch:
          options.fetch ?? ((url) => Promise.reject(new AppError('MEDIA_REFUSED', `not fetched in this test: ${url}`))),
      },
      telemetry,
    ),
    uploads: openUploadSpool(config.dataDir, { maxBytes: config.uploadMaxBytes, ...config.ingest }),
    admission: openAdmission(db.pool, config),
    inference: async () => watched,
    plan,
    publicUrl: () => config.publicUrl ?? 'http://hotlens.test',
    testInference: inference,
    lines,
    async addImage(bytes) {
      const sha256 = await media.store.put(Buffer.from(bytes));
      await db.pool.query(
        `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) VALUES ($1, $2, 'image/png', 4, 3, '0123456789abcdef')
         ON CONFLICT DO NOTHING`,
        [sha256, bytes.length],
      );
      return sha256;
    },
    async addPost({
      id = randomUUID(),
      source = 'test',
      author = 'ann',
      text = '',
      language,
      postedAt = new Date(),
      images = [],
    }) {
      await db.pool.query(
        `INSERT INTO posts (id, source, native_id, author, text, posted_at, language, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, '{}')`,
        [id, source, id, author, text, postedAt, language ?? null],
      );
      for (const [position, bytes] of images.entries()) {
        await db.pool.query(
          `INSERT INTO post_images (id, post_id, position, status, image_sha256) VALUES ($1, $2, $3, 'STORED', $4)`,
          [randomUUID(), id, position, await services.addImage(bytes)],
        );
      }
      return id;
    },
    async startWorker() {
      const worker = await startWorker({
        ...services,
        inference: watched,
        plan: plan(),
        embedderDigest: 'test-embedder',
        dimension: 8,
      });
      workers.push(worker);
      return worker;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.stop(1000)));
      await queue.stop();
      await events.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return services;
}
