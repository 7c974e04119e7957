// A training graph at work: data in, losses out, gradients into an array that lies beside the parameters.
import type { Parameters } from '../inference/checkpoint/weights.js';
import { dropUnused } from '../onnx/dropUnused.js';
import { fuseLinear } from '../onnx/fuseLinear.js';
import { type Graph, output, type Value } from '../onnx/graph.js';
import { type AdamWMoment, type AdamWOptions, type AdamWState, adamwPlan, adamwStep } from './adamw.js';
import { gradients } from './autodiff/gradients.js';
import { type DifferentiatedGraph, type Feeds, openShard } from './gradientShard.js';
import { type SharedMemory, startShard } from './gradientThread.js';
import { type ParameterStore, trainable } from './parameterStore.js';

/** What a stage's graph gives: the loss to go down, and figures to be shown beside it (scalars). */
export interface Objective {
  readonly graph: Graph;
  readonly loss: Value;
  readonly figures?: Readonly<Record<string, Value>>;
}

export interface LossAndGradients {
  /**
   * Runs one batch, given in shares; the gradients of the shares' mean loss are then in `gradients`, in the order of the store. Returns
   * the means of loss and figures. Nothing that is done meanwhile may change the store.
   */
  run(...shares: readonly Feeds[]): Promise<Record<string, number>>;
  /** One step of AdamW along the gradients of the last run, as adamwStep makes it; where there are several sessions, their threads share the work. */
  update(state: AdamWState, options: AdamWOptions, now: AdamWMoment): Promise<number>;
  /** How many shares a batch is given in. */
  readonly shares: number;
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
  /** How many shares a batch is given in, a multiple of the shards (default: one each): a session runs its own one after the other. */
  readonly shares?: number;
}

/**
 * Builds an objective (for one share of a batch) over a store's parameters, differentiates it, and makes the sessions: one alone in this
 * thread, several each in a thread of its own, so that this one can prepare the next batch.
 */
export async function lossAndGradients(
  store: ParameterStore,
  build: (parameters: Parameters) => Objective,
  options: GradientOptions = {},
): Promise<LossAndGradients> {
  const { threads = 0, shards = 1 } = options;
  const { shares: count = shards } = options;
  if (count % shards !== 0) throw new Error(`lossAndGradients: ${count} shares cannot be dealt to ${shards} shards`);
  const differentiated = differentiate(store, build, options.frozen);
  dropUnused(differentiated.graph);
  if (threads === 1) fuseLinear(differentiated.graph);
  const sessions =
    shards === 1
      ? await alone(differentiated, store, { threads, shares: count })
      : await sideBySide(differentiated, store, { threads, shards, shares: count });
  const moved = new Set(differentiated.parameters.filter((entry) => entry.moves).map(({ name }) => name));
  return {
    ...sessions,
    parameters: store,
    shares: count,
    unused: store.entries.filter(({ name }) => !moved.has(name)).map(({ name }) => name),
    async run(...shares) {
      if (shares.length !== count) throw new Error(`lossAndGradients: expected ${count} shares, got ${shares.length}`);
      return meanOf(await sessions.run(shares));
    },
  };
}

/** Sessions that together run a batch. */
interface Sessions extends Pick<LossAndGradients, 'update' | 'gradients' | 'dispose'> {
  /** The figures of all shares, in some order. */
  run(shares: readonly Feeds[]): Promise<Record<string, number>[]>;
}

/** One session in this thread, on the store's own array. */
async function alone(
  graph: DifferentiatedGraph,
  store: ParameterStore,
  { threads, shares: count }: Required<Omit<GradientOptions, 'frozen' | 'shards'>>,
): Promise<Sessions> {
  const found = new Float32Array(store.values.length);
  const shard = await openShard(graph, { values: store.values, gradients: found }, threads);
  return {
    gradients: found,
    async run(shares) {
      const figures = await shard.run(shares);
      if (count > 1) for (let i = 0; i < found.length; i += 1) found[i]! /= count;
      return figures;
    },
    update: async (state, options, now) => adamwStep(store, found, state, options, now),
    dispose: () => shard.dispose(),
  };
}

/** Sessions in threads of their own, each with an even part of the shares, and afterwards of the numbers. */
async function sideBySide(
  graph: DifferentiatedGraph,
  store: ParameterStore,
  { threads, shards, shares: count }: Required<Omit<GradientOptions, 'frozen'>>,
): Promise<Sessions> {
  const memory = () => new SharedArrayBuffer(store.values.byteLength);
  const shared: SharedMemory = { values: memory(), gradients: memory(), sums: Array.from({ length: shards }, memory) };
  const values = new Float32Array(shared.values);
  const size = Math.ceil(values.length / shards);
  const all = await Promise.all(
    Array.from({ length: shards }, (_, place) =>
      startShard(graph, shared, {
        threads,
        place,
        from: place * size,
        to: Math.min(values.length, (place + 1) * size),
      }),
    ),
  );
  let squares = 0;
  return {
    gradients: new Float32Array(shared.gradients),
    async run(shares) {
      values.set(store.values);
      const each = count / shards;
      const figures = await together(all.map((shard, i) => shard.run(shares.slice(i * each, (i + 1) * each))));
      squares = (await together(all.map((shard) => shard.average(count)))).reduce((sum, part) => sum + part, 0);
      return figures.flat();
    },
    async update({ m, v }, options, now) {
      const norm = Math.sqrt(squares);
      if (!Number.isFinite(norm)) return norm;
      const plan = adamwPlan(store, options, now, norm);
      await together(all.map((shard) => shard.update({ m, v }, plan)));
      store.values.set(values);
      return norm;
    },
    async dispose() {
      await Promise.all(all.map((shard) => shard.dispose()));
    },
  };
}

/** All have to be done, also where one failed: none may still be reading when the next batch comes. */
async function together<T>(running: readonly Promise<T>[]): Promise<T[]> {
  return (await Promise.allSettled(running)).map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
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

function meanOf(rows: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  return Object.fromEntries(
    Object.keys(rows[0]!).map((name) => [name, rows.reduce((sum, row) => sum + row[name]!, 0) / rows.length]),
  );
}
