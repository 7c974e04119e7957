// Rewrites products by a weight matrix into products by the same matrix in 4 or 8 bits (onnxruntime's MatMulNBits): a quarter to an eighth of the
// bytes to read, which is what a language model waits for at each token.
import { dropUnused } from './dropUnused.js';
import { type Graph, type GraphNode, type Initializer, initializer, node, type Value } from './graph.js';
import { BLOCK, type QuantizedBits, quantizeBlocks } from './quantizeBlocks.js';
import { readInitializer } from './readInitializer.js';
import { renameResult } from './renameResult.js';

export type { QuantizedBits } from './quantizeBlocks.js';

/** int8 for what the matrix is multiplied by: at 0, weights of 8 bits are turned into float32 at every call, thirty times slower. */
const ACCURACY_LEVEL = 4;

/**
 * Replaces every FusedMatMul by a stored matrix [out, in] of the graph in place; results keep their names. Embeddings, convolutions, norms, biases
 * and products of what was computed stay as they are. What is stored in few bits already is taken as it is, the rest is rounded to `bits`. A matrix that is
 * used nowhere else is no longer part of the graph.
 */
export async function quantizeProducts(graph: Graph, bits: QuantizedBits): Promise<void> {
  const casts = castsOf(graph);
  const done = new Map<string, QuantizedWeight>();
  for (const each of graph.nodes.splice(0)) {
    const weight = storedWeight(graph, each, casts);
    if (weight === undefined) {
      graph.nodes.push(each);
      continue;
    }
    // Tied weights are quantized once.
    const quantized = done.get(weight) ?? (await quantize(graph, weight, bits));
    done.set(weight, quantized);
    replace(graph, each, quantized);
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

interface QuantizedWeight {
  readonly bits: QuantizedBits;
  /** [rows, blocks, bytes of a block], and scales [rows * blocks]. */
  readonly operands: readonly [Value, Value];
}

async function quantize(graph: Graph, name: string, wanted: QuantizedBits): Promise<QuantizedWeight> {
  const stored = graph.initializers.get(name)!;
  const [rows, columns] = stored.value.shape.map(Number) as [number, number];
  const bits = stored.blocks?.bits ?? wanted;
  const { values, scales } = stored.blocks ?? (await rounded(stored, columns, bits));
  const blocks = Math.ceil(columns / BLOCK);
  const shape = [rows, blocks, (BLOCK * bits) / 8];
  return {
    bits,
    operands: [
      initializer(graph, { name: `${name} in ${bits} bits`, dtype: 'uint8', shape, data: values }),
      initializer(graph, { name: `${name} scales`, dtype: 'float32', shape: [rows * blocks], data: scales }),
    ],
  };
}

async function rounded(stored: Initializer, columns: number, bits: QuantizedBits) {
  const { values, scales } = quantizeBlocks(await readInitializer(stored), { columns, bits });
  return { values, scales: new Uint8Array(scales.buffer) };
}

function replace(graph: Graph, each: GraphNode, { bits, operands }: QuantizedWeight): void {
  const [x, matrix] = each.inputs.map((name) => graph.values.get(name)!) as [Value, Value];
  const [rows, columns] = matrix.shape.map(Number) as [number, number];
  const result = node(graph, 'MatMulNBits', {
    inputs: [x, ...operands],
    results: [graph.values.get(each.outputs[0]!)!],
    attributes: { K: columns, N: rows, bits, block_size: BLOCK, accuracy_level: ACCURACY_LEVEL },
    domain: 'com.microsoft',
  })[0]!;
  renameResult(graph, result, each.outputs[0]!);
}
