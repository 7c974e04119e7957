// What a detector tells. Rows of `hotlens detect` are these, with times as ISO 8601.
import type { Post } from './post.js';

export type HotspotEvent = 'emerged' | 'grew' | 'cooled' | 'ended' | 'merged' | 'split' | 'coordinated';

/** A post has come into a hotspot, or back to none. The last one of a post holds. */
export interface Assignment {
  readonly type: 'assign';
  /** Epoch milliseconds. */
  readonly at: number;
  readonly post: string;
  readonly hotspot: string | null;
}

/** Something has become of a hotspot; or, of event `coordinated`, many accounts have posted one piece within minutes. */
export interface Transition {
  readonly type: 'hotspot';
  readonly at: number;
  /** Its id; of `coordinated` the finding's own. */
  readonly hotspot: string;
  readonly event: HotspotEvent;
  /** How unusual: -log10 of the probability that as much comes without it. */
  readonly score: number;
  /** Why, in words and numbers. */
  readonly reason: string;
  /** Posts that this rests on, the newest first. */
  readonly posts: readonly string[];
  /** `merged`: what it is part of now. */
  readonly into?: string;
  /** `emerged`: its earlier life. `split`: what it came out of. */
  readonly from?: string;
  /** The person's decision that it carries out. */
  readonly decision?: string;
  /** `coordinated`: the hotspots that the posts are members of. */
  readonly within?: readonly string[];
}

/** A place in the list of trending hotspots. */
export interface Ranked {
  readonly hotspot: string;
  readonly score: number;
  /** Posts that it has had so far. */
  readonly size: number;
}

/** The list of trending hotspots, the most unusual first. */
export interface Ranking {
  readonly type: 'rank';
  readonly at: number;
  readonly hotspots: readonly Ranked[];
}

export type Finding = Assignment | Transition | Ranking;

/** Ids named with a transition. */
const MOST = 100;

export function idsOf(posts: readonly Post[]): string[] {
  return posts.slice(0, MOST).map(({ id }) => id);
}
