// Keys and values of a running batch, kept where the graph runs: on a GPU, what a token adds would cross to this process and all of the past back
// again, at every token. The graph returns the whole cache instead, which stays there, and is fed it again; slots are as in keyValueCache.ts.
import * as ort from 'onnxruntime-node';
import { type Graph, output } from '../../onnx/graph.js';
import { Concat, Reshape } from '../../onnx/ops/layout.js';
import type { OptConfig } from './config.js';
import { cacheNames, type KeyValueCache, pastOf, slotTensor } from './keyValueCache.js';

/** What the graph returns in place of some of the added keys or values. */
export const allOf = (name: string) => `all_${name}`;

/** All of them. */
export function deviceNames(layers: number): string[] {
  return cacheNames(layers).map(allOf);
}

/**
 * decoderGraph with all_key_i and all_value_i [C*H + B*S*H, dh], the past and after it what is new, instead of key_i and value_i. They are its first
 * results: onnxruntime-node 1.30 looks where a result is to stay up by its place among those that a run asks for.
 */
export function keepOnDevice(graph: Graph, config: OptConfig): Graph {
  const width = config.hidden_size / config.num_attention_heads;
  const named = new Map(graph.outputs.map(({ name, value }) => [name, value]));
  graph.outputs.length = 0;
  const added = cacheNames(config.num_hidden_layers);
  for (const name of added)
    output(allOf(name), Concat([graph.values.get(pastOf(name))!, Reshape(named.get(name)!, ['B*S*H', width])], 0));
  for (const [name, value] of named) if (!added.includes(name)) output(name, value);
  return graph;
}

/** Which inputs and results of a graph are its cache, where it keeps it on the device. */
export function isCacheOf(graph: Graph): (name: string) => boolean {
  const kept = graph.outputs.map(({ name }) => name).filter((name) => name.startsWith(allOf('')));
  const names = new Set(kept.flatMap((name) => [name, pastOf(name.slice(allOf('').length))]));
  return (name) => names.has(name);
}

/** An empty cache for a decoder of so many layers and heads, `width` numbers a position; for a session that keeps `deviceNames`. */
export function createDeviceCache(layers: number, heads: number, width: number): KeyValueCache {
  const names = cacheNames(layers);
  const nothing = new ort.Tensor('float32', new Float32Array(0), [0, width / heads]);
  let kept: readonly ort.Tensor[] = [];
  let count = 0;

  function replace(tensors: readonly ort.Tensor[]): void {
    for (const tensor of kept) tensor.dispose();
    kept = tensors;
  }

  return {
    names: deviceNames(layers),
    feeds: (past) => ({
      slots: slotTensor(past),
      ...Object.fromEntries(names.map((name, i) => [pastOf(name), kept[i] ?? nothing])),
    }),
    keep(results, rows, places) {
      const first = count;
      replace(names.map((name) => results[allOf(name)]!));
      count += rows * places;
      return first;
    },
    dispose: () => replace([]),
  };
}
