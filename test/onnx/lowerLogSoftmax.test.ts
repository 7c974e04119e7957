// A graph without LogSoftmax gives what it gave with it.
import { describe, expect, it } from '@jest/globals';
import { copyGraph, createGraph, type Graph, input, output } from '../../src/onnx/graph.js';
import { lowerLogSoftmax } from '../../src/onnx/lowerLogSoftmax.js';
import { LogSoftmax } from '../../src/onnx/ops/contraction.js';
import { Add } from '../../src/onnx/ops/elementwise.js';
import { createSession } from '../../src/onnx/session.js';
import { floats } from '../../src/onnx/tensors.js';
import { maxDifference } from '../support/closeness.js';
import { normals } from '../support/random.js';

const SHAPE = [2, 3, 50];

async function run(graph: Graph, x: Float32Array): Promise<Float32Array> {
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  const { result } = await session.run({ x: floats(x, SHAPE) });
  await session.dispose();
  return result!.data as Float32Array;
}

describe('lowerLogSoftmax', () => {
  it.each([1, 100])('gives what the operator gives, of numbers about %i', async (scale) => {
    const graph = createGraph('scores');
    const scores = LogSoftmax(input(graph, 'x', 'float32', SHAPE));
    // Something after it that knows its result by name.
    output('result', Add(scores, scores));
    const lowered = copyGraph(graph);
    lowerLogSoftmax(lowered);
    expect(lowered.nodes.map(({ opType }) => opType)).not.toContain('LogSoftmax');
    const x = Float32Array.from({ length: 300 }, normals(7)).map((value) => scale * value);
    expect(maxDifference(await run(lowered, x), await run(graph, x))).toBeLessThan(4e-6 * scale);
  });
});
