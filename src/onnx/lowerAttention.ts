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
 * by, under the name of its result [B, S, H*dh].
 */
export function lowerAttention(graph: Graph): Map<string, LoweredAttention> {
  const lowered = new Map<string, LoweredAttention>();
  const before = graph.nodes.splice(0);
  const packings = packedInputs(graph, before);
  const unpacked = new Set(packings.values());
  for (const each of before) {
    if (unpacked.has(each)) continue;
    if (each.opType === 'MultiHeadAttention') lowered.set(each.outputs[0]!, lower(graph, each, packings.get(each)));
    else graph.nodes.push(each);
  }
  return lowered;
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

function lower(graph: Graph, fused: GraphNode, packing: GraphNode | undefined): LoweredAttention {
  const find = (i: number) => graph.values.get(fused.inputs[i] ?? '');
  const numHeads = Number(fused.attributes.num_heads);
  const [q, k, v] = [find(0)!, find(1)!, find(2)!];
  const [bias, pastKey, pastValue] = [find(5), find(6), find(7)];
  const packed = packing && graph.values.get(packing.inputs[0]!)!;
  const [query, newKey, newValue] =
    packed === undefined ? [split(q, numHeads), split(k, numHeads), split(v, numHeads)] : unpack(packed, numHeads);
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

function withPast(graph: Graph, x: Value, past: Value | undefined, name: string | undefined): Value {
  if (past === undefined || name === undefined) return x;
  const joined = Concat([past, x], 2);
  renameResult(graph, joined, name);
  return graph.values.get(name)!;
}
