import type { Graph, Value } from './graph.js';

/** Gives the result of the node added last the name that other nodes already know. */
export function renameResult(graph: Graph, value: Value, name: string): void {
  const last = graph.nodes.pop()!;
  graph.nodes.push({ ...last, outputs: last.outputs.map((each) => (each === value.name ? name : each)) });
  graph.values.delete(value.name);
}
