// Which of these pictures have a row?
import type { Pool } from 'pg';

export async function knownImages(pool: Pool, sha256s: readonly string[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ sha256: string }>('SELECT sha256 FROM images WHERE sha256 = ANY($1::bpchar[])', [
    sha256s,
  ]);
  return new Set(rows.map(({ sha256 }) => sha256));
}
