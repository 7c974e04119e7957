// The batching DataLoader: whoever asks for a caption, and however many ask at once, the captioner sees batches.
// It lives in the process that runs inference, so that API previews and queued work share one model, in turns.
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import DataLoader from 'dataloader';
import { AppError } from '../errors.js';
import { inferenceError } from '../onnx/inferenceError.js';
import { createBatchSize } from './batchSize.js';
import type { Captioner, PreparedRequest } from './captioner.js';
import type { CaptionRequest, CaptionResult } from './inference.js';
import { createTurns, type Rank } from './turns.js';

export interface CaptionLoaderOptions {
  /** Pictures in one batch at most. */
  readonly batchSize: number;
  /** How long the first request of a batch waits for company, in ms. */
  readonly batchWaitMs: number;
  /** What a batch of queued work may take while people ask (ms); undefined: one and a half times what one picture takes. */
  readonly batchTargetMs?: number | undefined;
  /** Called with the number of pictures of each batch that is run. */
  readonly onBatch?: (size: number) => void;
  /** When a batch is sent; injectable for tests. Default: setTimeout. */
  readonly schedule?: (send: () => void, waitMs: number) => void;
  /** Milliseconds on a clock that only goes forward; injectable for tests. */
  readonly now?: () => number;
}

export interface CaptionLoader {
  /**
   * Resolves with the caption; rejects with what is wrong with this one request. One that everybody who asked for it has given up by
   * `signal` before its batch runs is left out of it.
   */
  load(request: CaptionRequest, signal?: AbortSignal): Promise<CaptionResult>;
  /** Runs other work of the model that somebody waits for, between batches: the next one waits for it, and fills meanwhile. */
  between<T>(work: () => Promise<T>): Promise<T>;
}

/** How long people count as asking after the last of them did (ms). */
const ASKING_MS = 10_000;
/** Pictures that are decoded before their batch runs, in batches: those of the next one, and some who may go before. */
const BATCHES_AHEAD = 4;

/**
 * A loader over a captioner. The same picture with the same options asked for while it is under way is computed once.
 * One batch runs at a time; while it runs the next one fills, and its pictures are decoded. Interactive requests make batches of
 * their own, which go first. Where a whole batch fails (memory), its halves are tried, so that one picture does not fail the others.
 */
