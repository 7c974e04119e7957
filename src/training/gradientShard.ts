// One session over a differentiated graph, with the arrays that it reads parameters from and writes gradients to.
import * as ort from 'onnxruntime-node';
import type { Graph } from '../inference/onnx/graph.js';
import { createSession } from '../inference/onnx/session.js';
import type { ParameterStore } from './parameterStore.js';

export type Feeds = Readonly<Record<string, ort.Tensor>>;

export interface GraphParameter {
  readonly name: string;
  /** Place among the values of the store, and among the gradients. */
  readonly offset: number;
  readonly size: number;
  readonly dims: readonly number[];
  /** Whether the graph has an output `gradient of NAME`. */
  readonly moves: boolean;
}

export interface DifferentiatedGraph {
  readonly graph: Graph;
  readonly parameters: readonly GraphParameter[];
  /** Names of scalar outputs, the loss first. */
  readonly figures: readonly string[];
}

export interface Shard {
  /** Runs one share of a batch; the gradients are then in the shard's array. */
  run(feeds: Feeds): Promise<Record<string, number>>;
  dispose(): Promise<void>;
}

/** Makes the session. `threads` 0: one per core. */
export async function openShard(
  { graph, parameters, figures }: DifferentiatedGraph,
  arrays: { readonly values: Float32Array; readonly gradients: Float32Array },
  threads: number,
): Promise<Shard> {
  const view = (array: Float32Array, { offset, size, dims }: GraphParameter) =>
    new ort.Tensor('float32', array.subarray(offset, offset + size), [...dims]);
  const feeds = Object.fromEntries(parameters.map((entry) => [entry.name, view(arrays.values, entry)]));
  const fetches: Record<string, ort.Tensor | null> = Object.fromEntries(figures.map((name) => [name, null]));
  for (const entry of parameters) {
    if (entry.moves) fetches[`gradient of ${entry.name}`] = view(arrays.gradients, entry);
  }
  // The nodes are laid out by hand; onnxruntime's own rewrites would fuse the bias back into Gemm, which is slower.
  const session = await createSession(graph, { provider: 'cpu', threads, optimization: 'disabled', spinning: false });
  return {
    async run(data) {
      const results = await session.run({ ...feeds, ...data }, fetches);
      return Object.fromEntries(figures.map((name) => [name, Number(results[name]!.data[0])]));
    },
    dispose: () => session.dispose(),
  };
}

/** The store's tensors that a graph takes as inputs: views, so that later updates are seen. */
export function parameterFeeds(store: ParameterStore, graph: Graph): Record<string, ort.Tensor> {
  const entries = new Map(store.entries.map((entry) => [entry.name, entry]));
  return Object.fromEntries(
    graph.inputs.flatMap(({ name, shape }) => {
      const entry = entries.get(name);
      if (entry === undefined) return [];
      const data = store.values.subarray(entry.offset, entry.offset + entry.size);
      return [[name, new ort.Tensor('float32', data, shape.map(Number))]];
    }),
  );
}
