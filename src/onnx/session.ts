// Graph -> a running onnxruntime session.
import path from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import * as ort from 'onnxruntime-node';
import { AppError, messageOf } from '../errors.js';
import { copyGraph, type Graph, type Initializer } from './graph.js';
import { inferenceError, isOutOfMemory } from './inferenceError.js';
import { lowerAttention } from './lowerAttention.js';
import { lowerLogSoftmax } from './lowerLogSoftmax.js';
import { lowerProducts } from './lowerProducts.js';
import { encodeModel } from './modelProto.js';
import { readBytes } from './readBytes.js';

export type Device = 'auto' | 'cpu' | 'cuda' | 'webgpu';
export type Provider = 'cuda' | 'webgpu' | 'cpu';

/** Attention as onnxruntime's one operator, or as the products and the softmax that it consists of. */
export type AttentionForm = 'fused' | 'lowered';

export interface SessionOptions {
  readonly provider: Provider;
  /** 'lowered' where the provider's fused kernel is wrong (probeProvider.ts). Default 'fused'. */
  readonly attention?: AttentionForm;
  /** Threads of one operator; 0: one per core. */
  readonly threads: number;
  /** 'disabled' runs the nodes as they are: for graphs that are tuned by hand and made often. Default 'all'. */
  readonly optimization?: 'disabled' | 'all';
  /**
   * Results that are not brought here, but stay on the device, to be fed again and disposed of: the graph's first ones, and each run asks for all of
   * them. Only WebGPU has them: onnxruntime-node 1.30 binds results to no other device. Default none.
   */
  readonly onDevice?: readonly string[];
  /** What becomes of the graph when it is as the provider runs it: a loop around it. Default: nothing. */
  readonly finish?: (graph: Graph) => Graph;
}

/** Names of results to return, or tensors of their shapes to write them into (null: return a new one). */
export type Fetches = readonly string[] | Readonly<Record<string, Tensor | null>>;

/** A graph that can be run: typed arrays in, tensors out. `run` rejects with AppError OUT_OF_MEMORY or INFERENCE_UNAVAILABLE. */
export interface Session {
  readonly inputNames: readonly string[];
  /** Results that stay on the device. */
  readonly onDevice: readonly string[];
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: Fetches): Promise<Readonly<Record<string, Tensor>>>;
  dispose(): Promise<void>;
}

/**
 * Loads a graph. Its external weights are read from their own files: those in the folder of the first one by reference,
 * others (an adapter beside linked files) by value. Throws AppError OUT_OF_MEMORY or BAD_MODEL.
 */
export async function createSession(graph: Graph, options: SessionOptions): Promise<Session> {
  const folder = weightFolder(graph);
  const { finish = (whole: Graph) => whole } = options;
  const inlined = await inlineForeign(finish(lowered(graph, options)), folder);
  const model = encodeModel(inlined, (file) => path.relative(folder, file));
  const { onDevice = [] } = options;
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: [options.provider],
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: options.optimization ?? 'all',
      logSeverityLevel: 3,
      ...(onDevice.length === 0
        ? {}
        : { preferredOutputLocation: Object.fromEntries(onDevice.map((name) => [name, 'gpu-buffer'])) }),
      extra: {
        session: {
          model_external_initializers_file_folder_path: folder,
          // Threads that wait for each other do so asleep: 2 % slower on an idle machine, twice as fast on one that a database, or
          // anybody else, uses too.
          intra_op: { allow_spinning: '0' },
        },
      },
    });
  } catch (cause) {
    const message = messageOf(cause);
    throw new AppError(isOutOfMemory(message) ? 'OUT_OF_MEMORY' : 'BAD_MODEL', `${graph.name}: ${message}`, { cause });
  }
  return {
    inputNames: session.inputNames,
    onDevice,
    run: (feeds, fetches) =>
      session.run(feeds, fetches ?? session.outputNames).catch((cause: unknown) => {
        throw inferenceError(cause);
      }),
    dispose: () => session.release(),
  };
}

/** The graph as the provider can run it. */
function lowered(graph: Graph, { provider, attention }: SessionOptions): Graph {
  if (provider !== 'webgpu' && attention !== 'lowered') return graph;
  const copy = copyGraph(graph);
  if (attention === 'lowered') lowerAttention(copy);
  // onnxruntime has neither FusedMatMul nor LogSoftmax for WebGPU.
  if (provider === 'webgpu') {
    lowerProducts(copy);
    lowerLogSoftmax(copy);
  }
  return copy;
}

/** The folder that external weights are named relative to: that of the first weight file. */
function weightFolder(graph: Graph): string {
  for (const { data } of graph.initializers.values())
    if (data !== undefined && !(data instanceof Uint8Array)) return path.dirname(data.file);
  return process.cwd();
}

/** onnxruntime refuses paths that lead out of the folder: such weights are copied into the model. */
async function inlineForeign(graph: Graph, folder: string): Promise<Graph> {
  const entries = await Promise.all(
    [...graph.initializers].map(async ([name, init]): Promise<[string, Initializer]> => {
      const { data } = init;
      if (data === undefined || data instanceof Uint8Array || !path.relative(folder, data.file).startsWith('..'))
        return [name, init];
      return [name, { ...init, data: await readBytes(data) }];
    }),
  );
  return { ...graph, initializers: new Map(entries) };
}
