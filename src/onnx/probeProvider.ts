// A process of its own that tries one execution provider: exit status 0 where it computes what the CPU computes, else 1
// and the reason on standard output. Attention is tried at several lengths because a provider can be wrong in one of its
// kernels only: onnxruntime 1.30's WebGPU attention over 32 and more places, on SwiftShader's software Vulkan, differs
// from the CPU by up to 0.1.
import * as ort from 'onnxruntime-node';
import { messageOf } from '../errors.js';
import { createGraph, input, output } from './graph.js';
import { MatMul, MultiHeadAttention } from './ops/contraction.js';
import { createSession, type Provider } from './session.js';

const TOLERANCE = 1e-3;
/** Batch, places, width, heads. */
const SHAPES = [
  [2, 8, 32, 4],
  [2, 50, 32, 4],
  [1, 257, 128, 2],
] as const;

const provider = process.argv[2] as Provider;
try {
  for (const shape of SHAPES) {
    const [actual, expected] = [await compute(provider, shape), await compute('cpu', shape)];
    const worst = actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0);
    // Written so that NaN is refused too.
    if (!(worst <= TOLERANCE))
      throw new Error(`computes attention over ${shape[1]} places wrongly: ${worst.toFixed(4)} off the CPU`);
  }
} catch (error) {
  const [line] = messageOf(error)
    // onnxruntime puts the place in its own source before what happened.
    .replace(/^probe: /, '')
    .replace(/^.*?\/onnxruntime_src\/.*?(?=Failed|\[ONNXRuntimeError\])/s, '')
    .split('\n');
  process.stdout.write(`${line!.trim().slice(0, 300)}\n`);
  process.exitCode = 1;
}

/** Self-attention over a matrix product of one input: [B, L, D], flat. */
async function compute(on: Provider, [batch, places, width, numHeads]: (typeof SHAPES)[number]): Promise<Float32Array> {
  const graph = createGraph('probe');
  const x = input(graph, 'x', 'float32', [batch, places, width]);
  const w = input(graph, 'w', 'float32', [width, width]);
  const y = MatMul(x, w);
  output('y', MultiHeadAttention({ query: y, key: y, value: y, numHeads }).output);
  const session = await createSession(graph, { provider: on, threads: 1 });
  const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898));
  const { y: result } = await session.run({
    x: new ort.Tensor('float32', wave(batch * places * width), [batch, places, width]),
    w: new ort.Tensor(
      'float32',
      wave(width * width).map((value) => value / Math.sqrt(width)),
      [width, width],
    ),
  });
  await session.dispose();
  return result!.data as Float32Array;
}
