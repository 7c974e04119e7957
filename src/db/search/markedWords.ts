// Where in posts and in the captions of their pictures do the words stand?
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { NEWEST_EDIT } from '../shownText.js';

/** In UTF-16 code units, as JavaScript counts: `end` is behind the last. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface MarkedText {
  readonly id: string;
  /** The picture whose caption it is; null: the post's own text. */
  readonly sha256: string | null;
  readonly ranges: readonly TextRange[];
}

/** The texts of these posts that hold one of the words at least. */
export async function markedWords(pool: Pool, tsquery: string, ids: readonly string[]): Promise<MarkedText[]> {
  if (tsquery === '' || ids.length === 0) return [];
  // Nobody can have written it into a text.
  const mark = randomBytes(12).toString('hex');
  const [start, stop] = [`<${mark}`, `${mark}>`];
  const { rows } = await pool.query<{ id: string; sha256: string | null; marked: string }>(
    `SELECT id, sha256, ts_headline('hotlens', text, $1::tsquery, $2) AS marked FROM (
       SELECT p.id, NULL AS sha256, -1 AS position, left(p.text, 100000) AS text FROM posts p WHERE p.id = ANY($3::uuid[])
       UNION ALL
       SELECT pi.post_id, i.sha256, pi.position, coalesce(e.text, c.text) FROM post_images pi JOIN images i ON i.sha256 = pi.image_sha256
       LEFT JOIN captions c ON c.id = i.current_caption_id ${NEWEST_EDIT} WHERE pi.post_id = ANY($3::uuid[])
     ) shown WHERE text IS NOT NULL ORDER BY id, position`,
    [tsquery, `HighlightAll=true, StartSel="${start}", StopSel="${stop}"`, ids],
  );
  return rows
    .map(({ marked, ...row }) => ({ ...row, ranges: rangesOf(marked, start, stop) }))
    .filter(({ ranges }) => ranges.length > 0);
}

function rangesOf(marked: string, start: string, stop: string): TextRange[] {
  const ranges: TextRange[] = [];
  let length = 0;
  for (const [i, part] of marked.split(start).entries()) {
    const [word, rest = ''] = i === 0 ? ['', part] : part.split(stop);
    if (i > 0) ranges.push({ start: length, end: length + word!.length });
    length += word!.length + rest.length;
  }
  return ranges;
}
