// One session over a differentiated graph, with the arrays that it reads parameters from and writes gradients to.
import * as ort from 'onnxruntime-node';
import type { Graph } from '../onnx/graph.js';
import { createSession } from '../onnx/session.js';
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
  /** Runs some shares of a batch one after the other; the sums of their gradients are then in the shard's array. Returns the figures of each. */
  run(shares: readonly Feeds[]): Promise<Record<string, number>[]>;
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
  const fetchesInto = (gradients: Float32Array): Record<string, ort.Tensor | null> => ({
    ...Object.fromEntries(figures.map((name) => [name, null])),
    ...Object.fromEntries(
      parameters.filter(({ moves }) => moves).map((entry) => [`gradient of ${entry.name}`, view(gradients, entry)]),
    ),
  });
  const first = fetchesInto(arrays.gradients);
  let further: { gradients: Float32Array; fetches: Record<string, ort.Tensor | null> } | undefined;
  // The nodes are laid out by hand; onnxruntime's own rewrites would fuse the bias back into Gemm, which is slower.
  const session = await createSession(graph, { provider: 'cpu', threads, optimization: 'disabled' });
  return {
    async run(shares) {
      const found: Record<string, number>[] = [];
      for (const [i, data] of shares.entries()) {
        if (i > 0 && further === undefined) {
          const gradients = new Float32Array(arrays.gradients.length);
          further = { gradients, fetches: fetchesInto(gradients) };
        }
        const results = await session.run({ ...feeds, ...data }, i === 0 ? first : further!.fetches);
        if (i > 0) add(arrays.gradients, further!.gradients);
        found.push(Object.fromEntries(figures.map((name) => [name, Number(results[name]!.data[0])])));
      }
      return found;
    },
    dispose: () => session.dispose(),
  };
}

function add(sum: Float32Array, more: Float32Array): void {
  for (let i = 0; i < sum.length; i += 1) sum[i]! += more[i]!;
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
