// What hotspots were before, and what became part of them.
import type { Pool } from 'pg';

export interface Kin {
  readonly id: string;
  /** From when on it is: its own end. */
  readonly since: Date;
}

/** By hotspot. */
export async function kinOfReadings(
  pool: Pool,
  hotspotIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Kin[]>> {
  const { rows } = await pool.query<Kin & { of: string }>(
    `SELECT h.id AS of, k.id, k.ended_at AS since FROM hotspots h
     JOIN hotspots k ON (k.merged_into_id = h.id OR k.id = h.earlier_id) AND k.ended_at IS NOT NULL
     WHERE h.id = ANY($1::text[])`,
    [hotspotIds],
  );
  const kin = new Map<string, Kin[]>();
  for (const { of, ...one } of rows) kin.set(of, [...(kin.get(of) ?? []), one]);
  return kin;
}
