// What people decide about hotspots and detection carries out: that two are one, that some posts are one of their own, and that
// such a word does not hold any longer.
import type { ClientBase, Pool } from 'pg';
import type { HotspotDecisionKind } from '../generated/client.js';
import { uuidv7 } from '../uuidv7.js';

export interface DecisionRow {
  readonly id: string;
  readonly kind: HotspotDecisionKind;
  /** MERGE: the whole. SPLIT: what the posts were taken out of. */
  readonly hotspotId: string;
  /** MERGE: the part. SPLIT: the new hotspot; null: it is not made yet, or could not be. */
  readonly otherId: string | null;
  readonly postIds: readonly string[];
  readonly createdAt: Date;
  /** In the time of the stream; null: detection has not come to it yet. */
  readonly doneAt: Date | null;
  /** Whether it was carried out with an effect. */
  readonly effective: boolean;
  readonly undone: boolean;
}

const COLUMNS = `d.id, d.kind, d.hotspot_id AS "hotspotId", CASE d.kind WHEN 'MERGE' THEN d.other_id ELSE d.made_id END AS "otherId",
  d.post_ids::text[] AS "postIds", d.created_at AS "createdAt", d.done_at AS "doneAt", d.made_id IS NOT NULL AS effective, EXISTS (
    SELECT 1 FROM hotspot_decisions u WHERE u.undoes_id = d.id) AS undone`;

/** Those that made, ended or changed a hotspot, the newest first. */
export async function decisionsOnHotspot(
  pool: Pool,
  { hotspotId, limit }: { readonly hotspotId: string; readonly limit: number },
): Promise<DecisionRow[]> {
  const { rows } = await pool.query<DecisionRow>(
    `SELECT ${COLUMNS} FROM hotspot_decisions d WHERE $1 IN (d.hotspot_id, d.other_id, d.made_id) AND d.undoes_id IS NULL
     ORDER BY d.created_at DESC, d.id DESC LIMIT $2`,
    [hotspotId, limit],
  );
  return rows;
}

/** One that takes no other back; null: there is none with this id. */
export async function decisionById(db: Pool | ClientBase, id: string): Promise<DecisionRow | null> {
  const { rows } = await db.query<DecisionRow>(
    `SELECT ${COLUMNS} FROM hotspot_decisions d WHERE d.id = $1 AND d.undoes_id IS NULL`,
    [id],
  );
  return rows[0] ?? null;
}

export async function decideMerge(
  client: ClientBase,
  { whole, part }: { readonly whole: string; readonly part: string },
): Promise<string> {
  const id = uuidv7();
  await client.query(`INSERT INTO hotspot_decisions (id, kind, hotspot_id, other_id) VALUES ($1, 'MERGE', $2, $3)`, [
    id,
    whole,
    part,
  ]);
  return id;
}

/** Of the posts those that are members of the hotspot; null where none is. Both resolve to the decision's id. */
export async function decideSplit(
  client: ClientBase,
  { hotspotId, postIds }: { readonly hotspotId: string; readonly postIds: readonly string[] },
): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT post_id AS id FROM detection_posts WHERE hotspot_id = $1 AND post_id = ANY($2::uuid[]) AND kept ORDER BY number`,
    [hotspotId, postIds],
  );
  if (rows.length === 0) return null;
  const id = uuidv7();
  await client.query(
    `INSERT INTO hotspot_decisions (id, kind, hotspot_id, post_ids) VALUES ($1, 'SPLIT', $2, $3::uuid[])`,
    [id, hotspotId, rows.map((row) => row.id)],
  );
  return id;
}

/**
 * Takes a merge or split back that was carried out; resolves to the decision that does so. Null: another has been faster, or what
 * it was made of is no longer looked at.
 */
export async function decideUndo(client: ClientBase, undone: DecisionRow): Promise<string | null> {
  const opposite = undone.kind === 'MERGE' ? 'SPLIT' : 'MERGE';
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO hotspot_decisions (id, kind, hotspot_id, other_id, post_ids, undoes_id)
     SELECT $1, $2::"HotspotDecisionKind", $3, $4, CASE WHEN $2 = 'MERGE' THEN '{}'::uuid[] ELSE ARRAY(
       SELECT post_id FROM detection_posts WHERE post_id = ANY($5::uuid[]) AND kept ORDER BY number) END, $6
     WHERE EXISTS (SELECT 1 FROM detection_posts WHERE kept AND CASE WHEN $2 = 'MERGE' THEN hotspot_id = $4 ELSE post_id = ANY($5::uuid[]) END)
     ON CONFLICT (undoes_id) DO NOTHING RETURNING id`,
    [uuidv7(), opposite, undone.hotspotId, undone.otherId, undone.postIds, undone.id],
  );
  return rows[0]?.id ?? null;
}
