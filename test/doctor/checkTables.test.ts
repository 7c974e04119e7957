import { expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { checkTables } from '../../src/doctor/checkTables.js';
import { describeDatabases } from '../support/databases.js';
import { openTestServices } from '../support/testServices.js';

describeDatabases('a look at the tables', (open) => {
  const look = async () => {
    const findings = await checkTables(open().pool, readConfig({}));
    return (check: string) => findings.find((finding) => finding.check === check);
  };

  it('names migrations that are pending, were changed, failed or are of a newer version, each with what to do', async () => {
    const { pool } = open();
    expect((await look())('migrations')).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(/^all \d+ applied$/),
    });
    const { rows } = await pool.query<{ name: string }>(
      'SELECT migration_name AS name FROM _prisma_migrations ORDER BY migration_name DESC LIMIT 1',
    );
    const { name } = rows[0]!;
    const cases = [
      [`UPDATE _prisma_migrations SET checksum = 'x' WHERE migration_name = '${name}'`, 'failed', 'changed after'],
      [
        `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${name}'`,
        'failed',
        'failed half way',
      ],
      [`DELETE FROM _prisma_migrations WHERE migration_name = '${name}'`, 'warning', `pending: ${name}`],
      [
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('1', 'x', '2999_later', now())`,
        'failed',
        '2999_later, which this version does not know',
      ],
    ] as const;
    for (const [sql, status, found] of cases) {
      await pool.query(sql);
      expect((await look())('migrations')).toMatchObject({
        status,
        found: expect.stringContaining(found),
        next: expect.any(String),
      });
    }
  });

  it('warns where a job has waited for long, and where some were given up', async () => {
    const services = await openTestServices(open());
    try {
      const of = await look();
      expect(of('queue')).toMatchObject({ status: 'ok', found: 'no job waits' });
      expect(of('given up')).toMatchObject({ status: 'ok' });
      await services.queue.add(
        'embed',
        ['a', 'b'].map((key) => ({ key, data: { imageSha256: key } })),
      );
      const [job] = await services.queue.boss.fetch('embed');
      await open().pool.query('UPDATE pgboss.job SET retry_limit = 0 WHERE id = $1', [job!.id]);
      await services.queue.boss.fail('embed', job!.id);
      await open().pool.query(`UPDATE pgboss.job SET start_after = now() - interval '3 hours' WHERE name = 'embed'`);
      const later = await look();
      expect(later('queue')).toMatchObject({
        status: 'warning',
        found: 'the oldest waiting job (embed) has waited for 3 h',
        next: expect.stringContaining('worker'),
      });
      expect(later('given up')).toMatchObject({ status: 'warning', next: expect.stringContaining('retryFailed') });
    } finally {
      await services.close();
    }
  });
});
