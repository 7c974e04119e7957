// A post as detection sees it, and as it keeps it.
import type { Hotspot } from './hotspot.js';
import type { Neighbours } from './neighbours.js';
import type { Word } from './vocabulary.js';

/** Where a vector is from: a model, or its post's words (wordVector.ts). */
export const SPACES = ['model', 'words'] as const;
export type Space = (typeof SPACES)[number];

/** A post of the stream. */
export interface StreamPost {
  /** Unique. */
  readonly id: string;
  /** When it was posted: epoch milliseconds. */
  readonly at: number;
  readonly author: string;
  /** What its picture is known by: posts with the same key show the same picture. Null: no picture. */
  readonly picture: string | null;
  readonly text: string;
  /** What its picture shows, in words; empty without a picture. */
  readonly caption: string;
  /** Embedding, of any length but 0; null where there is none. */
  readonly vector: Float32Array | null;
}

export interface Post {
  /** Counted from 0 in the order of arrival. */
  readonly number: number;
  readonly id: string;
  readonly at: number;
  readonly author: string;
  /** Posts of one piece of evidence share this: the picture, or the text where there is none. */
  readonly piece: string;
  /** What its vector is of: a model's, or its words (wordVector.ts); null: it has none. Vectors of two spaces are unlike. */
  readonly space: Space | null;
  readonly captionWords: readonly Word[];
  readonly textWords: readonly Word[];
  /** Density of the background at its vector when it arrived. */
  density: number;
  neighbours: Neighbours;
  /** Cosines to the posts from `first` on that were there before it, while it may found a hotspot; then null. */
  cosines: { readonly first: number; readonly row: Float32Array } | null;
  hotspot: Hotspot | null;
  /** That it is of the hotspot, in nats, without what the rate says; 0 without one. */
  evidence: number;
  /** When a group that it was in was last refused as a hotspot. */
  refusedAt: number;
}
