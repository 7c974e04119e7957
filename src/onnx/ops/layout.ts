// Operators that move, pick or join values without computing, each named exactly like its ONNX operator.
import { constant, type Dim, int64, node, type Shape, type Value } from '../graph.js';
import { addDims, dimAt, fixed, same, shapeText } from '../shapes.js';

/**
 * Reshape to dimensions given as numbers or letters. A letter must stand at the same place in the input (it is copied)
 * or be the only one that does not (it is inferred).
 */
export function Reshape(x: Value, shape: Shape): Value {
  let inferred = 0;
  const target = shape.map((dim, i) => {
    if (typeof dim === 'number') return dim;
    if (x.shape[i] === dim) return 0;
    inferred += 1;
    return -1;
  });
  if (inferred > 1)
    throw new Error(
      `Reshape: expected at most one inferred dimension, got ${shapeText(x.shape)} -> ${shapeText(shape)}`,
    );
  return single('Reshape', [x, int64(x.graph, target)], x, shape);
}

/** Permutes the axes. */
export function Transpose(x: Value, perm: readonly number[]): Value {
  return single(
    'Transpose',
    [x],
    x,
    perm.map((axis) => dimAt(x.shape, axis)),
    { perm },
  );
}

export function Concat(values: readonly Value[], axis: number): Value {
  const first = values[0]!;
  for (const value of values.slice(1)) {
    first.shape.forEach((dim, i) => {
      if (i !== axis) same('Concat', `dimension ${i}`, value.shape[i], dim);
    });
  }
  const joined = addDims(values.map((value) => dimAt(value.shape, axis)));
  return single(
    'Concat',
    values,
    first,
    first.shape.map((dim, i) => (i === axis ? joined : dim)),
    { axis },
  );
}

/** Cuts an axis of fixed length into parts of the given lengths. */
export function Split(x: Value, options: { axis: number; lengths: readonly number[] }): Value[] {
  const { axis, lengths } = options;
  same(
    'Split',
    'total length',
    lengths.reduce((a, b) => a + b, 0),
    fixed('Split', dimAt(x.shape, axis)),
  );
  return node(x.graph, 'Split', {
    inputs: [x, int64(x.graph, lengths)],
    results: lengths.map((length) => ({ dtype: x.dtype, shape: x.shape.map((dim, i) => (i === axis ? length : dim)) })),
    attributes: { axis },
  });
}

/** x[..., start:end, ...] along one axis; `end` may be larger than the axis; `dim` names the result's length where it is not fixed. */
export function Slice(x: Value, options: { axis: number; start: number; end: number; dim?: Dim }): Value {
  const { axis, start, end } = options;
  const length = dimAt(x.shape, axis);
  const dim = options.dim ?? (typeof length === 'number' ? Math.min(end, length) - start : end - start);
  const { graph } = x;
  return single(
    'Slice',
    [x, int64(graph, [start]), int64(graph, [end]), int64(graph, [axis])],
    x,
    x.shape.map((d, i) => (i === axis ? dim : d)),
  );
}

/** Rows of `x` along `axis` by an index of any shape. */
export function Gather(x: Value, indices: Value, axis = 0): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return single('Gather', [x, indices], x, shape, { axis });
}

/** Picks along `axis` by indices of the same rank: one number for each of them. */
export function GatherElements(x: Value, indices: Value, axis: number): Value {
  return single('GatherElements', [x, indices], x, indices.shape, { axis });
}

/** Picks x[b, indices[b, s, 0]] for x [B, L, D] and indices [B, S, 1]: one choice of row per place, batch by batch. */
export function GatherND(x: Value, indices: Value): Value {
  same('GatherND', 'batch', x.shape[0], indices.shape[0]);
  const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(2)];
  return single('GatherND', [x, indices], x, shape, { batch_dims: 1 });
}

/** Adds the rows `updates` [R, ...] to `x` at the places `indices` [R, 1] of its first axis; places may repeat. */
export function ScatterAdd(x: Value, indices: Value, updates: Value): Value {
  return node(x.graph, 'ScatterND', {
    inputs: [x, indices, updates],
    results: [{ dtype: x.dtype, shape: x.shape }],
    attributes: { reduction: 'add' },
  })[0]!;
}

/** Zeros around `x` along one axis: `before` and `after` it. */
export function Pad(x: Value, options: { axis: number; before: number; after: number }): Value {
  const { axis, before, after } = options;
  const { graph } = x;
  return single(
    'Pad',
    [x, int64(graph, [before, after]), constant(graph, Float32Array.of(0), []), int64(graph, [axis])],
    x,
    x.shape.map((dim, i) => (i === axis ? addDims([dim, before + after]) : dim)),
  );
}

/** ids [...] -> [..., depth]: `on` at the id, `off` elsewhere. */
export function OneHot(ids: Value, depth: number, values: { on: number; off: number } = { on: 1, off: 0 }): Value {
  const { graph } = ids;
  return node(graph, 'OneHot', {
    inputs: [ids, int64(graph, [depth], []), constant(graph, Float32Array.of(values.off, values.on), [2])],
    results: [{ dtype: 'float32', shape: [...ids.shape, depth] }],
    attributes: { axis: -1 },
  })[0]!;
}

/** Repeats along dimensions of length 1, to the run-time length of another value's first axis: [1, ...] -> [B, ...]. */
export function expandBatch(x: Value, like: Value): Value {
  const { graph } = x;
  const batch = node(graph, 'Shape', {
    inputs: [like],
    results: [{ dtype: 'int64', shape: [1] }],
    attributes: { start: 0, end: 1 },
  })[0]!;
  const rest = int64(
    graph,
    x.shape.slice(1).map((dim) => fixed('expandBatch', dim)),
  );
  const target = single('Concat', [batch, rest], batch, [x.shape.length], { axis: 0 });
  return single('Expand', [x, target], x, [dimAt(like.shape, 0), ...x.shape.slice(1)]);
}

function single(
  op: string,
  inputs: readonly Value[],
  like: Value,
  shape: Shape,
  attributes: Record<string, number | readonly number[]> = {},
): Value {
  return node(like.graph, op, { inputs, results: [{ dtype: like.dtype, shape }], attributes })[0]!;
}
