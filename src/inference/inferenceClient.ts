// Inference for the rest of Hotlens: starts the process that runs it, watches it, and starts it anew when it dies.
// Requests that were in flight when it died are then tried one at a time before anything else: the picture that killed
// it is found out and rejected, and the others of its batch come to no harm. (Halving the batch would find it too, but with
// more deaths, each of which costs the time of loading the models, and with innocent ones in flight at most of them.)
import { type ChildProcess, fork } from 'node:child_process';
import { entryPoint } from '../entryPoint.js';
import { AppError } from '../errors.js';
import type {
  CaptionerInfo,
  CaptionResult,
  EmbedderInfo,
  EmbeddingResult,
  ExplanationResult,
  Inference,
  TextEmbedding,
} from './inference.js';
import type { FromProcess, InferenceCall, InferenceSettings, ToProcess, WireError } from './inferenceProtocol.js';

export interface InferenceClientOptions extends InferenceSettings {
  /** Told of starts, deaths and refusals, for the log. */
  readonly onEvent?: (event: InferenceEvent) => void;
  /** Told of the number of pictures of each caption batch that is about to run. */
  readonly onBatch?: (size: number) => void;
}

export type InferenceEvent =
  /** Bytes of memory that the captioner needs, and that there are. */
  | { readonly kind: 'loading'; readonly needed: number; readonly available: number }
  | { readonly kind: 'ready'; readonly pid: number; readonly captioner: CaptionerInfo; readonly embedder: EmbedderInfo }
  | { readonly kind: 'died'; readonly how: string; readonly interrupted: number; readonly restartInMs: number }
  | { readonly kind: 'refused'; readonly message: string };

interface Request {
  readonly call: InferenceCall;
  /** How often the process died while it was in flight: in company the first time, alone from then on. */
  readonly deaths: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: AppError) => void;
}

const FIRST_RESTART_MS = 200;
const LAST_RESTART_MS = 10_000;
const CLOSE_TIMEOUT_MS = 5_000;
const RECENT_BATCHES = 100;
/** Deaths of which a request is held to be the cause. */
const DEATHS = 3;
/** A question is not work that was taken on: whoever asked may ask again, and that costs no further death before. */
const DEATHS_OF = { caption: DEATHS, embedText: DEATHS, embedImage: DEATHS, explain: 1 } as const;

