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

/** What a post was found to be when it arrived; it stays. */
export interface Standing {
  /** Posts of one piece of evidence share this: the picture, the text that it is a copy of, or its text where it has no picture. */
  readonly piece: string;
  /** Density of the background at its vector. */
  readonly density: number;
  readonly neighbours: Neighbours;
  /** Of a post that no model has embedded, tenths of weight of the words that stand for it; null: of one that has been. */
  readonly weights: Uint8Array | null;
}

export interface Post extends Standing {
  /** Counted from 0 in the order of arrival. */
  readonly number: number;
  readonly id: string;
  readonly at: number;
  readonly author: string;
  /** Of what its vector is; null: it has none. */
  readonly space: Space | null;
  readonly captionWords: readonly Word[];
  readonly textWords: readonly Word[];
  /** Its text as one word, where it has several; else nothing. */
  readonly whole: readonly Word[];
  density: number;
  neighbours: Neighbours;
  /** Cosines to the posts from `first` on that were there before it, while it may found a hotspot; then null. */
  cosines: { readonly first: number; readonly row: Float32Array } | null;
  hotspot: Hotspot | null;
  /** That it is of the hotspot, in nats, without what the rate says; 0 without one. */
  evidence: number;
  /** When a group that it was in was last refused as a hotspot. */
  refusedAt: number;
  /** That a person has said where it belongs. */
  fixed: boolean;
}
