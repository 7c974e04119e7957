// Rewrites FusedMatMul, which is onnxruntime's own, into ONNX's operators: for providers that have no kernel for it. There
// the CPU would compute every linear layer, and what it takes and gives would go to and fro between the two.
import { constant, type Graph, type GraphNode, type Value } from './graph.js';
import { MatMul } from './ops/contraction.js';
import { Mul } from './ops/elementwise.js';
import { Transpose } from './ops/layout.js';
import { renameResult } from './renameResult.js';

/**
 * Replaces every FusedMatMul of the graph in place; its results keep their names. The transposes of weights are folded when
 * the session is made, which then holds them in that form.
 */
export function lowerProducts(graph: Graph): void {
  for (const each of graph.nodes.splice(0)) {
    if (each.opType === 'FusedMatMul') lower(graph, each);
    else graph.nodes.push(each);
  }
}

function lower(graph: Graph, fused: GraphNode): void {
  const [a, b] = fused.inputs.map((name) => graph.values.get(name)!) as [Value, Value];
  const { transA, transB, alpha } = fused.attributes as { transA: number; transB: number; alpha: { float: number } };
  const left = transA === 1 ? swapped(a) : a;
  const scaled = alpha.float === 1 ? left : Mul(left, constant(graph, Float32Array.of(alpha.float), []));
  renameResult(graph, MatMul(scaled, transB === 1 ? swapped(b) : b), fused.outputs[0]!);
}

/** The last two axes exchanged. */
function swapped(x: Value): Value {
  const rank = x.shape.length;
  const perm = [...Array(rank).keys()];
  return Transpose(x, [...perm.slice(0, -2), rank - 1, rank - 2]);
}
