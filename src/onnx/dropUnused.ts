// Takes out of a graph what nobody asks for: nodes that were rewritten into others and have been left for the backward pass.
import type { Graph } from './graph.js';

/** Drops every node none of whose results is taken by another one or is a result of the graph, in place. */
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
}
