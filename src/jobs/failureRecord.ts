// What went wrong with a job so far. It travels in the job's own data, which also outlasts a worker that died at it.
import type { FailureKind } from '../errors.js';

export interface FailureRecord {
  /** How often, by kind. */
  readonly counts: Partial<Readonly<Record<FailureKind, number>>>;
  readonly first: {
    readonly kind: FailureKind;
    readonly reason: string;
    /** ISO 8601. */
    readonly at: string;
  };
}

/** The record with one more failure; of a job that had none so far, a new one. */
export function addFailure(
  record: FailureRecord | undefined,
  { kind, reason, at }: { readonly kind: FailureKind; readonly reason: string; readonly at: Date },
): FailureRecord {
  return {
    counts: { ...record?.counts, [kind]: (record?.counts[kind] ?? 0) + 1 },
    first: record?.first ?? { kind, reason, at: at.toISOString() },
  };
}
