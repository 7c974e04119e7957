// How long a provider takes beside the CPU: a GPU that is made up by software works, but nobody wants it unasked.
import * as ort from 'onnxruntime-node';
import { createGraph, initializer, input, output } from './graph.js';
import { MatMul, ReduceMean } from './ops/contraction.js';
import { Tanh } from './ops/elementwise.js';
import { createSession, type Provider } from './session.js';

/** Products of a square matrix, one after the other: 2.7e8 operations, some milliseconds of a core. */
const SIDE = 256;
const PRODUCTS = 8;
const RUNS = 2;

/** The provider's time over that of the CPU with all its cores, each the better of two. Rejects as the sessions do. */
export async function slowdown(provider: Provider): Promise<number> {
  return (await bestTime(provider)) / (await bestTime('cpu'));
}

/** Milliseconds. The first run compiles and does not count. */
async function bestTime(provider: Provider): Promise<number> {
  const graph = createGraph('trial');
  const weights = Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.sin(i * 12.9898) / Math.sqrt(SIDE));
  const matrix = initializer(graph, {
    name: 'matrix',
    dtype: 'float32',
    shape: [SIDE, SIDE],
    data: new Uint8Array(weights.buffer),
  });
  let x = input(graph, 'x', 'float32', [SIDE, SIDE]);
  for (let i = 0; i < PRODUCTS; i += 1) x = Tanh(MatMul(x, matrix));
  // Little to copy back: what is asked is how fast it computes.
  output('mean', ReduceMean(x, { axis: 1, keepDims: false }));
  const session = await createSession(graph, { provider, threads: 0 });
  const feeds = { x: new ort.Tensor('float32', weights, [SIDE, SIDE]) };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run <= RUNS; run += 1) {
    const start = performance.now();
    await session.run(feeds);
    if (run > 0) best = Math.min(best, performance.now() - start);
  }
  await session.dispose();
  return best;
}
