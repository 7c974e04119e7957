// Writes where pictures stand on the map. One whose caption was edited meanwhile waits on.
import type { ClientBase } from 'pg';

export interface PlacedPicture {
  readonly sha256: string;
  /** The caption that it was placed by. */
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly ordinal: number;
  readonly landmark: boolean;
}

const CHUNK = 10_000;

export async function storePlaces(
  client: ClientBase,
  places: readonly PlacedPicture[],
  { layout, embedderDigest }: { readonly layout: number; readonly embedderDigest: string },
): Promise<void> {
  for (let from = 0; from < places.length; from += CHUNK) {
    const part = places.slice(from, from + CHUNK);
    await client.query(
      `UPDATE map_points m SET layout = $1, x = p.x, y = p.y, ordinal = p.ordinal, landmark = p.landmark
       FROM unnest($2::bpchar[], $3::text[], $4::real[], $5::real[], $6::int[], $7::bool[]) AS p (sha256, text, x, y, ordinal, landmark)
       JOIN embeddings e ON e.image_sha256 = p.sha256 AND e.kind = 'CAPTION' AND e.model_digest = $8 AND e.text = p.text
       WHERE m.image_sha256 = p.sha256`,
      [
        layout,
        part.map(({ sha256 }) => sha256),
        part.map(({ text }) => text),
        part.map(({ x }) => x),
        part.map(({ y }) => y),
        part.map(({ ordinal }) => ordinal),
        part.map(({ landmark }) => landmark),
        embedderDigest,
      ],
    );
  }
}

/** Takes from the map what an earlier layout placed and this one does not, and whatever is older than the oldest picture that it holds. */
export async function leaveMap(
  client: ClientBase,
  { layout, oldest }: { readonly layout: number; readonly oldest: number },
): Promise<void> {
  await client.query('DELETE FROM map_points WHERE layout NOT IN (0, $1) OR number < $2', [layout, oldest]);
}
