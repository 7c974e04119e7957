// Rewrites fused attention into the matrix products, softmax and transposes that it consists of: what the backward pass
// needs (the probabilities are then at hand), and providers whose fused kernel cannot be used.
import type { Graph, GraphNode, Value } from './graph.js';
import { FusedMatMul, MatMul, Softmax } from './ops/contraction.js';
import { Add } from './ops/elementwise.js';
import { Concat, Reshape, Split, Transpose } from './ops/layout.js';
import { renameResult } from './renameResult.js';
import { dimAt, fixed } from './shapes.js';

/** One attention after lowering; all by heads: query and context [B, H, S, dh], key and value [B, H, T, dh]. */
export interface LoweredAttention {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  /** [B, H, S, T], rows summing to 1. */
  readonly probabilities: Value;
  readonly context: Value;
  /** 1 / sqrt(dh), by which the scores are multiplied. */
  readonly scale: number;
  /** Names of the fused operator's own inputs: query, key, value [B, S or T, H*dh] and the bias, '' where there is none. */
  readonly inputs: readonly string[];
  /** Where query, key and value were cut from one tensor [B, S, 3*H*dh] and by nothing else used: that tensor's name. */
  readonly packed?: string;
  readonly hasPast: boolean;
}

/**
 * Replaces every MultiHeadAttention of the graph in place; its results keep their names. Returns what each was replaced
 * by, under the name of its result [B, S, H*dh]. `byHeads`: a linear layer that gives query, key and value together gives them by heads
 * at once; the layer as it was stays in the graph for the backward pass, and nothing may be left that takes what it gives (dropUnused.ts).
 */
export function lowerAttention(graph: Graph, { byHeads = false } = {}): Map<string, LoweredAttention> {
  const lowered = new Map<string, LoweredAttention>();
  const before = graph.nodes.splice(0);
  const packings = packedInputs(graph, before);
  const unpacked = new Set(packings.values());
  const makers = new Map(before.flatMap((each) => each.outputs.map((name) => [name, each] as const)));
  const linear = (packed: string) => (byHeads ? linearOf(graph, packed, makers) : undefined);
  for (const each of before) {
    if (unpacked.has(each)) continue;
    if (each.opType === 'MultiHeadAttention')
      lowered.set(each.outputs[0]!, lower(graph, each, packings.get(each), linear));
    else graph.nodes.push(each);
  }
  return lowered;
}

interface Linear {
  readonly x: Value;
  /** [out, in]. */
  readonly weight: Value;
  readonly bias: Value | undefined;
}

/** The linear layer that gives a value: x W^T, or x W^T + b. */
function linearOf(graph: Graph, name: string, makers: ReadonlyMap<string, GraphNode>): Linear | undefined {
  const last = makers.get(name);
  const product = last?.opType === 'Add' ? makers.get(last.inputs[0]!) : last;
  if (product?.opType !== 'FusedMatMul') return undefined;
  const { transA, transB, alpha } = product.attributes as { transA: number; transB: number; alpha: { float: number } };
  const [x, weight] = product.inputs.map((each) => graph.values.get(each)!) as [Value, Value];
  const bias = last === product ? undefined : graph.values.get(last!.inputs[1]!)!;
  const plain = transA === 0 && transB === 1 && alpha.float === 1 && weight.shape.length === 2;
  return plain && (bias === undefined || bias.shape.length === 1) ? { x, weight, bias } : undefined;
}

/** Attentions whose query, key and value are the three parts of one Split and are used nowhere else, with that Split. */
function packedInputs(graph: Graph, nodes: readonly GraphNode[]): Map<GraphNode, GraphNode> {
  const uses = new Map<string, number>();
  const names = [...nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ value }) => value.name)];
  for (const name of names) uses.set(name, (uses.get(name) ?? 0) + 1);
  const splits = new Map(nodes.filter(({ opType }) => opType === 'Split').map((each) => [each.outputs.join(), each]));
  return new Map(
    nodes.flatMap((each): [GraphNode, GraphNode][] => {
      if (each.opType !== 'MultiHeadAttention' || each.inputs.length > 6) return [];
      const parts = each.inputs.slice(0, 3);
      const split = splits.get(parts.join());
      return split !== undefined && parts.every((name) => uses.get(name) === 1) ? [[each, split]] : [];
    }),
  );
}

