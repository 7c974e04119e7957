// The batching DataLoader: whoever asks for a caption, and however many ask at once, the captioner sees batches.
// It lives in the process that runs inference, so that API previews and queued work fall into the same batches.
import { createHash } from 'node:crypto';
import DataLoader from 'dataloader';
import { AppError } from '../errors.js';
import type { Captioner } from './captioner.js';
import type { CaptionRequest, CaptionResult } from './inference.js';

export interface CaptionLoaderOptions {
  /** Pictures in one batch at most. */
  readonly batchSize: number;
  /** How long the first request of a batch waits for company, in ms. */
  readonly batchWaitMs: number;
  /** Called with the number of pictures of each batch that is run. */
  readonly onBatch?: (size: number) => void;
  /** When a batch is sent; injectable for tests. Default: setTimeout. */
  readonly schedule?: (send: () => void, waitMs: number) => void;
}

export interface CaptionLoader {
  /**
   * Resolves with the caption; rejects with what is wrong with this one request. One that everybody who asked for it has given up by
   * `signal` before its batch runs is left out of it.
   */
  load(request: CaptionRequest, signal?: AbortSignal): Promise<CaptionResult>;
  /** Runs other work of the model when the batch that runs is done; the next one waits for it, and fills meanwhile. */
  between<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * A loader over a captioner. The same picture with the same options asked for while it is under way is computed once.
 * One batch runs at a time; while it runs the next one fills. Where a whole batch fails (memory), its pictures are tried
 * one by one, so that one of them does not fail the others.
 */
export function createCaptionLoader(
  captioner: Pick<Captioner, 'captionBatch'>,
  options: CaptionLoaderOptions,
): CaptionLoader {
  const schedule = options.schedule ?? ((send, waitMs) => setTimeout(send, waitMs));
  let running: Promise<unknown> = Promise.resolve();

  /** Who waits, by picture and options. */
  const asking = new Map<string, Set<AbortSignal | undefined>>();

  async function runWanted(batch: readonly KeyedRequest[]): Promise<(CaptionResult | Error)[]> {
    const wanted = batch.filter(({ key }) => [...(asking.get(key) ?? [])].some((signal) => !signal?.aborted));
    const results = (wanted.length === 0 ? [] : await runBatch(wanted.map(({ request }) => request))).values();
    return batch.map((keyed) => (wanted.includes(keyed) ? results.next().value! : givenUp()));
  }

  async function runBatch(requests: readonly CaptionRequest[]): Promise<(CaptionResult | Error)[]> {
    options.onBatch?.(requests.length);
    try {
      return await captioner.captionBatch(requests);
    } catch (error) {
      if (requests.length === 1) return [error as Error];
      const results: (CaptionResult | Error)[] = [];
      for (const request of requests) results.push(...(await runBatch([request])));
      return results;
    }
  }

  const loader = new DataLoader<KeyedRequest, CaptionResult, string>(
    (batch) => {
      const result = running.then(() => runWanted(batch));
      running = result;
      return result;
    },
    {
      maxBatchSize: options.batchSize,
      cacheKeyFn: ({ key }) => key,
      // A batch leaves once it has waited and the one before it is done: meanwhile it goes on filling.
      batchScheduleFn: (send) => schedule(() => void running.then(send), options.batchWaitMs),
    },
  );

  return {
    async load(request, signal) {
      // Made once: it hashes the picture.
      const keyed = { key: requestKey(request), request };
      const signals = asking.get(keyed.key) ?? new Set();
      asking.set(keyed.key, signals.add(signal));
      try {
        return await loader.load(keyed);
      } finally {
        // Kept only while under way: results are cached in the database, by content and model, not here.
        loader.clear(keyed);
        if (asking.get(keyed.key) === signals) asking.delete(keyed.key);
      }
    },
    between(work) {
      const result = running.then(work);
      running = result.catch(() => undefined);
      return result;
    },
  };
}

/** What who is left out of a batch is told, if anybody still listens. */
export function givenUp(): AppError {
  return new AppError('TIMEOUT', 'nobody waits for it any more');
}

interface KeyedRequest {
  readonly key: string;
  readonly request: CaptionRequest;
}

/** Identity of a request: its picture (by content, or by the path that names content) and its options in one order. */
export function requestKey({ image, options = {} }: CaptionRequest): string {
  const picture =
    'path' in image ? `path ${image.path}` : `sha256 ${createHash('sha256').update(image.bytes).digest('hex')}`;
  const sorted = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${picture} ${JSON.stringify(sorted)}`;
}
