// Graph -> a running onnxruntime session. Execution providers are tried one by one: onnxruntime-node does not fall back
// inside a list, it rejects the whole of it.
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import * as ort from 'onnxruntime-node';
import { AppError, messageOf } from '../../errors.js';
import type { ProviderAttempt } from '../inference.js';
import type { FileSlice, Graph, Initializer } from './graph.js';
import { encodeModel } from './modelProto.js';

export type Device = 'auto' | 'cpu' | 'cuda' | 'webgpu';
export type Provider = ProviderAttempt['provider'];

export interface SessionOptions {
  readonly provider: Provider;
  /** Threads of one operator; 0: one per core. */
  readonly threads: number;
}

/** A graph that can be run: typed arrays in, tensors out. */
export interface Session {
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Readonly<Record<string, Tensor>>>;
  dispose(): Promise<void>;
}

/**
 * Loads a graph. Its external weights are read from their own files: those in the folder of the first one by reference,
 * others (an adapter beside linked files) by value. Throws AppError OUT_OF_MEMORY or BAD_MODEL.
 */
export async function createSession(graph: Graph, options: SessionOptions): Promise<Session> {
  const folder = weightFolder(graph);
  const inlined = await inlineForeign(graph, folder);
  const model = encodeModel(inlined, (file) => path.relative(folder, file));
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: [options.provider],
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      extra: { session: { model_external_initializers_file_folder_path: folder } },
    });
  } catch (cause) {
    const message = messageOf(cause);
    const memory = /bad_alloc|out of memory|Failed to allocate/i.test(message);
    throw new AppError(memory ? 'OUT_OF_MEMORY' : 'BAD_MODEL', `${graph.name}: ${message}`, { cause });
  }
  return {
    run: (feeds, fetches) => session.run(feeds, fetches ?? session.outputNames),
    dispose: () => session.release(),
  };
}

/**
 * Which provider runs here: each candidate has to run a small graph. `auto` tries cuda, webgpu, cpu; a named device has
 * to work or AppError CONFIG is thrown. The attempts say why each refused one was refused.
 */
export async function chooseProvider(
  device: Device,
  probe: Graph,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<{ provider: Provider; attempts: ProviderAttempt[] }> {
  const candidates: readonly Provider[] = device === 'auto' ? ['cuda', 'webgpu', 'cpu'] : [device];
  const attempts: ProviderAttempt[] = [];
  for (const provider of candidates) {
    try {
      const session = await createSession(probe, { provider, threads: 1 });
      await session.run(feeds);
      await session.dispose();
      attempts.push({ provider, chosen: true, reason: device === 'auto' ? 'first that works' : 'asked for' });
      return { provider, attempts };
    } catch (error) {
      attempts.push({ provider, chosen: false, reason: firstLine(messageOf(error)) });
    }
  }
  const reasons = attempts.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  throw new AppError('CONFIG', `no execution provider works for --device ${device} (${reasons})`);
}

/** The folder that external weights are named relative to: that of the first weight file. */
function weightFolder(graph: Graph): string {
  for (const { data } of graph.initializers.values()) if (!(data instanceof Uint8Array)) return path.dirname(data.file);
  return process.cwd();
}

/** onnxruntime refuses paths that lead out of the folder: such weights are copied into the model. */
async function inlineForeign(graph: Graph, folder: string): Promise<Graph> {
  const entries = await Promise.all(
    [...graph.initializers].map(async ([name, init]): Promise<[string, Initializer]> => {
      const { data } = init;
      if (data instanceof Uint8Array || !path.relative(folder, data.file).startsWith('..')) return [name, init];
      return [name, { ...init, data: await readSlice(data) }];
    }),
  );
  return { ...graph, initializers: new Map(entries) };
}

async function readSlice(slice: FileSlice): Promise<Uint8Array> {
  const handle = await open(slice.file, 'r');
  try {
    const bytes = new Uint8Array(slice.length);
    await handle.read(bytes, 0, slice.length, slice.offset);
    return bytes;
  } finally {
    await handle.close();
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0]!.trim().slice(0, 300);
}
