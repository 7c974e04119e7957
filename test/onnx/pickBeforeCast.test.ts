// Rows of a table stored as float16, picked before and after it is turned into float32.
import { describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { copyGraph, createGraph, type Graph, initializer, input, output } from '../../src/onnx/graph.js';
import { numberToHalf } from '../../src/onnx/half.js';
import { FusedMatMul } from '../../src/onnx/ops/contraction.js';
import { Add, Cast } from '../../src/onnx/ops/elementwise.js';
import { Gather } from '../../src/onnx/ops/layout.js';
import { pickBeforeCast } from '../../src/onnx/pickBeforeCast.js';
import { createSession } from '../../src/onnx/session.js';
import { ids } from '../../src/onnx/tensors.js';
import { normals } from '../support/random.js';

const [N, K] = [6, 4];
const normal = normals(4);
const halves = () => numberToHalf(normal());

async function run(graph: Graph): Promise<Float32Array> {
  const session = await createSession(graph, { provider: 'cpu', threads: 1, optimization: 'disabled' });
  const { result } = await session.run({ ids: ids([5, 0, 5]) });
  await session.dispose();
  return (result as ort.Tensor).data as Float32Array;
}

function tableOf(graph: Graph) {
  const data = new Uint8Array(Uint16Array.from({ length: N * K }, halves).buffer);
  return Cast(initializer(graph, { name: 'table', dtype: 'float16', shape: [N, K], data }), 'float32');
}

describe('pickBeforeCast', () => {
  it('gives the same rows, with the table as it is stored', async () => {
    const graph = createGraph('picked');
    const rows = Gather(tableOf(graph), input(graph, 'ids', 'int64', [3]));
    output('result', Add(rows, rows));
    const rewritten = copyGraph(graph);
    pickBeforeCast(rewritten);
    expect(rewritten.nodes.map(({ opType }) => opType)).toEqual(['Gather', 'Cast', 'Add']);
    expect(await run(rewritten)).toEqual(await run(graph));
  });

  it('keeps the cast for a product by the same table', async () => {
    const graph = createGraph('tied');
    const table = tableOf(graph);
    const rows = Gather(table, input(graph, 'ids', 'int64', [3]));
    output('result', FusedMatMul(rows, table, { transB: true }));
    const rewritten = copyGraph(graph);
    pickBeforeCast(rewritten);
    expect(rewritten.nodes.map(({ opType }) => opType)).toEqual(['Cast', 'Gather', 'Cast', 'FusedMatMul']);
    expect(await run(rewritten)).toEqual(await run(graph));
  });
});
