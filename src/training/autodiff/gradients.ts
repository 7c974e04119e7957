// Reverse-mode differentiation of a Graph: adds to it the nodes that compute the gradients, so that one onnxruntime session
// gives loss and gradients. It walks the very nodes that inference runs: there is no second definition of the model.
// Source: Griewank & Walther, Evaluating Derivatives, 2nd ed. (2008), chapter 3.

import { constant, type Graph, type GraphNode, type Value } from '../../onnx/graph.js';
import { type LoweredAttention, lowerAttention } from '../../onnx/lowerAttention.js';
import { Add } from '../../onnx/ops/elementwise.js';
import { attentionBackward, packedBackward } from './attention.js';
import { RULES } from './rules.js';

/**
 * Gradients of a scalar with respect to graph inputs or weights, in their order and of their shapes; a parameter that the
 * loss does not depend on gets undefined. Nothing is added for parts that no wanted parameter feeds into: frozen ones cost
 * no backward pass. Fused attention is lowered on the way, in place. Throws where an operator on the path has no rule.
 */
export function gradients(loss: Value, parameters: readonly Value[]): (Value | undefined)[] {
  const { graph } = loss;
  const lowered = lowerAttention(graph, { byHeads: true });
  const nodes = [...graph.nodes];
  const moving = dependents(
    graph,
    nodes,
    parameters.map(({ name }) => name),
  );
  const sums = new Map<string, Value>([[loss.name, constant(graph, Float32Array.of(1), [])]]);
  const give = (name: string, gradient: Value | undefined) => {
    if (gradient === undefined || !moving.has(name)) return;
    const known = sums.get(name);
    sums.set(name, known === undefined ? gradient : Add(known, gradient));
  };
  for (const node of nodes.reverse()) {
    const gradientsOfResults = node.outputs.map((name) => sums.get(name));
    if (gradientsOfResults.every((gradient) => gradient === undefined)) continue;
    const attention = lowered.get(node.outputs[0]!);
    if (attention !== undefined) through(attention, gradientsOfResults[0]!, moving, give);
    else throughNode(graph, node, gradientsOfResults, moving, give);
  }
  return parameters.map(({ name }) => sums.get(name));
}

type Give = (name: string, gradient: Value | undefined) => void;

/** Names of all values that move with one of the given ones; choices (indices, conditions) move in jumps, and have no slope. */
function dependents(graph: Graph, nodes: readonly GraphNode[], names: readonly string[]): Set<string> {
  const found = new Set(names);
  for (const { inputs, outputs } of nodes) {
    if (!inputs.some((name) => found.has(name))) continue;
    for (const name of outputs) if (graph.values.get(name)?.dtype.includes('float')) found.add(name);
  }
  return found;
}

function throughNode(
  graph: Graph,
  node: GraphNode,
  gradientsOfResults: readonly (Value | undefined)[],
  moving: ReadonlySet<string>,
  give: Give,
): void {
  const needed = node.inputs.map((name) => moving.has(name));
  if (!needed.includes(true)) return;
  const rule = RULES[node.opType];
  if (rule === undefined) throw new Error(`gradients: the operator ${node.opType} has no rule`);
  const result = rule({
    graph,
    node,
    inputs: node.inputs.map((name) => graph.values.get(name)),
    outputs: node.outputs.map((name) => graph.values.get(name)!),
    gradients: gradientsOfResults,
    needed,
  });
  node.inputs.forEach((name, i) => {
    if (needed[i]) give(name, result[i]);
  });
}

function through(attention: LoweredAttention, gradient: Value, moving: ReadonlySet<string>, give: Give): void {
  if (attention.packed !== undefined) {
    if (moving.has(attention.packed)) give(attention.packed, packedBackward(attention, gradient));
    return;
  }
  const needed = attention.inputs.map((name) => moving.has(name));
  if (attention.hasPast) throw new Error('gradients: attention over a cache has no rule');
  if (needed[5]) throw new Error('gradients: the bias of attention has no rule');
  attentionBackward(attention, gradient, needed).forEach((each, i) => {
    give(attention.inputs[i]!, each);
  });
}
