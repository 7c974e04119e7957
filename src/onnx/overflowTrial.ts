// Whether this processor adds up products of whole numbers with a sign on one side as they are. x86 before VNNI adds two of them in 16 bits first, which
// is not enough for 255 x 127 twice (vpmaddubsw); with both sides unsigned onnxruntime takes another way there, slower and right.
import { createGraph, initializer, input, output } from './graph.js';
import { createRowRounding } from './roundRows.js';
import { createSession } from './session.js';
import { floats } from './tensors.js';

const COLUMNS = 64;
let found: Promise<boolean> | undefined;

/** Tries it once, on the CPU. */
export function sumsOverflow(): Promise<boolean> {
  found ??= tried();
  return found;
}

async function tried(): Promise<boolean> {
  const graph = createGraph('overflow');
  const data = new Uint8Array(COLUMNS).fill(127);
  const values = initializer(graph, { name: 'values', dtype: 'int8', shape: [1, COLUMNS], data });
  const scales = initializer(graph, {
    name: 'scales',
    dtype: 'float32',
    shape: [1],
    data: new Uint8Array(Float32Array.of(1).buffer),
  });
  const x = input(graph, 'x', 'float32', [1, COLUMNS]);
  output('y', createRowRounding(graph).product(x, { values, scales, unsigned: false }));
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  const { y } = await session.run({ x: floats(new Float32Array(COLUMNS).fill(1), [1, COLUMNS]) });
  await session.dispose();
  // 1 is rounded to 127 steps without an error.
  return Math.abs(Number(y!.data[0]) - 127 * COLUMNS) > 1;
}
