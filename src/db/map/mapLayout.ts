// How the map of captions is laid out now.
import type { ClientBase, Pool } from 'pg';
import type { Axes } from '../../analytics/projection/principalAxes.js';

export interface MapState {
  /** Counts up with every layout. */
  readonly layout: number;
  /** Counts up with every write. */
  readonly version: number;
  readonly embedderDigest: string;
  readonly axes: Axes;
  readonly grain: number;
  /** Captions and pictures that were laid out. */
  readonly captions: number;
  readonly pictures: number;
}

interface Row extends Omit<MapState, 'axes'> {
  readonly axes: Uint8Array;
  readonly dimension: number;
}

/** Null before the first. */
export async function mapLayout(pool: Pool): Promise<MapState | null> {
  const { rows } = await pool.query<Row>(
    'SELECT layout, version, embedder_digest AS "embedderDigest", axes, dimension, grain, captions, pictures FROM map_layout',
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { axes, dimension, ...rest } = row;
  const numbers = new Float32Array(new Uint8Array(axes).buffer);
  const values = numbers.subarray(dimension);
  return {
    ...rest,
    axes: {
      mean: numbers.subarray(0, dimension),
      axes: { rows: values.length / dimension, columns: dimension, values },
    },
  };
}

/** Layout and version alone; null before the first. */
export async function mapVersion(
  pool: Pool,
): Promise<{ readonly layout: number; readonly version: number; readonly embedderDigest: string } | null> {
  const { rows } = await pool.query<{ layout: number; version: number; embedderDigest: string }>(
    'SELECT layout, version, embedder_digest AS "embedderDigest" FROM map_layout',
  );
  return rows[0] ?? null;
}

/** Says that something is written of the state of version `held`, null where there was none; false: another has written since. */
export async function claimMap(client: ClientBase, held: number | null): Promise<boolean> {
  if (held !== null) {
    const { rowCount } = await client.query('UPDATE map_layout SET version = version + 1 WHERE version = $1', [held]);
    return rowCount === 1;
  }
  const { rowCount } = await client.query(
    `INSERT INTO map_layout (layout, version, embedder_digest, axes, dimension, grain, captions, pictures)
     VALUES (0, 1, '', '', 0, 0, 0, 0) ON CONFLICT DO NOTHING`,
  );
  return rowCount === 1;
}

export async function writeLayout(
  client: ClientBase,
  { layout, embedderDigest, axes, grain, captions, pictures }: Omit<MapState, 'version'>,
): Promise<void> {
  const bytes = Buffer.concat(
    [axes.mean, axes.axes.values].map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
  );
  await client.query(
    `UPDATE map_layout SET layout = $1, embedder_digest = $2, axes = $3, dimension = $4, grain = $5, captions = $6, pictures = $7`,
    [layout, embedderDigest, bytes, axes.mean.length, grain, captions, pictures],
  );
}
