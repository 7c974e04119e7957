import { expect, it } from '@jest/globals';
import pg from 'pg';
import { openDatabase } from '../../src/db/openDatabase.js';
import { POOL_SIZE } from '../../src/db/openPostgres.js';
import { checkPostgres } from '../../src/doctor/checkPostgres.js';
import type { Finding } from '../../src/doctor/finding.js';
import { describePostgres } from '../support/databases.js';
import { type Pretence, pretendingServer } from '../support/pretendingServer.js';

describePostgres('a look at the server', (url) => {
  async function look(databaseUrl: string): Promise<(check: string) => Finding | undefined> {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
    try {
      const findings = await checkPostgres(pool);
      return (check) => findings.find((finding) => finding.check === check);
    } finally {
      await pool.end();
    }
  }
  const lookAt = async (pretence: Pretence) => look(await pretendingServer(url(), pretence));
  const start = async (pretence: Pretence) =>
    openDatabase({ dataDir: undefined, databaseUrl: await pretendingServer(url(), pretence) });

  it('finds nothing wrong with one that is as it should be', async () => {
    const of = await lookAt({});
    for (const check of ['database', 'pgvector', 'rights', 'clock', 'connections'])
      expect(of(check)).toMatchObject({ status: 'ok' });
  });

  it('says that an old one must be updated, and Hotlens does not start on it', async () => {
    const old = { settings: { server_version: '13.22', server_version_num: '130022' } };
    expect((await lookAt(old))('database')).toMatchObject({
      status: 'failed',
      found: expect.stringContaining('PostgreSQL 13.22'),
      next: 'update it to PostgreSQL 14 or newer',
    });
    await expect(start(old)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: 'PostgreSQL 14 or newer is needed, the server is 13.22',
    });
    const oldest = { settings: { server_version: '14.0', server_version_num: '140000' } };
    expect((await lookAt(oldest))('database')).toMatchObject({ status: 'ok' });
  });

  it('says how one without pgvector gets it, and Hotlens does not start on it', async () => {
    expect((await lookAt({ withoutVector: true }))('pgvector')).toMatchObject({
      status: 'failed',
      found: 'the server does not have it',
      next: expect.stringContaining('postgresql-NN-pgvector'),
    });
    await expect(start({ withoutVector: true })).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('the PostgreSQL server has no pgvector'),
    });
  });

  it('says that an old pgvector must be updated, and Hotlens does not start on it', async () => {
    expect((await lookAt({ vectorVersion: '0.7.4' }))('pgvector')).toMatchObject({
      status: 'failed',
      found: '0.7.4',
      next: expect.stringContaining('0.8 or newer'),
    });
    await expect(start({ vectorVersion: '0.7.4' })).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('pgvector 0.8 or newer is needed, the database has 0.7.4'),
    });
    for (const vectorVersion of ['0.8.0', '0.10.1', '1.0.0'])
      expect((await lookAt({ vectorVersion }))('pgvector')).toMatchObject({
        status: 'ok',
        found: expect.stringContaining(vectorVersion),
      });
  });

  it.each([
    [-120_000, 'failed', /^1(19|20|21)\.\d s ahead of/],
    [-10_000, 'warning', /^(9|10)\.\d s ahead of/],
    [10_000, 'warning', /^(9|10)\.\d s behind/],
    [120_000, 'failed', /^1(19|20|21)\.\d s behind/],
  ])(
    'tells how far this clock is off, and which way, where the server is %d ms ahead',
    async (aheadMs, status, found) => {
      expect((await lookAt({ aheadMs }))('clock')).toMatchObject({
        status,
        found: expect.stringMatching(found),
        next: 'run NTP on both machines',
      });
    },
  );

  it('says that sessions in another time zone would read times wrongly', async () => {
    const of = await lookAt({ settings: { TimeZone: 'America/New_York' } });
    expect(of('time zone')).toMatchObject({ status: 'failed', found: expect.stringContaining('America/New_York') });
  });

  it('warns where the connections of one more process would be too many', async () => {
    const of = await lookAt({ settings: { max_connections: String(POOL_SIZE + 2) } });
    expect(of('connections')).toMatchObject({ status: 'warning', next: expect.stringContaining('max_connections') });
  });

  it('tells of a role that may not switch pgvector on who may', async () => {
    const guest = new URL(url());
    const client = new pg.Client({ connectionString: url() });
    await client.connect();
    try {
      await client.query(
        `DO $$ BEGIN CREATE ROLE hotlens_guest LOGIN PASSWORD 'guest'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
      );
    } finally {
      await client.end();
    }
    guest.username = 'hotlens_guest';
    guest.password = 'guest';
    const of = await look(guest.href);
    expect(of('pgvector')).toMatchObject({
      status: 'failed',
      found: expect.stringContaining('may not switch it on'),
      next: expect.stringContaining('CREATE EXTENSION vector'),
    });
  });
});
