// Shape arithmetic of the operators: what ONNX's own shape inference would say, said while the graph is built.
import type { Dim, Shape } from './graph.js';

/** A shape as people write it: [B, 257, 768]. */
export function shapeText(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Multidirectional broadcasting (numpy's rule). Throws where two fixed or two different symbolic dimensions meet. */
export function broadcast(op: string, a: Shape, b: Shape): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new Error(`${op}: expected shapes that broadcast, got ${shapeText(a)} and ${shapeText(b)}`);
  });
}

/** Throws unless two dimensions are the same. */
export function same(op: string, what: string, a: Dim | undefined, b: Dim | undefined): void {
  if (a !== b) throw new Error(`${op}: expected equal ${what}, got ${a} and ${b}`);
}

/** Sum of dimensions: a number, or the letters joined ('P+S'). */
export function addDims(dims: readonly Dim[]): Dim {
  const fixed = dims.reduce<number>((sum, dim) => sum + (typeof dim === 'number' ? dim : 0), 0);
  const letters = dims.filter((dim) => typeof dim === 'string');
  if (letters.length === 0) return fixed;
  return [...letters, ...(fixed === 0 ? [] : [fixed])].join('+');
}

/** A dimension at a place counted from the start, or from the end where negative. */
export function dimAt(shape: Shape, axis: number): Dim {
  const dim = shape[axis < 0 ? axis + shape.length : axis];
  if (dim === undefined) throw new Error(`dimAt: expected an axis of ${shapeText(shape)}, got ${axis}`);
  return dim;
}

/** A dimension that has to be fixed. */
export function fixed(op: string, dim: Dim | undefined): number {
  if (typeof dim !== 'number') throw new Error(`${op}: expected a fixed dimension, got ${dim}`);
  return dim;
}

/** The number of elements of a fixed shape. */
export function elementCount(op: string, shape: Shape): number {
  return shape.reduce<number>((size, dim) => size * fixed(op, dim), 1);
}
