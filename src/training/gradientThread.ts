// A shard in a thread of its own. Parameters and gradients go through shared memory; onnxruntime takes no shared arrays, so that
// each side copies (some milliseconds for millions of numbers).
import { Worker } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';
import { entryPoint } from '../entryPoint.js';
import { AppError, type AppErrorCode } from '../errors.js';
import type { DifferentiatedGraph, Feeds } from './gradientShard.js';

/** Tensors as they can be sent to a thread. */
export type SentFeeds = Readonly<
  Record<
    string,
    { readonly type: ort.Tensor.Type; readonly data: ort.Tensor.DataType; readonly dims: readonly number[] }
  >
>;

export interface ShardStart {
  readonly differentiated: DifferentiatedGraph;
  readonly values: SharedArrayBuffer;
  readonly gradients: SharedArrayBuffer;
  readonly threads: number;
}

export type ShardAnswer =
  | { readonly figures: Record<string, number>[] }
  | { readonly error: { readonly code: AppErrorCode | undefined; readonly message: string } };

export interface ThreadShard {
  /** Runs some shares with the parameters in the shared array; the sums of their gradients are then in `gradients`. Returns the figures of each. */
  run(shares: readonly Feeds[]): Promise<Record<string, number>[]>;
  readonly gradients: Float32Array;
  dispose(): Promise<void>;
}

/** Starts a thread with a session of its own over the graph; `values`: the store's numbers, for all threads to read. */
export async function startShard(
  differentiated: DifferentiatedGraph,
  values: SharedArrayBuffer,
  threads: number,
): Promise<ThreadShard> {
  const gradients = new SharedArrayBuffer(values.byteLength);
  const start: ShardStart = { differentiated, values, gradients, threads };
  const worker = new Worker(entryPoint('./gradientWorker.js', import.meta.url), { workerData: start });
  const answer = () =>
    new Promise<Record<string, number>[]>((resolve, reject) => {
      const settle = (message: ShardAnswer) => {
        worker.off('error', fail).off('exit', gone);
        if ('error' in message) reject(errorOf(message.error));
        else resolve(message.figures);
      };
      const fail = (error: unknown) => reject(error);
      const gone = () => reject(new Error('gradientThread: the thread ended'));
      worker.once('message', settle).once('error', fail).once('exit', gone);
    });
  await answer();
  return {
    gradients: new Float32Array(gradients),
    run(shares) {
      const done = answer();
      worker.postMessage(shares.map(sent));
      return done;
    },
    async dispose() {
      await worker.terminate();
    },
  };
}

function sent(feeds: Feeds): SentFeeds {
  return mapped(feeds, ({ type, data, dims }) => ({ type, data, dims }));
}

/** The tensors of what was sent. */
export function received(feeds: SentFeeds): Feeds {
  return mapped(feeds, ({ type, data, dims }) => new ort.Tensor(type, data as never, [...dims]));
}

function mapped<From, To>(record: Readonly<Record<string, From>>, map: (each: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, each]) => [name, map(each)]));
}

function errorOf({ code, message }: { code: AppErrorCode | undefined; message: string }): Error {
  return code === undefined ? new Error(message) : new AppError(code, message);
}
