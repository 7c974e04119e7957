import { expect, it } from '@jest/globals';
import { finishImport, startImport } from '../../src/db/importRecord.js';
import { giveSignsOfLife } from '../../src/ingest/signsOfLife.js';
import { closeLeftImports } from '../../src/jobs/closeLeftImports.js';
import { describeDatabases } from '../support/databases.js';
import { openTestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

describeDatabases('an import', (open) => {
  const record = async (id: string) => {
    const { rows } = await open().pool.query<{ status: string; error: string | null; age: number }>(
      `SELECT status::text, error, extract(epoch FROM now() - seen_at)::float8 AS age FROM imports WHERE id = $1`,
      [id],
    );
    return rows[0]!;
  };
  const silence = (id: string) =>
    open().pool.query(`UPDATE imports SET seen_at = now() - interval '3 minutes' WHERE id = $1`, [id]);

  it('gives signs of life from its beginning to its end, and none behind that', async () => {
    const { prisma, pool } = open();
    const id = await startImport(prisma, 'slow.csv');
    await silence(id);
    const end = giveSignsOfLife(pool, id, 10);
    await until('a sign', async () => (await record(id)).age < 100);
    await end();
    await finishImport(prisma, id);
    expect(await record(id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('that was thought to be left is open again with its next sign, and ends as it does', async () => {
    const services = await openTestServices(open());
    try {
      const { prisma, pool } = open();
      const id = await startImport(prisma, 'cut-off.csv');
      await silence(id);
      await closeLeftImports(services);
      expect(await record(id)).toMatchObject({ status: 'FAILED', error: expect.stringContaining('no sign of life') });
      const end = giveSignsOfLife(pool, id, 10);
      await until('it to be open', async () => (await record(id)).status === 'RUNNING');
      await end();
      await closeLeftImports(services);
      expect(await record(id)).toMatchObject({ status: 'RUNNING', error: null });
      await finishImport(prisma, id);
      expect(await record(id)).toMatchObject({ status: 'COMPLETED', error: null });
    } finally {
      await services.close();
    }
  });
});
