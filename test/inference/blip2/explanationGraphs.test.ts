// What the observed graphs say, where the truth is known: adapters whose attention or gates can be told by hand.
import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { queryGraph } from '../../../src/inference/blip2/captionGraphs.js';
import { explainedQueryGraph } from '../../../src/inference/blip2/explanationGraphs.js';
import { openCheckpoint } from '../../../src/inference/captioner.js';
import { createSession } from '../../../src/onnx/session.js';
import { maxDifference } from '../../support/closeness.js';
import { normals } from '../../support/random.js';
import { awayFromStart, tinyWithAdapter } from '../../support/tinyModels.js';

/** The tiny model: 4 x 4 patches, of which scales 1, 2 and 4 make 21 cells; 8 queries; cross-attention in layers 0 and 2. */
const [GRID, WIDTH, QUERIES, CELLS] = [4, 32, 8, 21];
const TOKENS = 1 + GRID * GRID;
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function results(folder: string, features: Float32Array) {
  folders.push(folder);
  const { adapter, config } = await openCheckpoint(folder);
  const runtime = { provider: 'cpu', threads: 1 } as const;
  const feeds = {
    image_embeds: new ort.Tensor('float32', features, [features.length / TOKENS / WIDTH, TOKENS, WIDTH]),
  };
  const explained = await createSession(explainedQueryGraph(adapter!.weights, config, adapter!.config), runtime);
  const plain = await createSession(queryGraph(adapter!.weights, config, adapter!.config), runtime);
  const [found, usual] = [await explained.run(feeds), await plain.run(feeds)];
  await Promise.all([explained.dispose(), plain.dispose()]);
  const numbers = (name: string) => found[name]!.data as Float32Array;
  return { numbers, usual: usual.prefix!.data as Float32Array };
}

/** Features of pictures with one patch that differs. */
function oddPatch(patch: number): Float32Array {
  const draw = normals(2);
  const [same, odd] = [0, 1].map(() => Array.from({ length: WIDTH }, draw)) as [number[], number[]];
  const tokens = Array.from({ length: TOKENS }, (_, t) => (t === 1 + patch ? odd : same));
  return Float32Array.from(tokens.flat());
}

function sums(values: Float32Array, width: number): number[] {
  return Array.from({ length: values.length / width }, (_, row) =>
    values.subarray(row * width, (row + 1) * width).reduce((a, b) => a + b, 0),
  );
}

describe('explainedQueryGraph', () => {
  it('computes what queryGraph computes, and attention whose rows sum to 1', async () => {
    const draw = normals(4);
    const features = Float32Array.from({ length: 2 * TOKENS * WIDTH }, draw);
    const { numbers, usual } = await results(await tinyWithAdapter({}, awayFromStart()), features);
    expect(maxDifference(numbers('prefix'), usual)).toBeLessThan(1e-4);
    for (const layer of [0, 2]) {
      expect(numbers(`cross_${layer}`)).toHaveLength(2 * QUERIES * TOKENS);
      expect(numbers(`ecma_${layer}`)).toHaveLength(2 * QUERIES * (TOKENS + CELLS));
      expect(maxDifference(sums(numbers(`cross_${layer}`), TOKENS), Array(2 * QUERIES).fill(1))).toBeLessThan(1e-5);
      expect(maxDifference(sums(numbers(`ecma_${layer}`), TOKENS + CELLS), Array(2 * QUERIES).fill(1))).toBeLessThan(
        1e-5,
      );
    }
  });

  it('tells one odd patch by its place among the patches and in the cells of every scale', async () => {
    const patch = 6; // Row 1, column 2 of 4: cell 1 (top right) of 2 x 2.
    const config = { bidirectional: false };
    const { numbers } = await results(await tinyWithAdapter(config, awayFromStart()), oddPatch(patch));
    const differs = (row: Float32Array) => {
      const usual = [...row].sort((a, b) => a - b)[Math.floor(row.length / 2)]!;
      return [...row].flatMap((value, i) => (Math.abs(value - usual) > 1e-4 ? [i] : []));
    };
    const cross = numbers('cross_0').subarray(0, TOKENS);
    expect(differs(cross)).toEqual([1 + patch]);
    const ecma = numbers('ecma_0').subarray(0, TOKENS + CELLS);
    expect(differs(ecma.subarray(1 + CELLS))).toEqual([patch]);
    expect(differs(ecma.subarray(1 + 5, 1 + CELLS))).toEqual([patch]);
    expect(differs(ecma.subarray(2, 6))).toEqual([1]);
  });

  it('is even where the queries of ECMA are 0, and says gates, strength and change that follow from the weights', async () => {
    const folder = await tinyWithAdapter({ layers: [2] }, (name, tensor) => {
      const value = /query_from_visual\.query\.weight|gate\.projection\.weight/.test(name)
        ? 0
        : name.endsWith('gate.projection.bias')
          ? 2
          : name.endsWith('alpha')
            ? 0.5
            : undefined;
      return value === undefined ? tensor.data : tensor.data.map(() => value);
    });
    const features = Float32Array.from({ length: TOKENS * WIDTH }, normals(4));
    const { numbers } = await results(folder, features);
    expect(maxDifference(numbers('ecma_2'), Array(QUERIES * (TOKENS + CELLS)).fill(1 / (TOKENS + CELLS)))).toBeLessThan(
      1e-6,
    );
    expect(numbers('strength_2')[0]).toBeCloseTo(Math.tanh(0.5), 6);
    expect(maxDifference(numbers('gate_2'), Array(QUERIES).fill(1 / (1 + Math.exp(-2))))).toBeLessThan(1e-6);
    expect(numbers('change_2')).toHaveLength(QUERIES);
    expect(Math.min(...numbers('change_2'))).toBeGreaterThan(0);
  });

  it('says of a fresh adapter that it changes nothing', async () => {
    const features = Float32Array.from({ length: TOKENS * WIDTH }, normals(4));
    const { numbers } = await results(await tinyWithAdapter(), features);
    for (const layer of [0, 2]) {
      expect([...numbers(`strength_${layer}`)]).toEqual([0]);
      expect([...numbers(`change_${layer}`)]).toEqual(Array(QUERIES).fill(0));
    }
  });
});
