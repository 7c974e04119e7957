// The matrix products that most of a training step is, in onnxruntime and in PyTorch, one thread each:
// `npm run build && HOTLENS_PEER_PYTHON=/path/to/python node bench/products.js [ROUNDS]` (torch 2.13.0).
import { performance } from 'node:perf_hooks';
import { createGraph, input, output } from '../dist/onnx/graph.js';
import { FusedMatMul } from '../dist/onnx/ops/contraction.js';
import { createSession } from '../dist/onnx/session.js';
import { floats } from '../dist/onnx/tensors.js';
import { PEER, runPeer } from './peer.js';

const rounds = Number(process.argv[2] ?? 60);
/** Rows of 32 pictures of 60 patches and a class token. */
const R = 32 * 61;
/** [M, K, N, which of the two is transposed]: forward, to the input, to the weights. */
const PRODUCTS = {
  'MLP in': [R, 160, 640, 'nt'],
  'MLP out': [R, 640, 160, 'nt'],
  'MLP in, to its input': [R, 640, 160, 'nn'],
  'MLP out, to its input': [R, 160, 640, 'nn'],
  'MLP in, to its weights': [640, R, 160, 'tn'],
  'MLP out, to its weights': [160, R, 640, 'tn'],
  qkv: [R, 160, 480, 'nt'],
};

async function ours([m, k, n, kind]) {
  const graph = createGraph('product');
  const shapes = { a: kind[0] === 't' ? [k, m] : [m, k], b: kind[1] === 't' ? [n, k] : [k, n] };
  const [a, b] = Object.entries(shapes).map(([name, shape]) => input(graph, name, 'float32', shape));
  output('y', FusedMatMul(a, b, { transA: kind[0] === 't', transB: kind[1] === 't' }));
  const session = await createSession(graph, { provider: 'cpu', threads: 1, optimization: 'disabled' });
  const drawn = (shape) =>
    floats(
      Float32Array.from({ length: shape[0] * shape[1] }, () => Math.random() - 0.5),
      shape,
    );
  const feeds = { a: drawn(shapes.a), b: drawn(shapes.b) };
  const y = floats(new Float32Array(m * n), [m, n]);
  const times = [];
  for (let i = 0; i < rounds; i += 1) {
    const started = performance.now();
    await session.run(feeds, { y });
    times.push(performance.now() - started);
  }
  await session.dispose();
  return times;
}

const peers = PEER ? runPeer('products.py', [JSON.stringify(Object.values(PRODUCTS)), rounds]) : undefined;
for (const [i, [name, product]] of Object.entries(PRODUCTS).entries()) {
  const [m, k, n] = product;
  // The least: what others take from the machine only adds.
  const speed = (times) => (2 * m * k * n) / Math.min(...times) / 1e6;
  const own = speed(await ours(product));
  const beside =
    peers === undefined
      ? ''
      : `, PyTorch ${speed(peers[i]).toFixed(0)}: ${(own / speed(peers[i])).toFixed(2)} times its speed`;
  process.stdout.write(`${name} [${m}, ${k}] x [${k}, ${n}]: ${own.toFixed(0)} GFLOP/s${beside}\n`);
}
