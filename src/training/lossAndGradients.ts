// A training graph at work: data in, losses out, gradients into an array that lies beside the parameters.
import * as ort from 'onnxruntime-node';
import type { Parameters } from '../inference/checkpoint/weights.js';
import { type Graph, output, type Value } from '../inference/onnx/graph.js';
import { createSession } from '../inference/onnx/session.js';
import { gradients } from './autodiff/gradients.js';
import type { ParameterStore } from './parameterStore.js';
import { trainable } from './parameterStore.js';

/** What a stage's graph gives: the loss to go down, and figures to be shown beside it (scalars). */
export interface Objective {
  readonly graph: Graph;
  readonly loss: Value;
  readonly figures?: Readonly<Record<string, Value>>;
}

export interface LossAndGradients {
  /** Runs one batch; the gradients are then in `gradients`, in the order of the store. */
  run(feeds: Readonly<Record<string, ort.Tensor>>): Promise<Record<string, number>>;
  readonly gradients: Float32Array;
  readonly parameters: ParameterStore;
  /** Names of parameters that this loss does not depend on: their gradients stay 0. */
  readonly unused: readonly string[];
  dispose(): Promise<void>;
}

/** Builds an objective over a store's parameters, differentiates it, and makes the session. `threads` 0: one per core. */
export async function lossAndGradients(
  store: ParameterStore,
  build: (parameters: Parameters) => Objective,
  options: { frozen?: Parameters; threads?: number } = {},
): Promise<LossAndGradients> {
  const { graph, loss, figures = {} } = build(trainable(store, options.frozen));
  const used = store.entries.filter(({ name }) => graph.values.has(name));
  const found = gradients(
    loss,
    used.map(({ name }) => graph.values.get(name)!),
  );
  output('loss', loss);
  for (const [name, value] of Object.entries(figures)) output(name, value);
  const all = new Float32Array(store.values.length);
  const feeds = parameterFeeds(store, graph);
  const fetches: Record<string, ort.Tensor | null> = { loss: null };
  for (const name of Object.keys(figures)) fetches[name] = null;
  used.forEach(({ name, offset, size }, i) => {
    const gradient = found[i];
    const dims = graph.values.get(name)!.shape.map(Number);
    if (gradient === undefined) return;
    output(`gradient of ${name}`, gradient);
    fetches[`gradient of ${name}`] = new ort.Tensor('float32', all.subarray(offset, offset + size), dims);
  });
  // The nodes are laid out by hand; onnxruntime's own rewrites would fuse the bias back into Gemm, which is slower.
  const session = await createSession(graph, {
    provider: 'cpu',
    threads: options.threads ?? 0,
    optimization: 'disabled',
    spinning: false,
  });
  const unused = store.entries.filter(({ name }) => !(`gradient of ${name}` in fetches)).map(({ name }) => name);
  return {
    gradients: all,
    parameters: store,
    unused,
    async run(data) {
      const results = await session.run({ ...feeds, ...data }, fetches);
      const shown = ['loss', ...Object.keys(figures)];
      return Object.fromEntries(shown.map((name) => [name, Number(results[name]!.data[0])]));
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
