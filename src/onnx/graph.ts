// A graph of ONNX operators under construction: nodes, weights and inputs with their shapes, kept as plain data so that
// it can be written as a ModelProto (modelProto.ts), counted, or walked backwards for gradients.
// Shapes are checked while building; a dimension is a number, or a letter where it is known only at run time.
// Limit: only what the models here need of ONNX. A graph inside another (a loop's body) is a node's attribute, made when both are done: what rewrites
// graphs does not look into it.
import type { FewBits } from './fewBits.js';

/** B batch, L or S sequence, T keys, N queries, P past, H heads ... or a fixed size. */
export type Dim = number | string;
export type Shape = readonly Dim[];
export type DType = 'float32' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int8' | 'uint8' | 'bool';

/** What a node computes or a graph is fed. */
export interface Value {
  readonly graph: Graph;
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

export type Attribute = number | string | readonly number[] | { readonly float: number } | { readonly graph: Graph };

export interface GraphNode {
  readonly opType: string;
  readonly domain: '' | 'com.microsoft';
  /** '' where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Bytes of a tensor inside a file: ONNX external data. */
export interface FileSlice {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export interface Initializer {
  readonly value: Value;
  /** undefined: it is kept in few bits only, and only quantizeProducts can use it. */
  readonly data: FileSlice | Uint8Array | undefined;
  readonly fewBits?: FewBits | undefined;
}

export interface Graph {
  readonly name: string;
  readonly nodes: GraphNode[];
  readonly inputs: Value[];
  readonly outputs: { readonly name: string; readonly value: Value }[];
  readonly initializers: Map<string, Initializer>;
  /** Every input, weight and result by name. */
  readonly values: Map<string, Value>;
}

/** An empty graph. */
export function createGraph(name: string): Graph {
  return { name, nodes: [], inputs: [], outputs: [], initializers: new Map(), values: new Map() };
}

/** The same graph as one of its own: what is rewritten in the copy leaves the first as it was. */
export function copyGraph(graph: Graph): Graph {
  const copy = createGraph(graph.name);
  for (const [name, value] of graph.values) copy.values.set(name, { ...value, graph: copy });
  const own = ({ name }: Value) => copy.values.get(name)!;
  copy.nodes.push(...graph.nodes);
  copy.inputs.push(...graph.inputs.map(own));
  copy.outputs.push(...graph.outputs.map(({ name, value }) => ({ name, value: own(value) })));
  for (const [name, init] of graph.initializers) copy.initializers.set(name, { ...init, value: own(init.value) });
  return copy;
}

/** Declares something the graph is fed. */
export function input(graph: Graph, name: string, dtype: DType, shape: Shape): Value {
  const value: Value = { graph, name, dtype, shape };
  graph.inputs.push(value);
  graph.values.set(name, value);
  return value;
}

/** Names a value as a result of the graph. */
export function output(name: string, value: Value): void {
  value.graph.outputs.push({ name, value });
}

/** A weight: one initializer per name, however often it is asked for (tied weights). */
export function initializer(
  graph: Graph,
  options: { name: string; dtype: DType; shape: Shape } & Pick<Initializer, 'data' | 'fewBits'>,
): Value {
  const known = graph.initializers.get(options.name);
  if (known !== undefined) return known.value;
  const { name, dtype, shape, data, fewBits } = options;
  const value: Value = { graph, name, dtype, shape };
  graph.initializers.set(name, { value, data, fewBits });
  graph.values.set(name, value);
  return value;
}

/** A constant written into the graph itself. */
export function constant(
  graph: Graph,
  data: Float32Array | BigInt64Array | Int32Array,
  shape: readonly number[],
): Value {
  const dtype = data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'int64';
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return initializer(graph, { name: `const_${graph.values.size}`, dtype, shape, data: bytes });
}

/** An int64 constant from plain numbers, as shapes, axes and indices are. */
export function int64(graph: Graph, values: readonly number[], shape: readonly number[] = [values.length]): Value {
  return constant(graph, BigInt64Array.from(values, BigInt), shape);
}

/** Adds one node and returns its results, one per entry of `results`. */
export function node(
  graph: Graph,
  opType: string,
  options: {
    inputs: readonly (Value | undefined)[];
    results: readonly { readonly dtype: DType; readonly shape: Shape }[];
    attributes?: Readonly<Record<string, Attribute>>;
    domain?: 'com.microsoft';
  },
): Value[] {
  // Counted by values, which are never taken away, so that a name is not given twice when nodes are rewritten.
  const id = graph.values.size;
  const results = options.results.map(({ dtype, shape }, i) => ({
    graph,
    name: `${opType}_${id}${i === 0 ? '' : `_${i}`}`,
    dtype,
    shape,
  }));
  for (const value of results) graph.values.set(value.name, value);
  graph.nodes.push({
    opType,
    domain: options.domain ?? '',
    inputs: options.inputs.map((value) => value?.name ?? ''),
    outputs: results.map((value) => value.name),
    attributes: options.attributes ?? {},
  });
  return results;
}
