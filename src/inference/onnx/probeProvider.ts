// A process of its own that tries one execution provider with a small matrix product: exit status 0 where it works,
// else 1 and the reason on standard output.
import * as ort from 'onnxruntime-node';
import { messageOf } from '../../errors.js';
import { createGraph, input, output } from './graph.js';
import { MatMul } from './ops/contraction.js';
import { createSession, type Provider } from './session.js';

const provider = process.argv[2] as Provider;
try {
  const graph = createGraph('probe');
  const x = input(graph, 'x', 'float32', [2, 2]);
  output('y', MatMul(x, x));
  const session = await createSession(graph, { provider, threads: 1 });
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2, 3, 4), [2, 2]) });
  if (String(y!.data) !== '7,10,15,22') throw new Error(`computed ${String(y!.data)} for a product that is 7,10,15,22`);
} catch (error) {
  const [line] = messageOf(error)
    // onnxruntime puts the place in its own source before what happened.
    .replace(/^.*?\/onnxruntime_src\/.*?(?=Failed|\[ONNXRuntimeError\])/s, '')
    .split('\n');
  process.stdout.write(`${line!.trim().slice(0, 300)}\n`);
  process.exitCode = 1;
}
