// A graph that computes in half precision, as GPUs do it twice as fast and in half of the memory: weights, and everything between its inputs and its results.
import { ELEM_TYPE } from './elemType.js';
import { type Graph, type Initializer, initializer, type Value } from './graph.js';
import { numberToHalf } from './half.js';
import { Cast, Max } from './ops/elementwise.js';
import { readInitializer } from './readInitializer.js';

export interface InHalfOptions {
  /** Inputs and results that are fed and given in half precision: a state that stays where the graph runs. Others are float32 as before. */
  readonly stays: (name: string) => boolean;
}

/** What hides a place from attention has to be a number: beyond 65504 there is none, and a row of which all is hidden would not be one either. */
const LOWEST = -30_000;

/**
 * Rewrites float32 into float16, in place. Probabilities stay in float32 (LogSoftmax, and what follows it). Weights that are stored in float16 are taken as they
 * are. For graphs of one level, before anything is quantized.
 */
export async function inHalf(graph: Graph, { stays }: InHalfOptions): Promise<void> {
  const nodes = graph.nodes.splice(0);
  /** By their names: what takes the place of values that were float32. */
  const halves = new Map<string, Value>();
  const isFloat = (name: string) => graph.values.get(name)?.dtype === 'float32';
  const half = (name: string) => halves.get(name)?.name ?? name;
  const replace = (value: Value): Value => {
    const made: Value = { ...value, dtype: 'float16' };
    graph.values.set(value.name, made);
    return made;
  };

  for (const [name, init] of graph.initializers)
    if (init.value.dtype === 'float32') graph.initializers.set(name, await halved(init, replace(init.value)));
  for (const [i, value] of graph.inputs.entries()) {
    if (value.dtype !== 'float32') continue;
    if (stays(value.name)) graph.inputs[i] = replace(value);
    else halves.set(value.name, Cast(Max(value, lowest(graph)), 'float16'));
  }

  const wide = new Set<string>();
  for (const each of nodes) {
    const { opType, inputs, outputs, attributes } = each;
    const stored = opType === 'Cast' ? graph.initializers.get(inputs[0]!) : undefined;
    if (stored?.value.dtype === 'float16' && attributes.to === ELEM_TYPE.float32) {
      halves.set(outputs[0]!, stored.value);
      continue;
    }
    if (opType === 'LogSoftmax' || inputs.some((name) => wide.has(name))) {
      const widened = inputs.map((name) => {
        const value = graph.values.get(half(name));
        return value?.dtype === 'float16' ? Cast(value, 'float32').name : half(name);
      });
      graph.nodes.push({ ...each, inputs: widened });
      for (const name of outputs) wide.add(name);
      continue;
    }
    for (const name of outputs) if (isFloat(name)) replace(graph.values.get(name)!);
    const to =
      opType === 'Cast' && attributes.to === ELEM_TYPE.float32 ? { ...attributes, to: ELEM_TYPE.float16 } : attributes;
    graph.nodes.push({ ...each, inputs: inputs.map(half), attributes: to });
  }

  for (const [i, { name, value }] of graph.outputs.entries()) {
    const made = graph.values.get(half(value.name))!;
    const float = value.dtype === 'float32' && made.dtype === 'float16';
    graph.outputs[i] = { name, value: float && !stays(name) ? Cast(made, 'float32') : made };
  }
}

function lowest(graph: Graph): Value {
  const data = new Uint8Array(Float32Array.of(LOWEST).buffer);
  return initializer(graph, { name: 'lowest_half', dtype: 'float32', shape: [], data });
}

async function halved(init: Initializer, value: Value): Promise<Initializer> {
  const floats = await readInitializer(init);
  const bits = Uint16Array.from(floats, (number) => numberToHalf(Math.max(number, LOWEST)));
  return { ...init, value, data: new Uint8Array(bits.buffer) };
}
