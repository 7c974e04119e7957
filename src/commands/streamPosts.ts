// Posts of a stream from an NDJSON file, as detection reads them.
import { createReadStream } from 'node:fs';
import type { Arrival } from '../analytics/detection/replay.js';
import { AppError, whyUnreadable } from '../errors.js';
import { ndjsonRows } from '../ingest/ndjsonRows.js';
import { readDate } from '../ingest/readDate.js';

/** A post without its vector, and the place of its row among the rows of the file, counted from 0. */
export type StreamRow = Omit<Arrival, 'vector'> & { readonly row: number };

export interface StreamFile {
  readonly posts: readonly StreamRow[];
  /** Rows that are there, the refused ones too: a matrix of embeddings has as many. */
  readonly rows: number;
}

/**
 * Reads rows of id, createdAt, author, text, caption and imageKey (or image), and receivedAt where a post arrived later. A row that
 * can't be used is told to `refuse` with its line. Throws AppError BAD_USER_INPUT where the file can't be read.
 */
export async function readStreamPosts(
  file: string,
  refuse: (line: number, reason: string) => void,
): Promise<StreamFile> {
  const posts: StreamRow[] = [];
  const ids = new Set<string>();
  let rows = 0;
  try {
    for await (const row of ndjsonRows(createReadStream(file))) {
      const post = 'error' in row ? row.error : readPost(row.value, rows);
      rows += 1;
      if (typeof post === 'string') refuse(row.place, post);
      else if (ids.has(post.id)) refuse(row.place, `id ${JSON.stringify(post.id)} is there already`);
      else {
        ids.add(post.id);
        posts.push(post);
      }
    }
  } catch (cause) {
    throw new AppError('BAD_USER_INPUT', `${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
  return { posts, rows };
}

function readPost(value: unknown, row: number): StreamRow | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected an object';
  const fields = value as Record<string, unknown>;
  const id = typeof fields.id === 'number' ? String(fields.id) : fields.id;
  if (typeof id !== 'string' || id === '') return 'has no id';
  const at = readDate(fields.createdAt ?? fields.postedAt)?.getTime();
  if (at === undefined) return 'createdAt: expected a date and time, such as 2026-03-02T00:10:19Z';
  const received = fields.receivedAt === undefined ? at : readDate(fields.receivedAt)?.getTime();
  if (received === undefined) return 'receivedAt: expected a date and time';
  const { author, text, caption } = fields;
  for (const [name, field] of Object.entries({ author, text, caption }))
    if (field !== undefined && field !== null && typeof field !== 'string') return `${name}: expected a string`;
  const picture = fields.imageKey ?? fields.image ?? null;
  if (picture !== null && typeof picture !== 'string') return 'imageKey: expected a string';
  return {
    id,
    at,
    received: Math.max(at, received),
    // Nobody knows whether two posts without an author are of one.
    author: (author as string | null | undefined) || `author of ${id}`,
    picture: picture === '' ? null : picture,
    text: (text as string | null | undefined) ?? '',
    caption: (caption as string | null | undefined) ?? '',
    row,
  };
}