/** Starts the process and waits until its sessions are warm. Rejects with AppError (BAD_MODEL, CONFIG) where it refuses to start. */
export async function startInference(options: InferenceClientOptions): Promise<Inference> {
  const { onEvent, onBatch, ...settings } = options;
  let child: ChildProcess | undefined;
  let ready: { captioner: CaptionerInfo; embedder: EmbedderInfo } | undefined;
  let up = false;
  let closing = false;
  let restarts = 0;
  let restartMs = FIRST_RESTART_MS;
  let restartTimer: NodeJS.Timeout | undefined;
  let nextId = 0;
  const inFlight = new Map<number, Request>();
  const suspects: Request[] = [];
  const waiting: Request[] = [];
  const recentBatches: number[] = [];

  /** Sends what may be sent: suspects alone, one after the other; the rest only when none is left. */
  function dispatch(): void {
    if (!up) return;
    if (suspects.length > 0) {
      if (inFlight.size === 0) transmit(suspects.shift()!);
      return;
    }
    if ([...inFlight.values()].some((request) => request.deaths > 0)) return;
    for (const request of waiting.splice(0)) transmit(request);
  }

  function transmit(request: Request): void {
    const id = nextId;
    nextId += 1;
    inFlight.set(id, request);
    // A failed send means that the process is going: its exit settles what is in flight.
    child?.send({ ...request.call, id }, () => {});
  }

  function settle(id: number, act: (request: Request) => void): void {
    const request = inFlight.get(id);
    if (request === undefined) return;
    inFlight.delete(id);
    act(request);
    dispatch();
  }

  function spawn(): Promise<void> {
    return new Promise((resolve, reject) => {
      let refusal: AppError | undefined;
      const started = fork(entryPoint('./inferenceProcess.js', import.meta.url), [JSON.stringify(settings)], {
        serialization: 'advanced',
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      child = started;
      started.on('error', (cause) => {
        refusal = new AppError('INFERENCE_UNAVAILABLE', `the inference process did not start: ${cause.message}`, {
          cause,
        });
      });
      started.on('message', (message: FromProcess) => {
        switch (message.kind) {
          case 'ready':
            ready = { captioner: message.captioner, embedder: message.embedder };
            up = true;
            restartMs = FIRST_RESTART_MS;
            onEvent?.({ kind: 'ready', pid: started.pid!, ...ready });
            resolve();
            dispatch();
            break;
          case 'loading':
            onEvent?.(message);
            break;
          case 'batch':
            onBatch?.(message.size);
            recentBatches.push(message.size);
            if (recentBatches.length > RECENT_BATCHES) recentBatches.shift();
            break;
          case 'refused':
            refusal = fromWire(message.error);
            onEvent?.({ kind: 'refused', message: refusal.message });
            break;
          case 'result':
            settle(message.id, (request) => request.resolve(message.result));
            break;
          case 'error':
            settle(message.id, (request) => request.reject(fromWire(message.error)));
            break;
          default:
            throw new Error(
              `inferenceClient: expected a known message, got ${JSON.stringify(message satisfies never)}`,
            );
        }
      });
      started.on('exit', (code, signal) => {
        const wasUp = up;
        up = false;
        child = undefined;
        const how = signal ?? `exit status ${code}`;
        reject(refusal ?? new AppError('INFERENCE_UNAVAILABLE', `the inference process ended at its start (${how})`));
        if (!closing && (wasUp || restarts > 0)) afterDeath(how, refusal);
      });
    });
  }

  function afterDeath(how: string, refusal: AppError | undefined): void {
    const interrupted = [...inFlight.values()];
    inFlight.clear();
    // Before the others: a lone suspect is either cleared or found guilty before the next one is tried.
    for (const request of interrupted.reverse()) {
      const deaths = request.deaths + 1;
      const most = DEATHS_OF[request.call.method];
      if (deaths < most) suspects.unshift({ ...request, deaths });
      else {
        const message =
          most === 1
            ? `the inference process died meanwhile (${how})`
            : `killed the inference process ${most} times (${how})`;
        request.reject(new AppError('INFERENCE_UNAVAILABLE', message, { retryable: true, kind: 'CRASH' }));
      }
    }
    if (refusal !== undefined) {
      // The models were there before: what cannot be read now is no fault of those who wait.
      const message = `the inference process cannot be started anew: ${refusal.message}`;
      const options = { cause: refusal, retryable: true, kind: 'UNAVAILABLE' } as const;
      rejectAll(new AppError('INFERENCE_UNAVAILABLE', message, options));
    }
    onEvent?.({ kind: 'died', how, interrupted: interrupted.length, restartInMs: restartMs });
    restarts += 1;
    restartTimer = setTimeout(() => void spawn().catch(() => {}), restartMs);
    restartMs = Math.min(restartMs * 2, LAST_RESTART_MS);
  }

  function rejectAll(error: AppError): void {
    for (const request of [...inFlight.values(), ...suspects.splice(0), ...waiting.splice(0)]) request.reject(error);
    inFlight.clear();
  }

  function ask<T>(call: InferenceCall, signal?: AbortSignal): Promise<T> {
    if (closing) return Promise.reject(new AppError('SHUTTING_DOWN', 'inference is closing', { retryable: true }));
    if (signal?.aborted) return Promise.reject(signal.reason as AppError);
    return new Promise<T>((resolve, reject) => {
      const request: Request = { call, deaths: 0, resolve: resolve as (result: unknown) => void, reject };
      waiting.push(request);
      dispatch();
      if (signal !== undefined) forgetWhenAborted(request, signal);
    });
  }

  /** The caller is told at once; the process, so that it need not begin. */
  function forgetWhenAborted(request: Request, signal: AbortSignal): void {
    signal.addEventListener(
      'abort',
      () => {
        const place = waiting.indexOf(request);
        if (place >= 0) waiting.splice(place, 1);
        const id = [...inFlight].find(([, { call }]) => call === request.call)?.[0];
        // What is under way stays in flight until it is answered: a picture that kills the process must still be found out.
        if (id !== undefined) child?.send({ method: 'cancel', id } satisfies ToProcess, () => {});
        request.reject(signal.reason as AppError);
      },
      { once: true },
    );
  }

  await spawn();

  return {
    info: async () => ({ ...ready!, ready: up, recentBatches: [...recentBatches], restarts, pid: child?.pid ?? 0 }),
    caption: (request, signal) => ask<CaptionResult>({ method: 'caption', argument: request }, signal),
    explain: (request, signal) => ask<ExplanationResult>({ method: 'explain', argument: request }, signal),
    embedText: (text) => ask<TextEmbedding>({ method: 'embedText', argument: text }),
    embedImage: (image) => ask<EmbeddingResult>({ method: 'embedImage', argument: image }),
    async close() {
      if (closing) return;
      closing = true;
      clearTimeout(restartTimer);
      rejectAll(new AppError('SHUTTING_DOWN', 'inference is closing', { retryable: true }));
      const leaving = child;
      if (leaving === undefined) return;
      const gone = new Promise<void>((resolve) => leaving.once('exit', () => resolve()));
      leaving.disconnect();
      const force = setTimeout(() => leaving.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
      await gone;
      clearTimeout(force);
    },
  };
}

function fromWire({ code, message, retryable }: WireError): AppError {
  return new AppError(code, message, { retryable });
}
