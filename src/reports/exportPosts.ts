// Posts with all that is known of them, for other programs: read page by page, so that an export of any size takes the memory of one page.
import type { Pool } from 'pg';
import { classOf } from '../analytics/opinion/opinion.js';
import { type PostFindings, postFindings } from '../db/postFindings.js';
import type { PostRow } from '../db/postRow.js';
import { type PostPlace, type PostsFilter, postsPage } from '../db/postsPage.js';
import { type CsvValue, csvTable } from './csvTable.js';

const PAGE = 500;

export interface ExportOptions {
  readonly filter: PostsFilter;
  readonly format: 'csv' | 'ndjson';
}

export interface ExportedPost {
  readonly id: string;
  readonly source: string;
  readonly nativeId: string;
  readonly author: string | null;
  readonly postedAt: string;
  readonly language: string | null;
  readonly text: string;
  readonly url: string | null;
  readonly likes: number | null;
  readonly reposts: number | null;
  readonly replies: number | null;
  /** -1 to 1; null where it is unknown. */
  readonly opinion: number | null;
  readonly opinionClass: string;
  readonly hotspot: string | null;
  readonly hotspotTitle: string | null;
  readonly pictures: PostFindings['pictures'];
}

/** The export in pieces of text, the newest post first. */
export async function* exportPosts(pool: Pool, { filter, format }: ExportOptions): AsyncGenerator<string> {
  if (format === 'csv') {
    yield* csvTable({ columns: COLUMNS, rows: csvRows(pool, filter), mark: true });
    return;
  }
  for await (const post of exported(pool, filter)) yield `${JSON.stringify(post)}\n`;
}

async function* exported(pool: Pool, filter: PostsFilter): AsyncGenerator<ExportedPost> {
  let after: PostPlace | undefined;
  for (;;) {
    const { rows, more } = await postsPage(pool, { filter, limit: PAGE, backward: false, after });
    const findings = new Map(
      (
        await postFindings(
          pool,
          rows.map(({ id }) => id),
        )
      ).map((each) => [each.postId, each]),
    );
    for (const row of rows) yield told(row, findings.get(row.id));
    after = rows.at(-1);
    if (!more || after === undefined) return;
  }
}

function told(post: PostRow, found: PostFindings | undefined): ExportedPost {
  const { id, source, nativeId, author, language, text, url, likes, reposts, replies } = post;
  const opinion = found?.opinion ?? null;
  return {
    id,
    source,
    nativeId,
    author,
    postedAt: post.postedAt.toISOString(),
    language,
    text,
    url,
    likes,
    reposts,
    replies,
    opinion,
    opinionClass: opinion === null ? 'unknown' : classOf(opinion),
    hotspot: found?.hotspotId ?? null,
    hotspotTitle: found?.hotspotTitle ?? null,
    pictures: found?.pictures ?? [],
  };
}

/** Of several pictures the hashes and captions are separated by line ends. */
const COLUMNS = [
  'id',
  'source',
  'native_id',
  'author',
  'posted_at',
  'language',
  'text',
  'captions',
  'opinion',
  'opinion_class',
  'hotspot',
  'hotspot_title',
  'likes',
  'reposts',
  'replies',
  'url',
  'pictures_sha256',
];

async function* csvRows(pool: Pool, filter: PostsFilter): AsyncGenerator<readonly CsvValue[]> {
  for await (const post of exported(pool, filter)) {
    const captions = post.pictures.map(({ caption }) => caption ?? '').join('\n');
    const hashes = post.pictures.map(({ sha256 }) => sha256).join('\n');
    yield [
      post.id,
      post.source,
      post.nativeId,
      post.author,
      post.postedAt,
      post.language,
      post.text,
      captions,
      post.opinion,
      post.opinionClass,
      post.hotspot,
      post.hotspotTitle,
      post.likes,
      post.reposts,
      post.replies,
      post.url,
      hashes,
    ];
  }
}
