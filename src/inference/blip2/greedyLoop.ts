// Greedy decoding inside the graph: a Loop around one step of the language model, whose keys and values are the state of the loop. Where the graph runs
// on a GPU they stay there, and a caption crosses once, not once a token.
import {
  copyGraph,
  createGraph,
  type DType,
  type Graph,
  input,
  int64,
  node,
  output,
  type Shape,
  type Value,
} from '../../onnx/graph.js';
import { ArgMax, ReduceMin } from '../../onnx/ops/contraction.js';
import { Add, Cast, Equal, GreaterOrEqual, Max, Min, Mul } from '../../onnx/ops/elementwise.js';
import { Concat, Gather, GatherElements, Reshape, Slice } from '../../onnx/ops/layout.js';
import type { OptConfig } from './config.js';
import { allOf } from './deviceCache.js';
import { cacheNames, pastOf } from './keyValueCache.js';

/** What a loop's first turn is given of a state. */
export const first = (name: string) => `first_${name}`;

const ALL = Number.MAX_SAFE_INTEGER;

/**
 * keepOnDevice's graph of one step (of B rows) -> a graph that decodes greedily until every row has ended. Fed, for the first turn: first_input_ids, first_prefix,
 * first_source, first_position_ids and first_attention_bias as the step's prompt; first_own [B, S], the slots that the prompt will have, and first_upcoming [B, 1],
 * those of the first token, all int32; first_done [B, 1], int32, 0. For all: turns [], int64, at most; rows [1], int32, B; most [B, 1], int64, new tokens of each
 * row at most; ends [V], int32, 1 where a token is an end; biases [K, V], added to the probabilities before the likeliest is taken, and which [turns, B], int64,
 * of them. -> tokens [T, B, 1], int64, and token_log_probs [T, B, 1], of the model alone; what follows a row's end is of no meaning.
 */
export function greedyLoop(step: Graph, config: OptConfig): Graph {
  const graph = createGraph(`${step.name} greedily`);
  const body = copyGraph(step);
  const vocabulary = config.vocab_size;
  const outer = (name: string, dtype: DType, shape: Shape): Value => {
    input(graph, name, dtype, shape);
    return within(body, name, dtype, shape);
  };
  const turns = input(graph, 'turns', 'int64', []);
  const rows = outer('rows', 'int32', [1]);
  const most = outer('most', 'int64', ['B', 1]);
  const ends = outer('ends', 'int32', [vocabulary]);
  const biases = outer('biases', 'float32', ['K', vocabulary]);
  const which = outer('which', 'int64', ['T', 'B']);

  // A loop's body is given the turn and whether it goes on, and then its state.
  const inputs = body.inputs.splice(0);
  const turn = input(body, 'turn', 'int64', []);
  input(body, 'goes_on', 'bool', []);
  body.inputs.push(...inputs);
  const own = input(body, 'own', 'int32', ['B', 'S']);
  const upcoming = input(body, 'upcoming', 'int32', ['B', 1]);
  const done = input(body, 'done', 'int32', ['B', 1]);
  const named = new Map(body.outputs.splice(0).map(({ name, value }) => [name, value]));
  const of = (name: string) => body.values.get(name)!;

  const logProbs = named.get('log_probs')!;
  const scores = Add(logProbs, Gather(biases, Gather(which, turn)));
  const token = Reshape(ArgMax(scores, 1), ['B', 1]);
  const logProb = GatherElements(logProbs, token, 1);
  const spoken = Add(turn, int64(body, [1], []));
  const full = Cast(GreaterOrEqual(spoken, most), 'int32');
  const nowDone = Max(done, Max(Gather(ends, token), full));
  const allDone = ReduceMin(Reshape(nowDone, ['B']), { axis: 0, keepDims: false });
  const goesOn = Equal(Cast(allDone, 'int64'), int64(body, [0], []));

  const zero = (value: Value) => Mul(value, Cast(int64(body, [0], []), value.dtype));
  const bias = Slice(of('attention_bias'), { axis: 2, start: -1, end: ALL, dim: 1 });
  const position = Slice(of('position_ids'), { axis: 1, start: -1, end: ALL, dim: 1 });
  // Rows that have ended go along until the last one does: not beyond the positions that there are.
  const last = int64(body, [config.max_position_embeddings - 1], [1]);
  const next = new Map<string, Value>([
    ['input_ids', token],
    ['prefix', Slice(of('prefix'), { axis: 1, start: 0, end: 0, dim: 0 })],
    ['source', zero(Slice(of('source'), { axis: 1, start: 0, end: 1, dim: 1 }))],
    ['position_ids', Min(Add(position, int64(body, [1])), last)],
    ['attention_bias', Concat([bias, zero(Slice(bias, { axis: 3, start: 0, end: 1, dim: 1 }))], 3)],
    ['slots', Concat([of('slots'), own], 1)],
    ...cacheNames(config.num_hidden_layers).map((name): [string, Value] => [pastOf(name), named.get(allOf(name))!]),
    ['own', upcoming],
    ['upcoming', Add(upcoming, rows)],
    ['done', nowDone],
  ]);

  output('goes_on_then', goesOn);
  const states = body.inputs.slice(2);
  for (const { name } of states) output(`next_${name}`, next.get(name)!);
  output('token', token);
  output('token_log_prob', logProb);

  // Weights belong to the whole: an execution provider takes them once.
  for (const [name, { value, ...init }] of body.initializers)
    graph.initializers.set(name, { ...init, value: { ...value, graph } });
  for (const { value } of graph.initializers.values()) graph.values.set(value.name, value);
  body.initializers.clear();

  const begin = states.map(({ name, dtype, shape }) => input(graph, first(name), dtype, beginning(name, shape)));
  const results = node(graph, 'Loop', {
    inputs: [turns, undefined, ...begin],
    results: [
      ...states.map(({ dtype, shape }) => ({ dtype, shape })),
      { dtype: 'int64' as const, shape: ['T', 'B', 1] },
      { dtype: 'float32' as const, shape: ['T', 'B', 1] },
    ],
    attributes: { body: { graph: body } },
  });
  output('tokens', results.at(-2)!);
  output('token_log_probs', results.at(-1)!);
  return graph;
}

/** Nothing is known yet of what grows. */
function beginning(name: string, shape: Shape): Shape {
  if (name === 'slots') return ['B', 0];
  return name.startsWith(pastOf('')) ? [0, ...shape.slice(1)] : shape;
}

/** A value of the graph around a body, as the body knows it. */
function within(body: Graph, name: string, dtype: DType, shape: Shape): Value {
  const value: Value = { graph: body, name, dtype, shape };
  body.values.set(name, value);
  return value;
}
