// Products of whole numbers: each row of what is multiplied is rounded to 8 bits by its own largest number, the matrix was rounded before.
import { type DType, type Graph, initializer, int64, node, type Value } from './graph.js';

export interface RowRounding {
  /** x [..., in] by values [out, in] of scales [out] -> [..., out]. */
  product(x: Value, matrix: { readonly values: Value; readonly scales: Value; readonly unsigned: boolean }): Value;
}

interface Rounded {
  /** uint8 */
  readonly whole: Value;
  /** [..., 1]: what 1 stands for, in each row. */
  readonly size: Value;
  readonly step: Value;
  readonly zero: Value;
}

/** Makes the products of one graph. */
export function createRowRounding(graph: Graph): RowRounding {
  const known = new Map<string, Rounded>();

  function one(op: string, inputs: readonly Value[], shape: Value['shape'], more: Partial<Made> = {}): Value {
    const { dtype = 'float32', attributes = {}, domain } = more;
    return node(graph, op, { inputs, results: [{ dtype, shape }], attributes, ...(domain && { domain }) })[0]!;
  }
  const number = (value: number) =>
    initializer(graph, {
      name: `rounding ${value}`,
      dtype: 'float32',
      shape: [],
      data: new Uint8Array(Float32Array.of(value).buffer),
    });
  const zeroAt = (value: number) =>
    initializer(graph, { name: `zero at ${value}`, dtype: 'uint8', shape: [], data: Uint8Array.of(value) });

  function rounded(x: Value): Rounded {
    const before = known.get(x.name);
    if (before !== undefined) return before;
    const rows = [...x.shape.slice(0, -1), 1];
    const last = int64(graph, [-1]);
    const highest = one('ReduceMax', [x, last], rows, { attributes: { keepdims: 1 } });
    // Nothing below zero comes out of a ReLU: all 255 steps are for what is above.
    const positive = graph.nodes.findLast(({ outputs }) => outputs.includes(x.name))?.opType === 'Relu';
    const [step, zero] = positive ? [number(1 / 255), zeroAt(0)] : [number(1 / 127), zeroAt(128)];
    const lowest = positive
      ? []
      : [one('Neg', [one('ReduceMin', [x, last], rows, { attributes: { keepdims: 1 } })], rows)];
    // A row of zeros is not divided by zero.
    const size = one('Max', [highest, ...lowest, number(1e-30)], rows);
    const whole = one('QuantizeLinear', [one('Div', [x, size], x.shape), step, zero], x.shape, { dtype: 'uint8' });
    const made = { whole, size, step, zero };
    known.set(x.name, made);
    return made;
  }

  return {
    product(x, { values, scales, unsigned }) {
      const [out, into] = values.shape as [number, number];
      const { whole, size, step, zero } = rounded(x);
      const shape = [...x.shape.slice(0, -1), out];
      // Turned over when the session is made.
      const matrix = one('Transpose', [values], [into, out], { dtype: values.dtype, attributes: { perm: [1, 0] } });
      const inputs = [whole, matrix, step, scales, zero, ...(unsigned ? [zeroAt(128)] : [])];
      return one('Mul', [one('MatMulIntegerToFloat', inputs, shape, { domain: 'com.microsoft' }), size], shape);
    },
  };
}

interface Made {
  readonly dtype: DType;
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
  readonly domain: 'com.microsoft';
}