export function createCaptionLoader(
  captioner: Pick<Captioner, 'prepare' | 'captionPrepared'>,
  options: CaptionLoaderOptions,
): CaptionLoader {
  const schedule = options.schedule ?? ((send, waitMs) => setTimeout(send, waitMs));
  const now = options.now ?? (() => performance.now());
  const turns = createTurns();
  const size = createBatchSize({ largest: options.batchSize, targetMs: options.batchTargetMs });
  let lastAskedAt = Number.NEGATIVE_INFINITY;
  /** Pictures that are decoded and wait for their batch, or are being decoded for it. */
  let ahead = 0;

  function decodeAhead(asked: Asked): void {
    if (ahead >= BATCHES_AHEAD * options.batchSize) return;
    ahead += 1;
    decoded(asked);
  }

  /** The picture, decoded when it is first asked for. */
  function decoded(asked: Asked): Promise<PreparedRequest | AppError> {
    asked.decoding ??= captioner.prepare(asked.request);
    return asked.decoding;
  }

  async function runPiece(piece: readonly Asked[]): Promise<(CaptionResult | Error)[]> {
    // What has begun by now was decoded ahead.
    for (const { decoding } of piece) if (decoding !== undefined) ahead -= 1;
    const wanted = piece.filter(({ by }) => [...by].some((signal) => !signal?.aborted));
    const prepared = await Promise.all(wanted.map(decoded));
    const ready = prepared.filter((item): item is PreparedRequest => !(item instanceof AppError));
    const captions = (await runBatch(ready)).values();
    const results = new Map<Asked, CaptionResult | Error>();
    for (const [i, asked] of wanted.entries()) {
      const item = prepared[i]!;
      results.set(asked, item instanceof AppError ? item : captions.next().value!);
    }
    return piece.map((asked) => results.get(asked) ?? givenUp());
  }

  async function runBatch(batch: readonly PreparedRequest[]): Promise<(CaptionResult | Error)[]> {
    if (batch.length === 0) return [];
    options.onBatch?.(batch.length);
    const begin = now();
    try {
      const captions = await captioner.captionPrepared(batch);
      size.ran(batch.length, now() - begin);
      return captions;
    } catch (error) {
      if (batch.length === 1) return [error as Error];
      if (inferenceError(error).code === 'OUT_OF_MEMORY') size.tooLarge(batch.length);
      const half = batch.length >> 1;
      return [...(await runBatch(batch.slice(0, half))), ...(await runBatch(batch.slice(half)))];
    }
  }

  function loaderOf(rank: Rank): DataLoader<Asked, CaptionResult, string> {
    /** What runs in the present turn of a batch. */
    let inTurn: Promise<unknown> = Promise.resolve();

    /** Called within a turn. The first piece runs in it, each other one in a turn of its own. */
    async function runPieces(batch: readonly Asked[]): Promise<(CaptionResult | Error)[]> {
      const most = size.next(rank === 'backlog' && now() - lastAskedAt < ASKING_MS);
      const first = runPiece(batch.slice(0, most));
      inTurn = first;
      const rest = batch.slice(most);
      const others = rest.length === 0 ? [] : inTurns(() => runPieces(rest));
      return (await Promise.all([first, others])).flat();
    }

    /** Resolves with what `begin` gives, whose turn ends with its first piece. */
    function inTurns<T>(begin: () => T): Promise<Awaited<T>> {
      return new Promise((resolve, reject) => {
        void turns.take(rank, async () => {
          inTurn = Promise.resolve();
          Promise.resolve(begin()).then(resolve, reject);
          // What it rejects with is told by `begin`.
          await inTurn.catch(() => undefined);
        });
      });
    }

    return new DataLoader<Asked, CaptionResult, string>(runPieces, {
      maxBatchSize: options.batchSize,
      cacheKeyFn: ({ key }) => key,
      // A batch leaves once it has waited and it is its turn: meanwhile it goes on filling.
      batchScheduleFn: (send) => schedule(() => void inTurns(send), options.batchWaitMs),
    });
  }

  const loaders = { interactive: loaderOf('interactive'), backlog: loaderOf('backlog') };
  const underWay = { interactive: new Map<string, Asked>(), backlog: new Map<string, Asked>() };

  return {
    async load(request, signal) {
      const rank = request.rank ?? 'interactive';
      if (rank === 'interactive') lastAskedAt = now();
      // Made once: it hashes the picture.
      const key = requestKey(request);
      let asked = underWay[rank].get(key);
      if (asked === undefined) {
        asked = { key, request, by: new Set(), decoding: undefined };
        underWay[rank].set(key, asked);
        decodeAhead(asked);
      }
      asked.by.add(signal);
      try {
        return await loaders[rank].load(asked);
      } finally {
        // Kept only while under way: results are cached in the database, by content and model, not here.
        loaders[rank].clear(asked);
        if (underWay[rank].get(key) === asked) underWay[rank].delete(key);
      }
    },
    between(work) {
      lastAskedAt = now();
      return turns.take('interactive', work);
    },
  };
}

/** What who is left out of a batch is told, if anybody still listens. */
export function givenUp(): AppError {
  return new AppError('TIMEOUT', 'nobody waits for it any more');
}

/** A caption that is under way. */
interface Asked {
  readonly key: string;
  readonly request: CaptionRequest;
  /** Who waits for it, by what they give up with. */
  readonly by: Set<AbortSignal | undefined>;
  /** Of its picture; undefined: not begun. */
  decoding: Promise<PreparedRequest | AppError> | undefined;
}

/** Identity of a request among those of its rank: its picture (by content, or by the path that names content) and its options in one order. */
export function requestKey({ image, options = {} }: CaptionRequest): string {
  const picture =
    'path' in image ? `path ${image.path}` : `sha256 ${createHash('sha256').update(image.bytes).digest('hex')}`;
  const sorted = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${picture} ${JSON.stringify(sorted)}`;
}
