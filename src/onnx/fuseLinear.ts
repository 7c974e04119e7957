// Rewrites linear layers into one operator each: product, bias and ReLU. Gemm adds the bias and applies the ReLU in one thread,
// whatever it has, so that it pays where a session has no more: there it takes a tenth to a fifth off [R, 160] x [160, 640] with both
// (onnxruntime 1.30; bench/training.js has the whole step).
import { type Graph, type GraphNode, node, type Value } from './graph.js';
import { Reshape } from './ops/layout.js';
import { renameResult } from './renameResult.js';
import { elementCount } from './shapes.js';

/**
 * Replaces every FusedMatMul by a matrix whose result only goes through an Add of a vector, and perhaps a ReLU after it that alone
 * takes what the Add gives, by a Gemm in place; results that are still known keep their names. Dimensions must be fixed.
 */
export function fuseLinear(graph: Graph): void {
  const before = graph.nodes.splice(0);
  const users = usersOf(graph, before);
  const linears = before.map((each) => linearAt(graph, each, users)).filter((each) => each !== undefined);
  const replaced = new Set(linears.flatMap(({ nodes }) => nodes));
  const byLast = new Map(linears.map((linear) => [linear.nodes.at(-1)!, linear]));
  for (const each of before) {
    const linear = byLast.get(each);
    if (linear !== undefined) fuse(graph, linear);
    else if (!replaced.has(each)) graph.nodes.push(each);
  }
}

interface Linear {
  /** The product, the Add, and the ReLU if there is one. */
  readonly nodes: readonly GraphNode[];
  readonly x: Value;
  readonly weight: Value;
  readonly bias: Value;
}

/** Who takes each value; `undefined` stands for whoever runs the graph. */
type Users = ReadonlyMap<string, readonly (GraphNode | undefined)[]>;

function usersOf(graph: Graph, nodes: readonly GraphNode[]): Users {
  const users = new Map<string, (GraphNode | undefined)[]>();
  const use = (name: string, user: GraphNode | undefined) => {
    const known = users.get(name);
    if (known === undefined) users.set(name, [user]);
    else known.push(user);
  };
  for (const each of nodes) for (const name of each.inputs) use(name, each);
  for (const { value } of graph.outputs) use(value.name, undefined);
  return users;
}

function linearAt(graph: Graph, product: GraphNode, users: Users): Linear | undefined {
  if (product.opType !== 'FusedMatMul') return undefined;
  const { transA, alpha } = product.attributes as { transA: number; alpha: { float: number } };
  const [x, weight] = product.inputs.map((name) => graph.values.get(name)!) as [Value, Value];
  if (transA === 1 || alpha.float !== 1 || weight.shape.length !== 2) return undefined;
  const add = onlyUser(product, 'Add', users);
  const bias = add && graph.values.get(add.inputs.find((name) => name !== product.outputs[0])!);
  if (add === undefined || bias === undefined || bias.shape.length !== 1) return undefined;
  // A vector of one would be spread over the columns.
  if (bias.shape[0] !== weight.shape[product.attributes.transB === 1 ? 0 : 1]) return undefined;
  const relu = onlyUser(add, 'Relu', users);
  return { nodes: relu === undefined ? [product, add] : [product, add, relu], x, weight, bias };
}

/** The one node that takes the result of another, if it is of this kind. */
function onlyUser(of: GraphNode, opType: string, users: Users): GraphNode | undefined {
  const [user, ...more] = users.get(of.outputs[0]!) ?? [];
  return more.length === 0 && user?.opType === opType ? user : undefined;
}

function fuse(graph: Graph, { nodes, x, weight, bias }: Linear): void {
  const last = nodes.at(-1)!;
  const { shape } = graph.values.get(last.outputs[0]!)!;
  const rows = elementCount('fuseLinear', x.shape.slice(0, -1));
  const flat = x.shape.length === 2 ? x : Reshape(x, [rows, x.shape.at(-1)!]);
  const relu = last.opType === 'Relu';
  const sum = node(graph, relu ? 'FusedGemm' : 'Gemm', {
    inputs: [flat, weight, bias],
    results: [{ dtype: x.dtype, shape: [rows, shape.at(-1)!] }],
    attributes: { transB: nodes[0]!.attributes.transB!, ...(relu ? { activation: 'Relu' } : {}) },
    ...(relu ? { domain: 'com.microsoft' as const } : {}),
  })[0]!;
  renameResult(graph, shape.length === 2 ? sum : Reshape(sum, shape), last.outputs[0]!);
}
