// Which pictures have these numbers on the map?
import type { Pool } from 'pg';

/** Those that are there, in the order in which they are asked for. */
export async function numberedPictures(
  pool: Pool,
  numbers: readonly number[],
): Promise<{ readonly number: number; readonly sha256: string }[]> {
  const { rows } = await pool.query<{ number: number; sha256: string }>(
    `SELECT m.number, m.image_sha256 AS sha256 FROM unnest($1::int[]) WITH ORDINALITY AS wanted (number, place)
     JOIN map_points m ON m.number = wanted.number ORDER BY wanted.place`,
    [numbers],
  );
  return rows;
}
