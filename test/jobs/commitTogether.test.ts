// Captions of many jobs in one transaction: what each of them says and for whom it goes on, and that one does not fail the others.
import { expect, it } from '@jest/globals';
import { completeCaptions } from '../../src/db/captionWork.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import type { CaptionResult } from '../../src/inference/inference.js';
import { commitTogether, type Outcome } from '../../src/jobs/commitTogether.js';
import { requestCaptions } from '../../src/jobs/requestCaptions.js';
import { withCause } from '../../src/telemetry/cause.js';
import { describeDatabases } from '../support/databases.js';
import { noJob } from '../support/noJob.js';
import { openTestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

describeDatabases('jobs that are settled together', (open) => {
  async function captionJobs(services: Awaited<ReturnType<typeof openTestServices>>, names: readonly string[]) {
    const { queue, db } = services;
    for (const name of names) {
      const sha256 = await services.addImage(name);
      await withCause({ requestId: `for ${name}` }, () =>
        withTransaction(db.pool, (client) => requestCaptions({ client, queue }, [sha256], { plan: services.plan()! })),
      );
    }
  }

  it('keep their causes apart, whoever writes them', async () => {
    const services = await openTestServices(open());
    try {
      const names = Array.from({ length: 12 }, (_, i) => `caused ${i}`);
      await captionJobs(services, names);
      // None is answered before all are asked for: their captions come together.
      let asked = 0;
      services.testInference.onCaption = async () => {
        asked += 1;
        await until('all asked', async () => asked === names.length);
      };
      await services.startWorker();
      const rows = await until('all embedded', async () => {
        const found = await services.db.pool.query<{ name: string; count: number; causes: string[] }>(
          `SELECT name, count(*)::int AS count, array_agg(data -> 'cause' ->> 'requestId' ORDER BY data -> 'cause' ->> 'requestId') AS causes
           FROM pgboss.job WHERE name IN ('caption', 'embed') AND state = 'completed' GROUP BY name ORDER BY name`,
        );
        const embedded = found.rows.find(({ name }) => name === 'embed');
        return embedded?.count === names.length ? found.rows : undefined;
      });
      const causes = names.map((name) => `for ${name}`).sort();
      expect(rows.map((row) => row.causes)).toEqual([causes, causes]);
      // One transaction's rows have one time.
      const times = await services.db.pool.query('SELECT DISTINCT completed_at FROM captions');
      expect(times.rows.length).toBeLessThan(names.length / 2);
    } finally {
      await services.close();
      await open().pool.query('TRUNCATE posts, images CASCADE; DELETE FROM pgboss.job');
    }
  });

  it('fail alone where the database refuses one of them', async () => {
    const services = await openTestServices(open());
    try {
      await captionJobs(services, ['one', 'two', 'three']);
      const { queue, db } = services;
      const jobs = await queue.boss.fetch<{ captionId: string }>('caption', { batchSize: 3, includeMetadata: true });
      const settle = commitTogether<Outcome & { readonly id: string; readonly result: CaptionResult }, boolean>(
        { pool: db.pool, queue },
        'caption',
        async (client, outcomes) => {
          const written = await completeCaptions(client, outcomes);
          return outcomes.map(({ id }) => written.has(id));
        },
      );
      const settled = await Promise.allSettled(
        jobs.map((job, i) => {
          const { captionId } = job.data;
          // Half of a surrogate pair is no text that a database keeps.
          const caption = i === 1 ? 'half \ud800' : `whole ${i}`;
          const result = {
            caption,
            tokenIds: [1, 2],
            logProb: -1,
            confidence: 0.5,
            modelDigest: '',
            adapterDigest: '',
          };
          return settle({ id: captionId, result, complete: Object.assign(async () => undefined, { ...noJob, job }) });
        }),
      );
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      const { rows } = await db.pool.query(
        `SELECT c.status, c.text, c.token_ids AS ids, j.state FROM captions c JOIN pgboss.job j ON j.data ->> 'captionId' = c.id::text
         WHERE c.id = ANY($1::uuid[]) ORDER BY c.text`,
        [jobs.map(({ data }) => data.captionId)],
      );
      expect(rows).toEqual([
        { status: 'COMPLETED', text: 'whole 0', ids: [1, 2], state: 'completed' },
        { status: 'COMPLETED', text: 'whole 2', ids: [1, 2], state: 'completed' },
        { status: 'PENDING', text: null, ids: [], state: 'active' },
      ]);
    } finally {
      await services.close();
      await open().pool.query('TRUNCATE posts, images CASCADE; DELETE FROM pgboss.job');
    }
  });
});
