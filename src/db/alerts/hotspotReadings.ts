// Hotspots at steps of detection, by the posts that a rule looks at: as they were known then.
import type { ClientBase, Pool } from 'pg';
import type { Reading } from '../../alerts/metrics.js';
import type { AlertMetric } from '../generated/client.js';

export interface Looked {
  readonly metric: AlertMetric;
  readonly windowMinutes: number;
  readonly sources: readonly string[];
  readonly languages: readonly string[];
  readonly keywords: readonly string[];
}

/** SQL: whether post `d` is one that a rule looks at; `from` is the number of the first of the three parameters. */
function looksAt({ sources, languages, keywords }: Looked, from: number): string {
  const conditions = [
    // Of `pt`, `pt-BR` is one.
    sources.length > 0 && `o.source = ANY($${from}::text[])`,
    languages.length > 0 &&
      `(lower(o.language) = ANY($${from + 1}::text[]) OR split_part(lower(o.language), '-', 1) = ANY($${from + 1}::text[]))`,
  ].filter((condition) => condition !== false);
  const ofPost =
    conditions.length === 0
      ? ''
      : ` AND EXISTS (SELECT FROM posts o WHERE o.id = d.post_id AND ${conditions.join(' AND ')})`;
  const said =
    keywords.length === 0
      ? ''
      : ` AND EXISTS (SELECT FROM post_words s WHERE s.post_id = d.post_id AND s.words @@ (
          SELECT string_agg('(' || phraseto_tsquery('hotlens', word)::text || ')', ' | ')::tsquery FROM unnest($${from + 2}::text[]) AS named (word)
          WHERE phraseto_tsquery('hotlens', word)::text <> ''))`;
  return `${ofPost}${said} AND ($${from}::text[] IS NOT NULL AND $${from + 1}::text[] IS NOT NULL AND $${from + 2}::text[] IS NOT NULL)`;
}

function parametersOf({ sources, languages, keywords }: Looked): unknown[] {
  return [sources, languages.map((language) => language.toLowerCase()), keywords];
}

/** Readings of the steps from one to another (both inclusive), in the order of time, of hotspots that nobody has muted. */
export async function hotspotReadings(
  db: Pool | ClientBase,
  looked: Looked,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<Reading[]> {
  const { rows } = await db.query<Omit<Reading, 'at'> & { at: Date }>(
    `SELECT p.hotspot_id AS "hotspotId", p.at, p.score, p.expected, w.posts, w.authors,
       jsonb_build_object('now', w.opinion, 'nowOf', w.voices, 'before', b.opinion, 'beforeOf', b.voices) AS opinion
     FROM hotspot_points p
     LEFT JOIN hotspot_marks m ON m.hotspot_id = p.hotspot_id
     JOIN LATERAL (
       SELECT count(*)::int AS posts, count(DISTINCT coalesce(d.author, d.post_id::text))::int AS authors,
         avg(d.opinion) AS opinion, count(d.opinion)::int AS voices
       FROM detection_posts d WHERE d.hotspot_id = p.hotspot_id AND d.at > p.at - $3 * interval '1 minute' AND d.at <= p.at
         AND d.joined_at <= p.at${looksAt(looked, 4)}
     ) w ON true
     JOIN LATERAL (
       SELECT avg(d.opinion) AS opinion, count(d.opinion)::int AS voices
       FROM detection_posts d WHERE ${looked.metric === 'OPINION_SHIFT'} AND d.hotspot_id = p.hotspot_id AND d.at <= p.at - $3 * interval '1 minute'
         AND d.joined_at <= p.at${looksAt(looked, 4)}
     ) b ON true
     WHERE p.at >= $1 AND p.at <= $2 AND NOT coalesce(m.muted, false)
     ORDER BY p.at, p.hotspot_id`,
    [from, to, looked.windowMinutes, ...parametersOf(looked)],
  );
  return rows.map(({ at, ...row }) => ({ ...row, at: at.getTime() }));
}

/** Posts that a reading counted, the newest first; of those that show or say the same one, while there are others. */
export async function evidenceOf(
  db: Pool | ClientBase,
  looked: Looked,
  { hotspotId, at, limit }: { readonly hotspotId: string; readonly at: Date; readonly limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM (
       SELECT d.post_id::text AS id, d.at, row_number() OVER (PARTITION BY d.piece ORDER BY d.at DESC, d.post_id DESC) AS again
       FROM detection_posts d WHERE d.hotspot_id = $1 AND d.at > $2::timestamptz - $3 * interval '1 minute' AND d.at <= $2
         AND d.joined_at <= $2${looksAt(looked, 5)}
     ) counted ORDER BY again, at DESC, id DESC LIMIT $4`,
    [hotspotId, at, looked.windowMinutes, limit, ...parametersOf(looked)],
  );
  return rows.map(({ id }) => id);
}