function lower(
  graph: Graph,
  fused: GraphNode,
  packing: GraphNode | undefined,
  linear: (packed: string) => Linear | undefined,
): LoweredAttention {
  const find = (i: number) => graph.values.get(fused.inputs[i] ?? '');
  const numHeads = Number(fused.attributes.num_heads);
  const [q, k, v] = [find(0)!, find(1)!, find(2)!];
  const [bias, pastKey, pastValue] = [find(5), find(6), find(7)];
  const packed = packing && graph.values.get(packing.inputs[0]!)!;
  const maker = packed && linear(packed.name);
  const [query, newKey, newValue] =
    maker !== undefined
      ? linearByHeads(maker, numHeads)
      : packed === undefined
        ? [split(q, numHeads), split(k, numHeads), split(v, numHeads)]
        : unpack(packed, numHeads);
  const key = withPast(graph, newKey, pastKey, fused.outputs[1]);
  const value = withPast(graph, newValue, pastValue, fused.outputs[2]);
  const scale = 1 / Math.sqrt(fixed('lowerAttention', dimAt(query.shape, -1)));
  const scores = FusedMatMul(query, key, { transB: true, alpha: scale });
  const probabilities = Softmax(bias === undefined ? scores : Add(scores, bias));
  const context = MatMul(probabilities, value);
  const joined = Reshape(Transpose(context, [0, 2, 1, 3]), q.shape);
  renameResult(graph, joined, fused.outputs[0]!);
  return {
    query,
    key,
    value,
    probabilities,
    context,
    scale,
    inputs: fused.inputs,
    ...(packed === undefined ? {} : { packed: packed.name }),
    hasPast: pastKey !== undefined,
  };
}

/** [B, S, H*dh] -> [B, H, S, dh]. */
function split(x: Value, numHeads: number): Value {
  const width = fixed('lowerAttention', dimAt(x.shape, -1));
  const heads = Reshape(x, [dimAt(x.shape, 0), dimAt(x.shape, 1), numHeads, width / numHeads]);
  return Transpose(heads, [0, 2, 1, 3]);
}

/**
 * [B, S, 3*H*dh] -> three of [B, H, S, dh], by one transpose and a cut into long stretches: cutting the last axis first copies
 * short ones, which costs more than a matrix product.
 */
function unpack(x: Value, numHeads: number): [Value, Value, Value] {
  const heads = split(x, 3 * numHeads);
  return Split(heads, { axis: 1, lengths: [numHeads, numHeads, numHeads] }) as [Value, Value, Value];
}

/** x [B, S, D] by W [3*H*dh, D] -> three of [B, H, S, dh]: what is moved is the weights, which are fewer. */
function linearByHeads({ x, weight, bias }: Linear, numHeads: number): [Value, Value, Value] {
  const [out, width] = weight.shape.map((dim) => fixed('lowerAttention', dim)) as [number, number];
  const size = out / (3 * numHeads);
  const thirds = (each: Value, shape: readonly number[]) =>
    Split(Reshape(each, shape), { axis: 0, lengths: [numHeads, numHeads, numHeads] });
  const rows = Reshape(x, [dimAt(x.shape, 0), 1, dimAt(x.shape, 1), width]);
  const biases = bias && thirds(bias, [3 * numHeads, 1, size]);
  return thirds(weight, [3 * numHeads, size, width]).map((part, i) => {
    const product = FusedMatMul(rows, part, { transB: true });
    return biases === undefined ? product : Add(product, biases[i]!);
  }) as [Value, Value, Value];
}

function withPast(graph: Graph, x: Value, past: Value | undefined, name: string | undefined): Value {
  if (past === undefined || name === undefined) return x;
  const joined = Concat([past, x], 2);
  renameResult(graph, joined, name);
  return graph.values.get(name)!;
}
