// Gaps in the sources: hours without a post of a source that usually posts then. A hotspot that was quiet there may only have gone unseen.
import type { HourOfSource } from '../../db/reports/hoursOfSources.js';
import type { Span } from '../../db/reports/reportedPosts.js';

export interface Gap {
  readonly source: string;
  readonly since: Date;
  readonly until: Date;
  /** Posts that are usual in this time. */
  readonly usual: number;
}

const HOUR = 3_600_000;
/** Posts that must be missing before a silence is told: by chance one of 150 is as long (Poisson, e^-5). */
const MISSING = 5;
/** Days before the window that say what is usual. */
export const USUAL_DAYS = 7;

/**
 * The silences of each source, the oldest first. What is usual in an hour is the mean of the same hours of earlier days, as many as the
 * source has posted in; a source of less than a day has none. `hours` begin `USUAL_DAYS` before the window.
 */
export function gapsOf(hours: readonly HourOfSource[], { since, until }: Span): Gap[] {
  const bySource = new Map<string, Map<number, number>>();
  for (const { source, hour, posts } of hours) {
    const known = bySource.get(source) ?? new Map<number, number>();
    bySource.set(source, known.set(hour.getTime(), posts));
  }
  // The bins end at `until`; the first may begin before the window.
  const count = Math.floor((until.getTime() - since.getTime()) / HOUR);
  const bins = Array.from({ length: count }, (_, i) => until.getTime() - (count - i) * HOUR);
  return [...bySource].flatMap(([source, posts]) => {
    const first = Math.min(...posts.keys());
    const gaps: Gap[] = [];
    let open: { since: number; usual: number } | undefined;
    const close = (at: number) => {
      if (open !== undefined && open.usual >= MISSING)
        gaps.push({ source, since: new Date(open.since), until: new Date(at), usual: open.usual });
      open = undefined;
    };
    for (const bin of bins) {
      if ((posts.get(bin) ?? 0) > 0) close(bin);
      else {
        const usual = usualIn(bin, posts, { first, since: since.getTime() });
        open = { since: open?.since ?? bin, usual: (open?.usual ?? 0) + usual };
      }
    }
    close(until.getTime());
    return gaps;
  });
}

/** Mean of the same hour on the days before the window. */
function usualIn(
  bin: number,
  posts: ReadonlyMap<number, number>,
  { first, since }: { readonly first: number; readonly since: number },
): number {
  let sum = 0;
  let days = 0;
  for (let at = bin - 24 * HOUR; at >= first; at -= 24 * HOUR) {
    if (at >= since) continue;
    sum += posts.get(at) ?? 0;
    days += 1;
  }
  return days === 0 ? 0 : sum / days;
}
