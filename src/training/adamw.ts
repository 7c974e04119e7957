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

/** In shared memory: threads may each update a part. */
export function adamwState(store: ParameterStore): AdamWState {
  const zeros = () => new Float32Array(new SharedArrayBuffer(store.values.byteLength));
  return { m: zeros(), v: zeros() };
}

/** When a step happens: `step` counts from 1; `scale` multiplies the learning rate (the schedule); `skip` names parameters that the loss does not reach. */
export interface AdamWMoment {
  readonly step: number;
  readonly scale: number;
  readonly skip: ReadonlySet<string>;
}

/** One update in place. Returns the gradients' norm before clipping; where it is not finite nothing is changed. */
export function adamwStep(
  store: ParameterStore,
  gradients: Float32Array,
  state: AdamWState,
  options: AdamWOptions,
  now: AdamWMoment,
): number {
  const norm = Math.sqrt(sumOfSquares(gradients));
  if (Number.isFinite(norm))
    update({ values: store.values, gradients, ...state }, adamwPlan(store, options, now, norm));
  return norm;
}

/** What an update does to which numbers: fit to be sent to a thread. */
export interface AdamWPlan {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly step: number;
  /** Factor of the gradients. */
  readonly clip: number;
  readonly pieces: readonly {
    readonly offset: number;
    readonly size: number;
    readonly rate: number;
    readonly decay: number;
  }[];
}

/** `norm`: of all gradients, finite. */
export function adamwPlan(store: ParameterStore, options: AdamWOptions, now: AdamWMoment, norm: number): AdamWPlan {
  const { beta1, beta2, epsilon, clipNorm } = options;
  return {
    ...{ beta1, beta2, epsilon, step: now.step },
    // The small number is that of torch.nn.utils.clip_grad_norm_.
    clip: clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1,
    pieces: store.entries.flatMap((entry) => {
      const rate = options.learningRate * now.scale * (options.rateOf?.(entry) ?? 1);
      if (rate === 0 || now.skip.has(entry.name)) return [];
      const decay = isVector(entry.shape) ? 0 : options.weightDecay;
      return [{ offset: entry.offset, size: entry.size, rate, decay }];
    }),
  };
}

/** Carries a plan out on the numbers from `from` to `to`, all unless told otherwise. */
export function update(
  arrays: { readonly values: Float32Array; readonly gradients: Float32Array } & AdamWState,
  plan: AdamWPlan,
  { from = 0, to = arrays.values.length }: { readonly from?: number; readonly to?: number } = {},
): void {
  const { values, gradients, m, v } = arrays;
  const { beta1, beta2, epsilon, clip, step } = plan;
  const [keep1, keep2] = [1 - beta1, 1 - beta2];
  const correction = 1 / Math.sqrt(1 - beta2 ** step);
  for (const { offset, size, rate, decay } of plan.pieces) {
    const stepSize = rate / (1 - beta1 ** step);
    const shrink = 1 - rate * decay;
    // Plain doubles between float32 loads and stores: rounding each operation to float32 is three times slower in V8.
    const end = Math.min(to, offset + size);
    for (let i = Math.max(from, offset); i < end; i += 1) {
      const g = gradients[i]! * clip;
      const first = beta1 * m[i]! + keep1 * g;
      const second = beta2 * v[i]! + keep2 * g * g;
      m[i] = first;
      v[i] = second;
      values[i] = values[i]! * shrink - (stepSize * first) / (Math.sqrt(second) * correction + epsilon);
    }
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
