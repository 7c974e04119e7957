// A training graph at work: data in, losses out, gradients into an array that lies beside the parameters.
import type { Parameters } from '../inference/checkpoint/weights.js';
import { type Graph, output, type Value } from '../inference/onnx/graph.js';
import { gradients } from './autodiff/gradients.js';
import { type DifferentiatedGraph, type Feeds, openShard, type Shard } from './gradientShard.js';
import { startShard } from './gradientThread.js';
import { type ParameterStore, trainable } from './parameterStore.js';

/** What a stage's graph gives: the loss to go down, and figures to be shown beside it (scalars). */
export interface Objective {
  readonly graph: Graph;
  readonly loss: Value;
  readonly figures?: Readonly<Record<string, Value>>;
}

export interface LossAndGradients {
  /**
   * Runs one batch, given as one share for each shard; the gradients of the shares' mean loss are then in `gradients`, in the order of
   * the store. Returns the means of loss and figures.
   */
  run(...shares: readonly Feeds[]): Promise<Record<string, number>>;
  /** How many shares a batch is given in. */
  readonly shards: number;
  readonly gradients: Float32Array;
  readonly parameters: ParameterStore;
  /** Names of parameters that this loss does not depend on: their gradients stay 0. */
  readonly unused: readonly string[];
  dispose(): Promise<void>;
}

export interface GradientOptions {
  /** Where parameters come from that do not move. */
  readonly frozen?: Parameters;
  /** Threads of each shard's session; 0: one per core. */
  readonly threads?: number;
  /**
   * Sessions side by side, each in a thread of its own with its share of the batch. Two sessions of one thread are up to a third
   * faster than one of two threads, which wait for each other at every operator (bench/results.md). Default 1.
   */
  readonly shards?: number;
}

/** Builds an objective (for one share of a batch) over a store's parameters, differentiates it, and makes the sessions. */
export async function lossAndGradients(
  store: ParameterStore,
  build: (parameters: Parameters) => Objective,
  options: GradientOptions = {},
): Promise<LossAndGradients> {
  const { threads = 0, shards: count = 1 } = options;
  const differentiated = differentiate(store, build, options.frozen);
  const all = new Float32Array(store.values.length);
  // The last share is run here, on the store's own arrays; the others beside it.
  const others = await Promise.all(
    Array.from({ length: count - 1 }, () => startShard(differentiated, store.values.length, threads)),
  );
  const own = await openShard(differentiated, { values: store.values, gradients: all }, threads);
  const moved = new Set(differentiated.parameters.filter((entry) => entry.moves).map(({ name }) => name));
  return {
    gradients: all,
    parameters: store,
    shards: count,
    unused: store.entries.filter(({ name }) => !moved.has(name)).map(({ name }) => name),
    async run(...shares) {
      if (shares.length !== count) throw new Error(`lossAndGradients: expected ${count} shares, got ${shares.length}`);
      const running = others.map((shard, i) => shard.run(shares[i]!, store.values));
      const figures = [await own.run(shares[count - 1]!), ...(await Promise.all(running))];
      for (const { gradients: theirs } of others) add(all, theirs);
      if (count > 1) scale(all, 1 / count);
      return meanOf(figures);
    },
    async dispose() {
      await Promise.all([own, ...others].map((shard: Pick<Shard, 'dispose'>) => shard.dispose()));
    },
  };
}

function differentiate(
  store: ParameterStore,
  build: (parameters: Parameters) => Objective,
  frozen: Parameters | undefined,
): DifferentiatedGraph {
  const { graph, loss, figures = {} } = build(trainable(store, frozen));
  const used = store.entries.filter(({ name }) => graph.values.has(name));
  const found = gradients(
    loss,
    used.map(({ name }) => graph.values.get(name)!),
  );
  output('loss', loss);
  for (const [name, value] of Object.entries(figures)) output(name, value);
  return {
    graph,
    figures: ['loss', ...Object.keys(figures)],
    parameters: used.map(({ name, offset, size }, i) => {
      const gradient = found[i];
      if (gradient !== undefined) output(`gradient of ${name}`, gradient);
      const dims = graph.values.get(name)!.shape.map(Number);
      return { name, offset, size, dims, moves: gradient !== undefined };
    }),
  };
}

function add(sum: Float32Array, more: Float32Array): void {
  for (let i = 0; i < sum.length; i += 1) sum[i]! += more[i]!;
}

function scale(x: Float32Array, factor: number): void {
  for (let i = 0; i < x.length; i += 1) x[i]! *= factor;
}

function meanOf(rows: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  return Object.fromEntries(
    Object.keys(rows[0]!).map((name) => [name, rows.reduce((sum, row) => sum + row[name]!, 0) / rows.length]),
  );
}

export { parameterFeeds } from './gradientShard.js';
