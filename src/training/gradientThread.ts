// A shard in a thread of its own. Parameters and gradients go through shared memory; onnxruntime takes no shared arrays, so that
// each side copies (some milliseconds for millions of numbers).
import * as ort from 'onnxruntime-node';
import { startThread } from '../threads/thread.js';
import type { AdamWPlan, AdamWState } from './adamw.js';
import type { DifferentiatedGraph, Feeds } from './gradientShard.js';

/** Tensors as they can be sent to a thread. */
export type SentFeeds = Readonly<
  Record<
    string,
    { readonly type: ort.Tensor.Type; readonly data: ort.Tensor.DataType; readonly dims: readonly number[] }
  >
>;

/** What all threads share. */
export interface SharedMemory {
  readonly values: SharedArrayBuffer;
  /** The mean gradients, of all shares. */
  readonly gradients: SharedArrayBuffer;
  /** The sums of each thread's shares. */
  readonly sums: readonly SharedArrayBuffer[];
}

/** A thread's place among the others, and the numbers from `from` to `to` that it averages and updates. */
export interface ShardPart {
  readonly threads: number;
  readonly place: number;
  readonly from: number;
  readonly to: number;
}

export interface ShardStart {
  readonly differentiated: DifferentiatedGraph;
  readonly shared: SharedMemory;
  readonly part: ShardPart;
}

export type ShardTask =
  | { readonly run: readonly SentFeeds[] }
  | { readonly average: number }
  | { readonly update: { readonly plan: AdamWPlan; readonly state: AdamWState } };

export interface ThreadShard {
  /** Runs some shares with the shared parameters; the sums of their gradients are then in its own shared array. Returns the figures of each. */
  run(shares: readonly Feeds[]): Promise<Record<string, number>[]>;
  /** When all threads have run: writes its part of the mean of so many shares' gradients, and returns that part's sum of squares. */
  average(shares: number): Promise<number>;
  /** When all have averaged: updates its part of the shared parameters. The state must lie in shared memory. */
  update(state: AdamWState, plan: AdamWPlan): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts a thread with a session of its own over the graph. */
export async function startShard(
  differentiated: DifferentiatedGraph,
  shared: SharedMemory,
  part: ShardPart,
): Promise<ThreadShard> {
  const workerData: ShardStart = { differentiated, shared, part };
  const thread = await startThread('./gradientWorker.js', import.meta.url, workerData);
  const ask = (task: ShardTask) => thread.ask(task);
  return {
    run: (shares) => ask({ run: shares.map(sent) }) as Promise<Record<string, number>[]>,
    average: (shares) => ask({ average: shares }) as Promise<number>,
    async update(state, plan) {
      await ask({ update: { state, plan } });
    },
    dispose: () => thread.end(),
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
