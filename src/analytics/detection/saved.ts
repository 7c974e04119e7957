// A detector's state between two steps, so that another can go on as if it were the same. Everything that is not here follows
// from it: words and rates from the posts, densities around hotspots from their members.
import type { Usual } from './expectation.js';
import type { Hotspot } from './hotspot.js';
import type { Space, Standing } from './post.js';

/** A post after a step. */
export interface SavedPost extends Standing {
  readonly id: string;
  /** The order of arrival. */
  readonly number: number;
  readonly hotspot: string | null;
  readonly evidence: number;
  /** Epoch milliseconds, or -Infinity. */
  readonly refusedAt: number;
  readonly fixed: boolean;
}

/** A hotspot after a step: hotspot.ts says what its parts are. */
export interface SavedHotspot
  extends Pick<
    Hotspot,
    'id' | 'apart' | 'since' | 'found' | 'born' | 'last' | 'levels' | 'score' | 'told' | 'forgotten' | 'refreshed'
  > {
  readonly state: Exclude<Hotspot['state'], 'tried'>;
  readonly earlier: string | null;
  readonly usual: Usual;
}

export interface SavedDetector {
  /** Time of the step, in epoch milliseconds. */
  readonly at: number;
  /** Hours in which the stream was there, of those that say what is usual. */
  readonly covered: number;
  /** Hotspots found so far. */
  readonly found: number;
  /** Coordinated pieces that have been told of and are posted still. */
  readonly coordinated: readonly string[];
  /** How many were ever told of; states of before it was counted have as many as are in the list. */
  readonly coordinations?: number;
  /** By space, once it was found, and of how many posts. */
  readonly sharpness: Partial<Readonly<Record<Space, { readonly of: number; readonly posts: number }>>>;
  /** In the order in which they were found. */
  readonly hotspots: readonly SavedHotspot[];
}

export function savedHotspot(hotspot: Hotspot): SavedHotspot {
  const { id, apart, since, found, born, last, levels, score, told, forgotten, refreshed, usual } = hotspot;
  const state = hotspot.state === 'tried' ? 'living' : hotspot.state;
  const earlier = hotspot.earlier?.id ?? null;
  return { id, apart, since, found, born, last, levels, score, told, forgotten, refreshed, usual, state, earlier };
}
