import { setTimeout } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { openDatabase } from '../../src/db/openDatabase.js';
import { keepStatistics } from '../../src/db/statistics.js';
import { vacuum } from '../../src/db/vacuum.js';
import { until } from '../support/until.js';

it('the embedded database’s planner knows of rows that came, and again when many more have; those that died are cleared away', async () => {
  const db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
  const { pool } = db;
  const statistics = keepStatistics(pool, 20);
  const add = (rows: number) =>
    pool.query(`INSERT INTO imports (id, origin) SELECT gen_random_uuid(), 'x' FROM generate_series(1, $1::int)`, [
      rows,
    ]);
  const facts = async () =>
    (
      await pool.query<{ rows: number; dead: number; changed: number }>(
        `SELECT c.reltuples::int AS rows, s.n_dead_tup::int AS dead, s.n_mod_since_analyze::int AS changed
         FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid WHERE s.relname = 'imports'`,
      )
    ).rows[0]!;
  const known = (rows: number) => until(`${rows} rows known`, async () => (await facts()).rows === rows);
  try {
    expect((await facts()).rows).toBeLessThanOrEqual(0);
    await add(100);
    await known(100);
    await add(400);
    await known(500);
    // Not half as many again: in a minute's time.
    await add(200);
    await until('more of them told', async () => (await facts()).changed >= 200);
    await setTimeout(200);
    expect((await facts()).rows).toBe(500);
    await pool.query(`DELETE FROM imports WHERE id IN (SELECT id FROM imports LIMIT 90)`);
    await until('dead rows told', async () => (await facts()).dead > 0);
    await vacuum(db);
    await until('none left', async () => (await facts()).dead === 0);
    expect((await facts()).rows).toBe(610);
    const { rows: catalog } = await pool.query(
      `SELECT relname FROM pg_stat_all_tables WHERE relname IN ('pg_statistic', 'pg_class') AND last_vacuum > now() - interval '1 minute'`,
    );
    expect(catalog).toHaveLength(2);
  } finally {
    statistics.stop();
    await db.close();
  }
});
