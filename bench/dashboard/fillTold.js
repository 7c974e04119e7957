// What is told: alerts with their rules and silences, the outbox, reports and what they found; and a hotspot of a hundred thousand posts.

const RULES = 20;
const ALERTS = 20_000;
const SILENCES = 50;
const DESTINATIONS = 40;
const DELIVERIES = 200_000;
const REPORTS = 100;
const RUNS = 5_000;
export const HUGE = 'h1000000';
const HUGE_POSTS = 100_000;

/** Fills a database that `fill` and `fillDesk` have filled; nothing where that was done before. */
export async function fillTold({ pool, say }) {
  const { rows } = await pool.query('SELECT count(*)::int AS hotspots FROM hotspots WHERE id = $1', [HUGE]);
  if (rows[0].hotspots > 0) return;
  say('alerts, the outbox, reports, a hotspot of a hundred thousand posts');
  await pool.query(
    `INSERT INTO destinations (id, name, kind, settings)
     SELECT gen_random_uuid(), 'hook ' || n, 'WEBHOOK', '{"url": "https://example.org/hook"}' FROM generate_series(1, $1::int) n`,
    [DESTINATIONS],
  );
  await pool.query(
    `INSERT INTO alert_rules (id, name, metric, threshold, window_minutes, sources, languages, keywords, cooldown_minutes, destination_ids)
     SELECT gen_random_uuid(), 'rule ' || n, (ARRAY['SCORE', 'GROWTH', 'AUTHORS']::"AlertMetric"[])[1 + n % 3], 4 + n, 60, '{}', '{}', '{}', 360,
       (SELECT array_agg(id) FROM (SELECT id FROM destinations ORDER BY id LIMIT 5) d)
     FROM generate_series(1, $1::int) n`,
    [RULES],
  );
  await pool.query(
    `INSERT INTO alerts (id, rule_id, rule_name, severity, hotspot_id, round, state, at, value, threshold, reason, post_ids, posts, authors)
     SELECT gen_random_uuid(), r.id, r.name, 5, h.id, 1 + n / ${RULES}, 'FIRING', h.emerged_at + n * interval '10 minutes', 7, 5,
       '31 authors in 1 h, 9x what this hour usually brings', p.ids, 40, 31
     FROM generate_series(0, $1::int - 1) n
     JOIN (SELECT id, name, row_number() OVER (ORDER BY name) - 1 AS place FROM alert_rules) r ON r.place = n % ${RULES}
     JOIN (SELECT id, emerged_at, row_number() OVER (ORDER BY emerged_at) - 1 AS place FROM hotspots) h ON h.place = (n / ${RULES}) % 400,
     LATERAL (SELECT array_agg(post_id) AS ids FROM (SELECT post_id FROM detection_posts WHERE hotspot_id = h.id ORDER BY at DESC LIMIT 20) d) p`,
    [ALERTS],
  );
  await pool.query(
    `INSERT INTO silences (id, hotspot_id, until, created_by)
     SELECT gen_random_uuid(), id, now() + interval '1 day', 'bench' FROM hotspots ORDER BY id LIMIT $1`,
    [SILENCES],
  );
  await pool.query(
    `INSERT INTO deliveries (id, destination_id, kind, subject_id, status, attempts, next_attempt_at, error, created_at, delivered_at)
     SELECT gen_random_uuid(), d.id, 'ALERT', a.id, CASE WHEN n % 50 = 0 THEN 'FAILED' ELSE 'DELIVERED' END::"DeliveryStatus", 1,
       at, CASE WHEN n % 50 = 0 THEN 'answered 500' END, at, at
     FROM (SELECT id, row_number() OVER (ORDER BY id) AS n, now() - row_number() OVER (ORDER BY id) * interval '1 minute' AS at FROM alerts) a,
       LATERAL (SELECT id FROM destinations ORDER BY id LIMIT $1) d`,
    [DELIVERIES / ALERTS],
  );
  await pool.query(
    `INSERT INTO reports (id, name, question, cron, formats, destinations, next_run_at, enabled)
     SELECT gen_random_uuid(), 'report ' || n, '{"filter": {}, "window": {"last": "DAY"}, "grouping": "NONE"}', '0 8 * * *', '{HTML}', '{}',
       now() + interval '1 day', true FROM generate_series(1, $1::int) n`,
    [REPORTS],
  );
  await pool.query(
    `INSERT INTO report_runs (id, report_id, name, question, time_zone, formats, due_at, since, until, status, shows, created_at, finished_at)
     SELECT gen_random_uuid(), r.id, r.name, r.question, 'UTC', '{HTML}', at, at - interval '1 day', at, 'COMPLETED', '{}', at, at
     FROM generate_series(1, $1::int) n
     JOIN (SELECT id, name, question, row_number() OVER (ORDER BY id) - 1 AS place FROM reports) r ON r.place = n % ${REPORTS},
     LATERAL (SELECT now() - n * interval '1 hour' AS at) t`,
    [RUNS],
  );
  await pool.query(
    `INSERT INTO hotspots (id, state, title, keywords, emerged_at, ended_at, score, peak_score)
     SELECT $1, 'ENDED', 'the whole town at once', '{town,whole}', min(at), max(at), 0, 1 FROM (${UNASSIGNED}) p`,
    [HUGE, HUGE_POSTS],
  );
  await pool.query(`UPDATE detection_posts d SET hotspot_id = $1 FROM (${UNASSIGNED}) p WHERE p.post_id = d.post_id`, [
    HUGE,
    HUGE_POSTS,
  ]);
  await pool.query(
    `INSERT INTO hotspot_points (hotspot_id, at, expected, low, high, score, rank)
     SELECT $1, at, 3, 1, 7, 2, 0 FROM hotspots h, generate_series(h.emerged_at, h.ended_at, interval '1 hour') at WHERE h.id = $1`,
    [HUGE],
  );
  await pool.query('VACUUM (ANALYZE)');
}

/** Posts with a picture that are of no hotspot, the newest. */
const UNASSIGNED = `SELECT post_id, at FROM detection_posts WHERE hotspot_id IS NULL AND phash IS NOT NULL ORDER BY at DESC, post_id LIMIT $2`;
