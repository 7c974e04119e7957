// Cosines of unit vectors that come out the same to the last bit on every machine, in every order, alone or many at once: what
// a detector decided can be decided again. The vectors are rounded to whole numbers of at most 4000, so that every partial sum
// of a product is a whole number below 2^24 (Cauchy-Schwarz), which float32 holds exactly. The rounding costs a cosine 0.0002.
import { createGraph, input, output } from '../../onnx/graph.js';
import { MatMul } from '../../onnx/ops/contraction.js';
import { createSession, type Session } from '../../onnx/session.js';
import { floats } from '../../onnx/tensors.js';

const SCALE = 4000;
/** Vectors of a block; whole blocks are dropped when they are old. */
const BLOCK = 2048;

/** Vectors by their number, counted from 0 in the order of `add`. */
export interface ExactProducts {
  /** Number of the next vector. */
  readonly size: number;
  /** Number of the first vector that is still here. */
  readonly first: number;
  /** Keeps a vector of any length but 0 as a direction; null or zeros: like nothing, cosine 0 to all. */
  add(vector: Float32Array | null): number;
  /** Whether the number has a direction. */
  has(number: number): boolean;
  /** Cosines of each of these vectors to all that are here; entry i of a row is the vector `first + i`. */
  rows(numbers: readonly number[]): Promise<Float32Array[]>;
  /** Cosine of two. */
  between(a: number, b: number): number;
  /** Forgets blocks all of whose vectors are below the number. */
  drop(below: number): void;
  dispose(): Promise<void>;
}

interface Block {
  /** A column a vector. */
  readonly values: Float32Array;
  /** 0: no vector. */
  readonly lengths: Float64Array;
}

export async function exactProducts(dimension: number): Promise<ExactProducts> {
  const graph = createGraph('cosines');
  const left = input(graph, 'left', 'float32', ['M', dimension]);
  const right = input(graph, 'right', 'float32', [dimension, BLOCK]);
  output('products', MatMul(left, right));
  const session: Session = await createSession(graph, { provider: 'cpu', threads: 1 });
  let size = 0;
  let firstBlock = 0;
  /** Null until a vector of the block is there. */
  const blocks: (Block | null)[] = [];
  const at = (number: number) => {
    const block = blocks[Math.floor(number / BLOCK) - firstBlock];
    if (block === undefined) throw new Error(`exactProducts: vector ${number} is not here`);
    return { block, column: number % BLOCK };
  };

  return {
    get size() {
      return size;
    },
    get first() {
      return firstBlock * BLOCK;
    },
    add(vector) {
      if (size % BLOCK === 0) blocks.push(null);
      if (vector !== null) write(vector, size);
      size += 1;
      return size - 1;
    },
    has: (number) => lengthOf(number) > 0,
    async rows(numbers) {
      const cosines = numbers.map(() => new Float32Array(size - firstBlock * BLOCK));
      if (numbers.length === 0) return cosines;
      const query = new Float32Array(numbers.length * dimension);
      numbers.forEach((number, row) => {
        const { block, column } = at(number);
        if (block === null) return;
        for (let d = 0; d < dimension; d += 1) query[row * dimension + d] = block.values[d * BLOCK + column]!;
      });
      for (const [index, block] of blocks.entries()) {
        if (block === null) continue;
        const { values, lengths } = block;
        const { products } = await session.run({
          left: floats(query, [numbers.length, dimension]),
          right: floats(values, [dimension, BLOCK]),
        });
        const data = products!.data as Float32Array;
        const count = Math.min(BLOCK, size - (firstBlock + index) * BLOCK);
        numbers.forEach((number, row) => {
          const length = lengthOf(number);
          const target = cosines[row]!;
          for (let column = 0; column < count; column += 1)
            target[index * BLOCK + column] = cosine(data[row * BLOCK + column]!, length, lengths[column]!);
        });
      }
      return cosines;
    },
    between(a, b) {
      const [one, other] = [at(a), at(b)];
      if (one.block === null || other.block === null) return 0;
      let sum = 0;
      for (let d = 0; d < dimension; d += 1)
        sum += one.block.values[d * BLOCK + one.column]! * other.block.values[d * BLOCK + other.column]!;
      return Math.fround(cosine(sum, lengthOf(a), lengthOf(b)));
    },
    drop(below) {
      while ((firstBlock + 1) * BLOCK <= Math.min(below, size)) {
        blocks.shift();
        firstBlock += 1;
      }
    },
    dispose: () => session.dispose(),
  };

  function lengthOf(number: number): number {
    const { block, column } = at(number);
    return block?.lengths[column] ?? 0;
  }

  function write(vector: Float32Array, number: number): void {
    if (vector.length !== dimension)
      throw new Error(`exactProducts: expected vectors of ${dimension} numbers, got ${vector.length}`);
    let squared = 0;
    for (const value of vector) squared += value * value;
    if (!(squared > 0) || squared === Number.POSITIVE_INFINITY) return;
    const index = Math.floor(number / BLOCK) - firstBlock;
    blocks[index] ??= { values: new Float32Array(dimension * BLOCK), lengths: new Float64Array(BLOCK) };
    const block = blocks[index];
    const column = number % BLOCK;
    const scale = SCALE / Math.sqrt(squared);
    let length = 0;
    for (let d = 0; d < dimension; d += 1) {
      const whole = Math.round(vector[d]! * scale);
      block.values[d * BLOCK + column] = whole;
      length += whole * whole;
    }
    block.lengths[column] = Math.sqrt(length);
  }
}

function cosine(product: number, a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : product / (a * b);
}
