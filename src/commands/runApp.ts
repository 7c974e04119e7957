// Runs the parts until a signal ends them.
import { type App, startApp } from '../app.js';
import type { Config } from '../config.js';
import type { Services } from '../context.js';
import { createLogger } from '../log.js';
import { createMetrics } from '../telemetry/metrics.js';
import { openTracer } from '../telemetry/openTracer.js';

export interface RunOptions {
  readonly config: Config;
  readonly api: boolean;
  readonly worker: boolean;
  /** Called when the parts run, and the API listens. */
  readonly onStarted?: (app: App) => Promise<void> | void;
  /** What /readyz is to wait for besides the parts themselves. */
  readonly notReady?: (services: Services) => Promise<readonly string[]>;
  /** Called before the parts are closed. */
  readonly onEnding?: () => Promise<void>;
  readonly demo?: Services['demo'];
}

/** How long after everything was closed the process may take to end by itself (ms). */
const EXIT_MS = 1000;
/** More than all that is drained may take by its own deadlines (ms): only a database that is silent keeps it longer. */
const CLOSE_MS = 30_000;

/**
 * Starts the parts and resolves when SIGTERM or SIGINT came and they were drained; a second signal ends the process at
 * once, and so does a drain of more than CLOSE_MS, with status 1: what was in flight goes back by its heartbeat. Rejects, after closing what was open, where a part cannot start.
 */
export async function runApp({ config, api, worker, onStarted, onEnding, notReady, demo }: RunOptions): Promise<void> {
  const log = createLogger(config);
  const metrics = createMetrics({ ofProcess: true });
  const stopped = nextSignal();
  const startInference = async () => {
    const client = await import('../inference/inferenceClient.js');
    return client.startInference({
      ...config.inference,
      maxPixels: config.media.maxPixels,
      decodeMs: config.media.decodeMs,
      onBatch: (size) => metrics.observe('hotlens_caption_batch_size', {}, size),
      onEvent: ({ kind, ...event }) => {
        if (kind === 'died') metrics.count('hotlens_inference_restarts_total', {});
        log[kind === 'ready' || kind === 'loading' ? 'info' : 'warn']({ inference: event }, `inference ${kind}`);
      },
    });
  };
  const telemetry = { metrics, tracer: await openTracer({ url: config.tracesUrl, log }) };
  const app = await startApp({
    config,
    log,
    telemetry,
    api,
    worker,
    startInference,
    demo,
    ...(notReady && { notReady }),
  });
  try {
    const started = (async () => {
      await onStarted?.(app);
      await app.ready;
    })();
    // A model that cannot be loaded ends the command; a signal may come before it is.
    await Promise.race([stopped, started]);
    log.info({ signal: await stopped }, 'draining');
  } finally {
    const overdue = setTimeout(() => {
      log.error({ ms: CLOSE_MS }, 'not drained in time: ending all the same');
      process.exit(1);
    }, CLOSE_MS);
    await onEnding?.();
    await app.close();
    clearTimeout(overdue);
    // Models that are still being loaded keep this process alive; theirs ends when it hears that this one has.
    setTimeout(() => process.exit(), EXIT_MS).unref();
  }
  log.info('ended');
}

/** Resolves with the first signal; the second ends the process with the status that a shell gives for it. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals, number: number) => {
      if (asked) process.exit(128 + number);
      asked = true;
      resolve(signal);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
