// A shard in a thread of its own. Parameters and gradients go through shared memory; onnxruntime takes no shared arrays, so that
// each side copies (some milliseconds for millions of numbers).
import { Worker } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';
import { entryPoint } from '../entryPoint.js';
import { AppError, type AppErrorCode } from '../errors.js';
import type { DifferentiatedGraph, Feeds } from './gradientShard.js';

/** A tensor as it can be sent to a thread. */
export interface SentTensor {
  readonly type: ort.Tensor.Type;
  readonly data: ort.Tensor.DataType;
  readonly dims: readonly number[];
}

export interface ShardStart {
  readonly differentiated: DifferentiatedGraph;
  readonly values: SharedArrayBuffer;
  readonly gradients: SharedArrayBuffer;
  readonly threads: number;
}

export type ShardAnswer =
  | { readonly figures: Record<string, number> | undefined }
  | { readonly error: { readonly code: AppErrorCode | undefined; readonly message: string } };

export interface ThreadShard {
  /** Runs one share with these parameters; its gradients are then in `gradients`. */
  run(feeds: Feeds, values: Float32Array): Promise<Record<string, number>>;
  readonly gradients: Float32Array;
  dispose(): Promise<void>;
}

/** Starts a thread with a session of its own over the graph; `size` numbers in the store. */
export async function startShard(
  differentiated: DifferentiatedGraph,
  size: number,
  threads: number,
): Promise<ThreadShard> {
  const values = new SharedArrayBuffer(4 * size);
  const gradients = new SharedArrayBuffer(4 * size);
  const start: ShardStart = { differentiated, values, gradients, threads };
  const worker = new Worker(entryPoint('./gradientWorker.js', import.meta.url), { workerData: start });
  const answer = () =>
    new Promise<Record<string, number> | undefined>((resolve, reject) => {
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
  const shared = new Float32Array(values);
  return {
    gradients: new Float32Array(gradients),
    async run(feeds, current) {
      shared.set(current);
      worker.postMessage(Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, sent(tensor)])));
      return (await answer())!;
    },
    async dispose() {
      await worker.terminate();
    },
  };
}

function sent({ type, data, dims }: ort.Tensor): SentTensor {
  return { type, data, dims };
}

/** A tensor of what was sent. */
export function received({ type, data, dims }: SentTensor): ort.Tensor {
  return new ort.Tensor(type, data as never, [...dims]);
}

function errorOf({ code, message }: { code: AppErrorCode | undefined; message: string }): Error {
  return code === undefined ? new Error(message) : new AppError(code, message);
}
