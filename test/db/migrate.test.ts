import { appendFile, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { MIGRATIONS_DIR, migrate, readMigrations } from '../../src/db/migrate.js';
import { describeDatabases } from '../support/databases.js';

describeDatabases('migrate', (open) => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'hotlens-migrations-'));
    await cp(MIGRATIONS_DIR, directory, { recursive: true });
  });
  afterEach(async () => {
    await open().pool.query(`DELETE FROM _prisma_migrations WHERE migration_name LIKE '9%'`);
    await open().pool.query('DROP TABLE IF EXISTS trial');
    await rm(directory, { recursive: true });
  });
  const add = async (name: string, sql: string) => {
    await mkdir(path.join(directory, name));
    await writeFile(path.join(directory, name, 'migration.sql'), sql);
  };

  it('applies nothing twice', async () => {
    expect(await migrate(open().pool, directory)).toEqual([]);
    await add('9000_trial', 'CREATE TABLE trial (n int); INSERT INTO trial VALUES (1);');
    await add('9001_more', 'INSERT INTO trial VALUES (2);');
    expect(await migrate(open().pool, directory)).toEqual(['9000_trial', '9001_more']);
    expect(await migrate(open().pool, directory)).toEqual([]);
    expect((await open().pool.query('SELECT n FROM trial ORDER BY n')).rows).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('leaves nothing of a migration that fails, and names it', async () => {
    await add('9000_bad', 'CREATE TABLE trial (n int); SELECT 1 / 0;');
    await expect(migrate(open().pool, directory)).rejects.toThrow('migration 9000_bad: division by zero');
    expect((await open().pool.query(`SELECT to_regclass('trial')::text AS found`)).rows).toEqual([{ found: null }]);
  });

  it('refuses a migration that was changed after it ran', async () => {
    const [first] = await readMigrations(directory);
    await appendFile(path.join(directory, first!.name, 'migration.sql'), '-- changed');
    await expect(migrate(open().pool, directory)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`${first!.name} was changed`),
    });
  });

  it('refuses a database that a newer version has migrated', async () => {
    await add('9000_newer', 'CREATE TABLE trial (n int)');
    await migrate(open().pool, directory);
    await rename(path.join(directory, '9000_newer'), path.join(directory, 'not-a-migration'));
    await rm(path.join(directory, 'not-a-migration'), { recursive: true });
    await expect(migrate(open().pool, directory)).rejects.toThrow('run the newer version');
  });

  it('refuses to go on after a migration that another tool left half done', async () => {
    await add('9000_half', 'CREATE TABLE trial (n int)');
    await open().pool.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '9000_half')`,
    );
    await expect(migrate(open().pool, directory)).rejects.toThrow('9000_half failed half way');
  });
});
