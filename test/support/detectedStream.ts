// A stream of texts in a test's database, taken in by detection.
import type { Pool } from 'pg';
import type { StreamPost } from '../../src/analytics/detection/post.js';
import { madeStream, type Planted } from '../analytics/detection/madeStream.js';
import type { TestServices } from './testServices.js';
import { until } from './until.js';

/** Two days of texts without pictures with these events; ids are UUIDs, in the order of time. */
export function textStream(planted: readonly Planted[]): StreamPost[] {
  return madeStream({ days: 2, perDay: 150, vectors: false, planted }).map((post, i) => ({
    ...post,
    id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    text: `${post.caption} ${post.text}`,
    caption: '',
    picture: null,
  }));
}

export async function addPosts(pool: Pool, posts: readonly StreamPost[]): Promise<void> {
  await pool.query(
    `INSERT INTO posts (id, source, native_id, author, text, posted_at, raw)
     SELECT id, 'test', id::text, author, text, at, '{}'
     FROM jsonb_to_recordset($1::jsonb) AS p (id uuid, author text, text text, at timestamptz)`,
    [JSON.stringify(posts.map(({ id, author, text, at }) => ({ id, author, text, at: new Date(at) })))],
  );
}

/** Resolves when a running worker has taken in every post, and has nothing left to do at once. */
export async function detected({ queue, db }: TestServices): Promise<void> {
  await queue.add('detect', [{ data: {}, key: 'detect' }]);
  queue.wake('detect');
  await until(
    'everything taken in',
    async () => {
      const { rows } = await db.pool.query<{ left: number; jobs: number }>(
        `SELECT (SELECT count(*)::int FROM posts WHERE detected_at IS NULL) AS left,
         (SELECT count(*)::int FROM pgboss.job WHERE name = 'detect' AND state IN ('created', 'retry', 'active') AND start_after <= now()) AS jobs`,
      );
      return rows[0]!.left === 0 && rows[0]!.jobs === 0;
    },
    300_000,
  );
}
