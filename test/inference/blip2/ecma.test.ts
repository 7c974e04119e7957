// ECMA's formulas (docs/ecma.md) in plain loops and doubles, without ONNX, against the graph.
import { describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import type { Blip2Config } from '../../../src/inference/blip2/config.js';
import { ecma } from '../../../src/inference/blip2/ecma.js';
import type { EcmaConfig } from '../../../src/inference/blip2/ecmaConfig.js';
import { type AdapterTensor, freshAdapter } from '../../../src/inference/blip2/freshAdapter.js';
import type { Parameters } from '../../../src/inference/checkpoint/weights.js';
import { createGraph, initializer, input, output } from '../../../src/onnx/graph.js';
import { createSession } from '../../../src/onnx/session.js';
import { maxDifference } from '../../support/closeness.js';
import { normals } from '../../support/random.js';

type Matrix = number[][];
const LAYER = 2;

describe('ecma', () => {
  const on = { bidirectional: true, multiScale: true, gating: true };
  const cases: readonly [string, Partial<EcmaConfig> & { grid: number }][] = [
    ['all parts, scales that divide the grid', { ...on, grid: 4, scales: [1, 2, 4, 8] }],
    ['all parts, overlapping bins', { ...on, grid: 5, scales: [1, 2, 3, 4] }],
    ['without bidirectional attention', { ...on, grid: 4, bidirectional: false }],
    ['without multi-scale aggregation', { ...on, grid: 4, multiScale: false }],
    ['without gating', { ...on, grid: 4, gating: false }],
    ['with neither', { grid: 3, bidirectional: false, multiScale: false, gating: false }],
    ['one head', { ...on, grid: 4, numHeads: 1 }],
    ['with fusion', { ...on, grid: 4, fusionSize: 10 }],
    ['with fusion, without gating', { ...on, grid: 4, fusionSize: 10, gating: false }],
  ];

  it.each(cases)('equals the formulas in plain loops to 1e-5: %s', async (_, { grid, ...parts }) => {
    const config = configOf(parts);
    const tensors = awayFromStart(config);
    const [batch, queries] = [2, 5];
    const draw = normals(7);
    const image = tensor3(draw, batch, grid * grid + 1, VISUAL);
    const state = tensor3(draw, batch, queries, WIDTH);

    const actual = await runGraph({ config, tensors, image, state });
    const expected = image.flatMap((v, b) => plainEcma(config, tensors, v, state[b]!).flat());
    expect(maxDifference(actual, expected)).toBeLessThan(1e-5);
    // The check is about something: the module has moved the queries by far more than the tolerance.
    expect(maxDifference(actual, state.flat(2))).toBeGreaterThan(0.05);
  });

  it('is the identity, to the last bit, with the parameters of a fresh adapter', async () => {
    const config = configOf(on);
    const draw = normals(3);
    const image = tensor3(draw, 2, 17, VISUAL);
    const state = tensor3(draw, 2, 5, WIDTH);
    const actual = await runGraph({ config, tensors: freshAdapter(MODEL, config, normals(1)), image, state });
    expect([...actual]).toEqual([...Float32Array.from(state.flat(2))]);
  });

  it('leaves layers that do not carry it alone', async () => {
    const graph = createGraph('ecma');
    const image = input(graph, 'v', 'float32', ['B', 17, VISUAL]);
    const queries = input(graph, 'q', 'float32', ['B', 5, WIDTH]);
    const tensors = freshAdapter(MODEL, configOf(on), normals(1));
    const module = ecma({ graph, parameters: parametersOf(tensors), prefix: 'ecma.' }, configOf(on), image);
    expect(module.apply(LAYER + 1, queries)).toBe(queries);
  });
});

const VISUAL = 12;
const WIDTH = 16;
const INNER = 8;
const MODEL = { vision: { hidden_size: VISUAL }, qformer: { hidden_size: WIDTH } } as Blip2Config;

function configOf(parts: Partial<EcmaConfig>): EcmaConfig {
  return {
    scales: [1, 2, 4, 8],
    innerSize: INNER,
    numHeads: 2,
    layers: [LAYER],
    bidirectional: true,
    multiScale: true,
    gating: true,
    fusionSize: 0,
    regime: 'adapter',
    overrides: [],
    ...parts,
  };
}

/** A fresh adapter with noise on every parameter, alpha and gamma too, and weights large enough to matter. */
function awayFromStart(config: EcmaConfig): Map<string, AdapterTensor> {
  const draw = normals(11);
  const moved = [...freshAdapter(MODEL, config, draw)].map(([name, { shape, data }]): [string, AdapterTensor] => [
    name,
    { shape, data: data.map((value) => value + 0.4 * draw()) },
  ]);
  return new Map(moved);
}

async function runGraph(given: {
  config: EcmaConfig;
  tensors: ReadonlyMap<string, AdapterTensor>;
  image: Matrix[];
  state: Matrix[];
}): Promise<Float32Array> {
  const { image, state } = given;
  const graph = createGraph('ecma');
  const v = input(graph, 'v', 'float32', ['B', image[0]!.length, VISUAL]);
  const q = input(graph, 'q', 'float32', ['B', state[0]!.length, WIDTH]);
  const module = ecma({ graph, parameters: parametersOf(given.tensors), prefix: 'ecma.' }, given.config, v);
  output('out', module.apply(LAYER, q));
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  const feed = (value: Matrix[]) =>
    new ort.Tensor('float32', Float32Array.from(value.flat(2)), [value.length, value[0]!.length, value[0]![0]!.length]);
  const { out } = await session.run({ v: feed(image), q: feed(state) });
  await session.dispose();
  return out!.data as Float32Array;
}

function parametersOf(tensors: ReadonlyMap<string, AdapterTensor>): Parameters {
  return {
    has: (name) => tensors.has(name),
    value(graph, name, shape) {
      const { data, shape: stored } = tensors.get(name)!;
      expect([name, ...stored]).toEqual([name, ...shape]);
      return initializer(graph, {
        name,
        dtype: 'float32',
        shape,
        data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      });
    },
  };
}

// The formulas, one picture at a time.

function plainEcma(config: EcmaConfig, tensors: ReadonlyMap<string, AdapterTensor>, v: Matrix, q: Matrix): Matrix {
  const get = (name: string) => tensors.get(`ecma.${name}`)!;
  const vector = (name: string) => [...get(name).data];
  /** Stored [out, in]. */
  const times = (x: Matrix, name: string) => {
    const { shape, data } = get(`${name}.weight`);
    const [out, width] = shape as [number, number];
    return x.map((row) =>
      Array.from({ length: out }, (_, o) => row.reduce((sum, value, i) => sum + value * data[o * width + i]!, 0)),
    );
  };
  const norm = (x: Matrix, name: string) => {
    const [weight, bias] = [vector(`${name}.weight`), vector(`${name}.bias`)];
    return x.map((row) => {
      const mean = row.reduce((a, b) => a + b, 0) / row.length;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length;
      return row.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * weight[i]! + bias[i]!);
    });
  };
  const attention = (x: Matrix, memory: Matrix, name: string) => {
    const [query, key, value] = ['query', 'key', 'value'].map((part) =>
      times(part === 'query' ? x : memory, `${name}.${part}`),
    ) as [Matrix, Matrix, Matrix];
    const dh = INNER / config.numHeads;
    const mixed = query.map((row) =>
      row.map((_, column) => {
        const head = Math.floor(column / dh) * dh;
        const scores = key.map(
          (k) =>
            Array.from({ length: dh }, (_, i) => row[head + i]! * k[head + i]!).reduce((a, b) => a + b, 0) /
            Math.sqrt(dh),
        );
        const top = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - top));
        const total = weights.reduce((a, b) => a + b, 0);
        return weights.reduce((sum, weight, t) => sum + (weight / total) * value[t]![column]!, 0);
      }),
    );
    return mixed;
  };

  const grid = Math.sqrt(v.length - 1);
  const pyramid: Matrix = [];
  if (config.multiScale) {
    const table = get('scale_embedding').data;
    config.scales.forEach((s, index) => {
      if (s > grid) return;
      for (let by = 0; by < s; by += 1) {
        for (let bx = 0; bx < s; bx += 1) {
          const cells: Matrix = [];
          for (let y = Math.floor((by * grid) / s); y < Math.ceil(((by + 1) * grid) / s); y += 1) {
            for (let x = Math.floor((bx * grid) / s); x < Math.ceil(((bx + 1) * grid) / s); x += 1)
              cells.push(v[1 + y * grid + x]!);
          }
          pyramid.push(
            v[0]!.map(
              (_, d) => cells.reduce((sum, cell) => sum + cell[d]!, 0) / cells.length + table[index * VISUAL + d]!,
            ),
          );
        }
      }
    });
  }
  let memory = times(norm([v[0]!, ...pyramid, ...v.slice(1)], 'visual_norm'), 'visual_projection');

  const at = `layers.${LAYER}`;
  if (config.bidirectional) {
    const source = times(norm(q, `${at}.visual_from_query.query_norm`), `${at}.visual_from_query.source`);
    const update = times(attention(memory, source, `${at}.visual_from_query`), `${at}.visual_from_query.output`);
    const gamma = vector(`${at}.visual_from_query.gamma`);
    memory = memory.map((row, t) => row.map((value, i) => value + gamma[i]! * update[t]![i]!));
  }
  const from = `${at}.query_from_visual`;
  const query = norm(q, `${from}.query_norm`);
  const attended = attention(query, norm(memory, `${from}.memory_norm`), from);
  const hidden = config.fusionSize > 0 ? fused(query, attended) : undefined;
  const delta = times(hidden ?? attended, `${from}.output`);
  const alpha = Math.tanh(vector(`${at}.alpha`)[0]!);
  const context = !config.gating
    ? []
    : (hidden ?? norm(q, `${at}.gate.query_norm`).map((row, n) => [...row, ...delta[n]!]));
  const bias = config.gating ? vector(`${at}.gate.projection.bias`) : [];
  const gate = config.gating
    ? times(context, `${at}.gate.projection`).map((row) =>
        row.map((value, i) => 1 / (1 + Math.exp(-(value + bias[i]!)))),
      )
    : delta.map((row) => row.map(() => 1));
  return q.map((row, n) => row.map((value, i) => value + alpha * gate[n]![i]! * delta[n]![i]!));

  function fused(known: Matrix, seen: Matrix): Matrix {
    const [a, b] = [times(known, `${at}.fusion.query`), times(seen, `${at}.fusion.visual`)];
    const bias = vector(`${at}.fusion.query.bias`);
    return a.map((row, n) => row.map((value, i) => gelu(value + b[n]![i]! + bias[i]!)));
  }
}

/** x times the normal distribution function, by Simpson's rule over its density. */
function gelu(x: number): number {
  const steps = 2000;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  const weights = Array.from({ length: steps + 1 }, (_, i) => (i === 0 || i === steps ? 1 : i % 2 === 0 ? 2 : 4));
  const area = weights.reduce((sum, weight, i) => sum + weight * density((x * i) / steps), 0) * (x / steps / 3);
  return x * (0.5 + area);
}

function tensor3(draw: () => number, a: number, b: number, c: number): Matrix[] {
  return Array.from({ length: a }, () =>
    Array.from({ length: b }, () => Array.from({ length: c }, () => Math.fround(draw()))),
  );
}
