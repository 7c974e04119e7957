// Rewrites LogSoftmax into what it consists of, for providers that have no kernel for it: (x - max) - log(sum(exp(x - max))).
import { type Graph, node, type Value } from './graph.js';
import { ReduceMax, ReduceSum } from './ops/contraction.js';
import { Exp, Sub } from './ops/elementwise.js';
import { renameResult } from './renameResult.js';

/** Replaces every LogSoftmax of the graph in place; its results keep their names. */
export function lowerLogSoftmax(graph: Graph): void {
  for (const each of graph.nodes.splice(0)) {
    if (each.opType !== 'LogSoftmax') {
      graph.nodes.push(each);
      continue;
    }
    const x = graph.values.get(each.inputs[0]!)!;
    const over = { axis: Number(each.attributes.axis), keepDims: true };
    const shifted = Sub(x, ReduceMax(x, over));
    renameResult(graph, Sub(shifted, logarithm(ReduceSum(Exp(shifted), over))), each.outputs[0]!);
  }
}

function logarithm(x: Value): Value {
  return node(x.graph, 'Log', { inputs: [x], results: [{ dtype: x.dtype, shape: x.shape }] })[0]!;
}
