// AdamW over the flat arrays of a store, with clipping by the global norm.
// Source: Loshchilov & Hutter, arXiv 1711.05101; the update equals torch.optim.AdamW's (torch 2.13).
import type { ParameterStore, StoredParameter } from './parameterStore.js';

export interface AdamWOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decay of matrices; biases, norms and other vectors have none. */
  readonly weightDecay: number;
  /** Gradients longer than this, over all parameters, are scaled down to it; 0: never. */
  readonly clipNorm: number;
  /** Factor of a parameter's learning rate; 0 keeps it as it is. */
  readonly rateOf?: (entry: StoredParameter) => number;
}

export interface AdamWState {
  readonly m: Float32Array;
  readonly v: Float32Array;
}

export const ADAMW: AdamWOptions = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0.02,
  clipNorm: 1,
};

export function adamwState(store: ParameterStore): AdamWState {
  return { m: new Float32Array(store.values.length), v: new Float32Array(store.values.length) };
}

/**
 * One update in place. `step` counts from 1; `scale` multiplies the learning rate (the schedule); `skip` names parameters that
 * the loss does not reach. Returns the gradients' norm before clipping; where it is not finite nothing is changed.
 */
export function adamwStep(
  store: ParameterStore,
  gradients: Float32Array,
  state: AdamWState,
  options: AdamWOptions,
  now: { readonly step: number; readonly scale: number; readonly skip: ReadonlySet<string> },
): number {
  const norm = Math.sqrt(sumOfSquares(gradients));
  if (!Number.isFinite(norm)) return norm;
  // The small number is that of torch.nn.utils.clip_grad_norm_.
  const clip = options.clipNorm > 0 ? Math.min(1, options.clipNorm / (norm + 1e-6)) : 1;
  for (const entry of store.entries) {
    const rate = options.learningRate * now.scale * (options.rateOf?.(entry) ?? 1);
    if (rate === 0 || now.skip.has(entry.name)) continue;
    const decay = isVector(entry.shape) ? 0 : options.weightDecay;
    update(store.values, gradients, state, entry, { ...options, rate, decay, clip, step: now.step });
  }
  return norm;
}

function update(
  values: Float32Array,
  gradients: Float32Array,
  { m, v }: AdamWState,
  { offset, size }: StoredParameter,
  o: { beta1: number; beta2: number; epsilon: number; rate: number; decay: number; clip: number; step: number },
): void {
  const { beta1, beta2, epsilon, clip } = o;
  const [keep1, keep2] = [1 - beta1, 1 - beta2];
  const stepSize = o.rate / (1 - beta1 ** o.step);
  const correction = 1 / Math.sqrt(1 - beta2 ** o.step);
  const shrink = 1 - o.rate * o.decay;
  // Plain doubles between float32 loads and stores: rounding each operation to float32 is three times slower in V8.
  for (let i = offset; i < offset + size; i += 1) {
    const g = gradients[i]! * clip;
    const first = beta1 * m[i]! + keep1 * g;
    const second = beta2 * v[i]! + keep2 * g * g;
    m[i] = first;
    v[i] = second;
    values[i] = values[i]! * shrink - (stepSize * first) / (Math.sqrt(second) * correction + epsilon);
  }
}

function sumOfSquares(x: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i += 1) sum += x[i]! * x[i]!;
  return sum;
}

/** [1, 1, D] is a vector too: a class token, query tokens have none of the meaning that decay has for matrices. */
function isVector(shape: readonly number[]): boolean {
  return shape.filter((size) => size > 1).length < 2;
}
