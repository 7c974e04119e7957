/**
 * The share of the learning rate at a step (from 1): a linear warm-up, then half a cosine down to `floor` at the last step.
 * Source: SGDR, arXiv 1608.03983 (without restarts).
 */
export function cosineSchedule(
  step: number,
  options: { readonly warmup: number; readonly steps: number; readonly floor?: number },
): number {
  const { warmup, steps, floor = 0 } = options;
  if (step <= warmup) return step / Math.max(1, warmup);
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
}
