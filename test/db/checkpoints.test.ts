import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { keepCheckpoints } from '../../src/db/checkpoints.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { until } from '../support/until.js';

it('the embedded database keeps no more of its log of changes than its settings say, whatever is written', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-checkpoints-'));
  const database = await openDatabase({ dataDir: folder, databaseUrl: undefined });
  const { pool } = database;
  const checkpoints = keepCheckpoints(pool, 20);
  try {
    await pool.query('CREATE TABLE filler (text text)');
    // Some 20 MB of changes each: a file of the log and more.
    for (let round = 0; round < 12; round++) {
      await pool.query(`INSERT INTO filler SELECT repeat('x', 500) FROM generate_series(1, 30000)`);
      await pool.query('DELETE FROM filler');
    }
    const { rows } = await pool.query<{ at: string }>('SELECT pg_current_wal_insert_lsn()::text AS at');
    await until('a checkpoint behind the last change', async () => {
      const passed = await pool.query<{ yes: boolean }>(
        'SELECT redo_lsn >= $1::pg_lsn AS yes FROM pg_control_checkpoint()',
        [rows[0]!.at],
      );
      return passed.rows[0]!.yes;
    });
    const files = (await readdir(path.join(folder, 'db', 'pg_wal'))).filter((name) => /^[0-9A-F]{24}$/.test(name));
    // max_wal_size is 128 MB; one more is being written.
    expect(files.length).toBeLessThanOrEqual(9);
  } finally {
    checkpoints.stop();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
});
