// Rewrites products by a weight matrix into products by the same matrix in few bits (fewBits.ts).
import { dropUnused } from './dropUnused.js';
import { createMultiply, type FewBits, type QuantizedFormat, roundTo } from './fewBits.js';
import type { Graph, GraphNode, Initializer } from './graph.js';
import { readBytes } from './readBytes.js';
import { readInitializer } from './readInitializer.js';
import { renameResult } from './renameResult.js';

export interface QuantizeOptions {
  /** Weights that stay as they are. */
  readonly keeps?: (name: string) => boolean;
  /** false: numbers of 'int8 rows' are given without sign (overflowTrial.ts). */
  readonly signed?: boolean;
}

/**
 * Replaces every FusedMatMul by a stored matrix [out, in] of the graph in place; results keep their names. Embeddings, convolutions, norms, biases
 * and products of what was computed stay as they are. What is stored in few bits already is taken as it is, the rest is rounded, but for what is to keep its numbers. A matrix that is
 * used nowhere else is no longer part of the graph.
 */
export async function quantizeProducts(
  graph: Graph,
  format: QuantizedFormat,
  { keeps = () => false, signed = true }: QuantizeOptions = {},
): Promise<void> {
  const casts = castsOf(graph);
  const multiply = createMultiply(graph);
  // Tied weights are quantized once.
  const done = new Map<string, FewBits>();
  for (const each of graph.nodes.splice(0)) {
    const weight = storedWeight(graph, each, casts);
    if (weight === undefined || keeps(weight)) {
      graph.nodes.push(each);
      continue;
    }
    const stored = graph.initializers.get(weight)!;
    const [rows, columns] = stored.value.shape.map(Number) as [number, number];
    const matrix = done.get(weight) ?? (await fewBitsOf(stored, format, signed));
    done.set(weight, matrix);
    const x = graph.values.get(each.inputs[0]!)!;
    renameResult(graph, multiply(x, weight, { ...matrix, rows, columns }), each.outputs[0]!);
  }
  dropUnused(graph);
}

/** Names of the weights that quantizeProducts would replace, and whether the graph needs them as they are, too. */
export function quantizableWeights(graph: Graph): Map<string, { readonly alsoWhole: boolean }> {
  const casts = castsOf(graph);
  const names = new Set<string>();
  const whole = new Set<string>();
  for (const each of graph.nodes) {
    const weight = storedWeight(graph, each, casts);
    if (weight !== undefined) names.add(weight);
    // The cast itself does not count: what takes its result does.
    const others = each.opType === 'Cast' ? [] : weight === undefined ? each.inputs : each.inputs.slice(0, 1);
    for (const name of others) whole.add(casts.get(name) ?? name);
  }
  return new Map([...names].map((name) => [name, { alsoWhole: whole.has(name) }]));
}

/** What is cast, by the results. */
function castsOf(graph: Graph): Map<string, string> {
  const casts = graph.nodes.filter(({ opType }) => opType === 'Cast');
  return new Map(casts.map((each) => [each.outputs[0]!, each.inputs[0]!]));
}

/** Name of the initializer that a product takes as W of x W^T, read directly or cast to float32; undefined: it is no such product. */
function storedWeight(graph: Graph, each: GraphNode, casts: ReadonlyMap<string, string>): string | undefined {
  if (each.opType !== 'FusedMatMul') return undefined;
  const { transA, transB, alpha } = each.attributes as { transA: number; transB: number; alpha: { float: number } };
  const name = casts.get(each.inputs[1]!) ?? each.inputs[1]!;
  const stored = graph.initializers.get(name);
  const plain = transA === 0 && transB === 1 && alpha.float === 1;
  return plain && stored?.value.shape.length === 2 ? name : undefined;
}

/** As it is kept, or rounded now. */
async function fewBitsOf(stored: Initializer, wanted: QuantizedFormat, signed: boolean): Promise<FewBits> {
  const found = stored.fewBits ?? roundTo(wanted, await readInitializer(stored), Number(stored.value.shape[1]));
  if (signed || found.format !== 'int8 rows') return found;
  const values = (await readBytes(found.values)).map((value) => value ^ 0x80);
  return { ...found, values, unsigned: true };
}
