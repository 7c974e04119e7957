// What became of a hotspot between two windows of the same length: whether it is new, grew, cooled, or is as it was.
import type { ReportedCounts } from '../../db/reports/countsOfReport.js';

export type ChangeKind = 'NEW' | 'GREW' | 'COOLED' | 'STEADY';

/** Standard deviations of the difference of two counts beyond which it is told as a change: chance brings as much in one of twenty. */
export const TOLD = 2;

/**
 * NEW: found in the window. GREW and COOLED: the numbers of posts differ by more than two counts of the same rate do by chance
 * (both as Poisson's: the difference over the root of the sum).
 */
export function changeOf(
  { posts, postsBefore }: Pick<ReportedCounts, 'posts' | 'postsBefore'>,
  { isNew }: { readonly isNew: boolean },
): ChangeKind {
  if (isNew) return 'NEW';
  const deviations = (posts - postsBefore) / Math.sqrt(Math.max(1, posts + postsBefore));
  return deviations > TOLD ? 'GREW' : deviations < -TOLD ? 'COOLED' : 'STEADY';
}

/** How large a change is, for the order of a list. */
export function sizeOf({ posts, postsBefore }: Pick<ReportedCounts, 'posts' | 'postsBefore'>): number {
  return Math.abs(posts - postsBefore) / Math.sqrt(Math.max(1, posts + postsBefore));
}
