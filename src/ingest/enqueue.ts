// The seam between ingest and the queue.
import type pg from 'pg';

export interface IngestWork {
  /** `post_images.id` of pictures to fetch: new ones, and those whose address changed. */
  readonly fetch: readonly string[];
  /** SHA-256 of pictures that a new or changed post picture points to and whose bytes are stored, each once. */
  readonly caption: readonly string[];
}

/** Called inside the ingest transaction, so that a row and its job are kept or lost together. Not called without work. */
export type EnqueueWork = (client: pg.ClientBase, work: IngestWork) => Promise<void>;
