// Takes out of a graph what nobody asks for: nodes that were rewritten into others, or left for the backward pass, and their weights.
import type { Graph } from './graph.js';

/** Drops every node none of whose results is taken by another one or is a result of the graph, and every weight that none takes, in place. */
export function dropUnused(graph: Graph): void {
  const used = new Set(graph.outputs.map(({ value }) => value.name));
  const kept = graph.nodes
    .splice(0)
    .reverse()
    .filter(({ inputs, outputs }) => {
      const needed = outputs.some((name) => used.has(name));
      if (needed) for (const name of inputs) used.add(name);
      return needed;
    });
  graph.nodes.push(...kept.reverse());
  for (const name of [...graph.initializers.keys()]) if (!used.has(name)) graph.initializers.delete(name);
}
