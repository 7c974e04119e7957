// What the pages beside the hotspots show, as Hotlens would have written it: imports with their rejected rows, the map, keys, the audit.
import { createHash } from 'node:crypto';

const IMPORTS = 500;
/** Of the import that went worst. */
const REJECTED = 100_000;
const KEYS = 200;
const AUDITED = 200_000;

/** Fills a database that `fill` has filled; nothing where that was done before. */
export async function fillDesk({ pool, digest, say }) {
  const { rows } = await pool.query('SELECT count(*)::int AS layouts FROM map_layout');
  if (rows[0].layouts > 0) return;
  say('imports, the map, keys, the audit');
  await pool.query(
    `INSERT INTO imports (id, origin, status, accepted, rejected, started_at, finished_at, seen_at)
     SELECT gen_random_uuid(), 'file ' || n || '.csv', 'COMPLETED', 2000, CASE n WHEN 1 THEN $2 ELSE n % 7 END, at, at + interval '1 minute', at
     FROM generate_series(1, $1::int) n, LATERAL (SELECT now() - n * interval '1 hour' AS at) t`,
    [IMPORTS, REJECTED],
  );
  await pool.query(
    `INSERT INTO import_rejections (id, import_id, place, reason, excerpt)
     SELECT gen_random_uuid(), i.id, place, 'createdAt: expected a date such as 2026-01-31T12:00:00Z', repeat('x', 120)
     FROM imports i, LATERAL generate_series(1, i.rejected) place`,
  );
  // Places round a few hundred centres: the reading of the map does not care where they are.
  await pool.query(
    `INSERT INTO map_points (image_sha256, layout, x, y, ordinal, landmark)
     SELECT sha256, 1, (centre % 20) + random() - 0.5, (centre / 20) + random() - 0.5, 0, random() < 0.005
     FROM images, LATERAL (SELECT (('x' || left(sha256, 6))::bit(24)::int % 400) AS centre) c`,
  );
  await pool.query(
    `INSERT INTO map_layout (layout, version, embedder_digest, axes, dimension, grain, captions, pictures)
     SELECT 1, 1, $1, $2, 128, 0.01, count(*), count(*) FROM map_points`,
    [digest, Buffer.alloc(4 * 128 * 3)],
  );
  for (let n = 0; n < KEYS; n += 1)
    await pool.query(
      `INSERT INTO api_keys (id, name, role, prefix, secret_hash, created_at) VALUES (gen_random_uuid(), $1, 'VIEWER', $2, $3, now() - $4 * interval '1 day')`,
      [`key ${n}`, `bench${n}`, createHash('sha256').update(`key ${n}`).digest('hex'), n],
    );
  await pool.query(
    `INSERT INTO audit_events (id, at, actor, action, target, after, outcome, request_id)
     SELECT gen_random_uuid(), now() - n * interval '1 minute', 'local', 'editCaption', md5(n::text), '{"text": "a dog in a park"}', 'DONE', md5(n::text)
     FROM generate_series(1, $1::int) n`,
    [AUDITED],
  );
  await pool.query('VACUUM (ANALYZE)');
}
