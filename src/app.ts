// The composition root of the running parts: opens what they need in order, and closes it in the reverse order.
import type { Logger } from 'pino';
import { newOwnerKey } from './access/secrets.js';
import type { Config } from './config.js';
import type { Services } from './context.js';
import { openDatabase } from './db/openDatabase.js';
import { messageOf } from './errors.js';
import { openEvents } from './events.js';
import type { Inference } from './inference/inference.js';
import { openUploadSpool } from './ingest/uploadSpool.js';
import { type CaptionPlan, captionPlan } from './jobs/captionPlan.js';
import { closeLeftImports } from './jobs/closeLeftImports.js';
import { openAdmission } from './jobs/openAdmission.js';
import { createQueue } from './jobs/queue.js';
import { returnLeftJobs } from './jobs/reconcile.js';
import { startWorker, type Worker } from './jobs/worker.js';
import { openMedia } from './media.js';
import { startMetricsServer } from './server/metricsServer.js';
import { createServer, type Server } from './server.js';
import { gaugeBacklog } from './telemetry/backlogGauges.js';
import type { Telemetry } from './telemetry/telemetry.js';
import { watchedInference, watchedMedia } from './telemetry/watched.js';

export interface AppOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Closed with the app. */
  readonly telemetry: Telemetry;
  /** Which parts run in this process. */
  readonly api: boolean;
  readonly worker: boolean;
  /** Loads the models; called once, and again at the next use where it failed. */
  readonly startInference: () => Promise<Inference>;
  /** What else /readyz is to wait for; empty when nothing is missing. */
  readonly notReady?: (services: Services) => Promise<readonly string[]>;
  readonly demo?: Services['demo'];
}

export interface App {
  readonly services: Services;
  /** http://127.0.0.1:PORT, or undefined without the API. */
  readonly url: string | undefined;
  /** Resolves when everything that was asked for runs; rejects where the models cannot be loaded. */
  readonly ready: Promise<void>;
  /** Drains: requests and jobs end or go back to the queue, then everything is closed. Safe to call again. */
  close(): Promise<void>;
}

/** Jobs that still run so long after the process was asked to end go back to the queue (ms). */
const DRAIN_MS = 10_000;

/**
 * Opens the database and the queue and starts the parts. Resolves when the API listens (so that /readyz can tell what is
 * still missing); the models are loaded meanwhile, and the worker starts when they are.
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, log, telemetry } = options;
  const closers: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= closeAll(closers, log);
    return closing;
  };
  try {
    return await open();
  } catch (error) {
    await close();
    throw error;
  }

  async function open(): Promise<App> {
    const { databaseUrl } = config;
    closers.push(() => telemetry.tracer.close());
    const db = await openDatabase({
      dataDir: config.dataDir,
      databaseUrl,
      onDeath: (death) => log.error(death, 'the embedded database died'),
    });
    closers.push(() => db.close());
    gaugeBacklog(telemetry.metrics, { pool: db.pool, log });
    const queue = createQueue(db, { log, heartbeatSeconds: config.heartbeatSeconds });
    await queue.start();
    closers.push(() => queue.stop());
    if (db.kind === 'embedded') await returnLeftJobs({ pool: db.pool, queue });
    const events = await openEvents({
      databaseUrl,
      listen: options.api,
      log,
      maxWaiting: config.requests.maxWaitingEvents,
    });
    closers.push(() => events.close());
    await closeLeftImports({ db, events, log });

    let plan: CaptionPlan | undefined;
    let loaded: Inference | undefined;
    const inference = onceUnlessItFails(async () => {
      loaded = watchedInference(await options.startInference(), telemetry);
      // Asked to end while the models were being loaded: nobody waits for them any more.
      if (closing !== undefined) await loaded.close();
      const { captioner } = await loaded.info();
      plan = captionPlan(captioner, config.captioning);
      return loaded;
    });
    closers.push(async () => loaded?.close());
    let url: string | undefined;
    const services: Services = {
      config,
      db,
      queue,
      events,
      log,
      telemetry,
      inference,
      plan: () => plan,
      media: watchedMedia(openMedia(config), telemetry),
      uploads: openUploadSpool(config.dataDir, { maxBytes: config.uploadMaxBytes, ...config.ingest }),
      admission: openAdmission(db.pool, config),
      publicUrl: () => config.publicUrl ?? url ?? `http://${config.host}:${config.port}`,
      demo: options.demo,
    };

    let missing = options.worker ? 'the models are being loaded' : undefined;
    const notReady = async () => {
      if (missing !== undefined) return [`inference: ${missing}`];
      const up = loaded === undefined || (await loaded.info()).ready;
      if (!up) return ['inference: its process is started anew'];
      return (await options.notReady?.(services)) ?? [];
    };
    let server: Server | undefined;
    let working: Promise<Worker> | undefined;
    closers.push(async () => {
      // Together: each has its own deadline, and a request may wait for a job's transaction.
      const worker = working?.then((one) => one.stop(DRAIN_MS));
      await Promise.all([server?.close(), worker?.catch((error: unknown) => log.error({ err: error }, 'closing'))]);
    });
    if (options.api) {
      const ownerKey = db.kind === 'embedded' ? newOwnerKey() : undefined;
      server = createServer({ services, notReady, ownerKey });
      ({ url } = await server.listen(config));
      db.announce(url, ownerKey);
      log.info({ url }, 'listening');
    } else if (config.metrics !== undefined) {
      const metrics = await startMetricsServer({ ...config.metrics, services, notReady });
      closers.push(() => metrics.close());
      log.info({ url: metrics.url }, 'telling metrics');
    }
    const ready = options.worker ? work() : Promise.resolve();
    // Whoever awaits it learns of a failure; without a listener it must not end the process by itself.
    ready.catch((error: unknown) => {
      missing = messageOf(error);
    });
    return { services, url, ready, close };

    async function work(): Promise<void> {
      const models = await inference();
      const { embedder } = await models.info();
      if (closing !== undefined) return;
      working = startWorker({
        ...services,
        inference: models,
        plan: plan!,
        embedderDigest: embedder.digest,
        dimension: embedder.dimension,
      });
      await working;
      missing = undefined;
      log.info({ model: plan!.modelDigest }, 'working');
    }
  }
}

/** The last opened is closed first; one that fails to close does not keep the others open. */
async function closeAll(closers: readonly (() => Promise<void>)[], log: Logger): Promise<void> {
  for (const close of [...closers].reverse()) {
    await close().catch((error: unknown) => log.error({ err: error }, 'closing'));
  }
}

/** One call in flight or done is shared by all; after a failure the next use tries again. */
function onceUnlessItFails<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => {
    started ??= start().catch((error: unknown) => {
      started = undefined;
      throw error;
    });
    return started;
  };
}
