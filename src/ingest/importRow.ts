// What readers hand to ingest: rows of whatever was read, each with its place.
import type { PostIdentity } from '../db/erasure/tombstones.js';

export type ImportRow =
  | {
      /** 1-based line of a file, or 0-based index of a list. */
      readonly place: number;
      readonly value: unknown;
      /** Size of what was read, for batches of bounded memory. */
      readonly bytes?: number;
    }
  | {
      readonly place: number;
      /** Why the row could not even be read. */
      readonly error: string;
      /** The row's beginning as it was read. */
      readonly excerpt: string;
    };

export interface Rejection {
  readonly place: number;
  /** Names the field and shows its value. */
  readonly reason: string;
  /** The row's beginning, at most EXCERPT_LENGTH characters. */
  readonly excerpt: string;
}

/** A rejection on its way into the database. */
export interface RejectedRow extends Rejection {
  /** The post that the row names, where that much could be read: its deletion takes the excerpt along. */
  readonly post?: PostIdentity;
}

export const EXCERPT_LENGTH = 500;
