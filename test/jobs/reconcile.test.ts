import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { storeCaptionEmbeddings } from '../../src/db/captionEmbedding.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import { enqueueWork } from '../../src/jobs/enqueueWork.js';
import { reconcile, returnLeftJobs } from '../../src/jobs/reconcile.js';
import { requestCaptions } from '../../src/jobs/requestCaptions.js';
import { describeDatabases } from '../support/databases.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

describeDatabases('rows and jobs', (open) => {
  let services: TestServices;

  beforeAll(async () => {
    services = await openTestServices(open());
  });
  afterEach(async () => {
    await open().pool.query('TRUNCATE posts, images CASCADE; DELETE FROM pgboss.job');
  });
  afterAll(async () => {
    await services?.close();
  });

  async function request(bytes: string): Promise<string> {
    const { queue, db } = services;
    const sha256 = await services.addImage(bytes);
    await withTransaction(db.pool, (client) =>
      requestCaptions({ client, queue }, [sha256], { plan: services.plan()! }),
    );
    return sha256;
  }

  const jobs = async () =>
    (
      await open().pool.query<{ name: string; state: string; retry_count: number }>(
        'SELECT name, state, retry_count FROM pgboss.job ORDER BY name, state',
      )
    ).rows;
  const captions = async () =>
    (
      await open().pool.query<{ status: string; error: string | null; model_digest: string }>(
        'SELECT status, error, model_digest FROM captions',
      )
    ).rows;
  /** Rows of the last seconds are left alone: their transaction or worker may be at work. */
  const age = () => open().pool.query(`UPDATE captions SET created_at = created_at - interval '1 minute'`);

  it('are kept or lost together', async () => {
    const { queue, db } = services;
    const sha256 = await services.addImage('one');
    const failure = withTransaction(db.pool, async (client) => {
      await requestCaptions({ client, queue }, [sha256], { plan: services.plan()! });
      throw new Error('rolled back');
    });
    await expect(failure).rejects.toThrow('rolled back');
    expect([await jobs(), await captions()]).toEqual([[], []]);
  });

  it('of a killed process come back as they were', async () => {
    await request('one');
    await services.queue.boss.fetch('caption', { batchSize: 5 });
    expect(await jobs()).toEqual([{ name: 'caption', state: 'active', retry_count: 0 }]);
    await returnLeftJobs({ pool: open().pool, queue: services.queue });
    expect(await jobs()).toEqual([{ name: 'caption', state: 'created', retry_count: 0 }]);
  });

  it('of a killed process come back although the same work waits already', async () => {
    const { queue } = services;
    const job = { data: { imageSha256: 'a'.repeat(64) }, key: 'a'.repeat(64) };
    for (const _ of [1, 2]) {
      await queue.add('embed', [job]);
      expect(await queue.boss.fetch('embed')).toHaveLength(1);
    }
    await queue.add('embed', [job]);
    await returnLeftJobs({ pool: open().pool, queue });
    expect(await jobs()).toMatchObject(['created', 'retry', 'retry'].map((state) => ({ name: 'embed', state })));
  });

  it('of a process that died at them again and again are given up, with the reason', async () => {
    await request('one');
    for (let death = 1; death <= 6; death++) {
      expect(await services.queue.boss.fetch('caption')).toHaveLength(1);
      await returnLeftJobs({ pool: open().pool, queue: services.queue });
    }
    await age();
    await reconcile({ pool: open().pool, ...services, embedderDigest: 'e' });
    expect(await captions()).toMatchObject([{ status: 'FAILED', error: expect.stringContaining('worker died') }]);
    expect(await jobs()).toMatchObject([
      { name: 'caption', state: 'failed' },
      { name: 'caption.dead', state: 'created' },
    ]);
  });

  it('come together again: a PENDING row without a job gets one, and only one', async () => {
    await request('one');
    await open().pool.query('DELETE FROM pgboss.job');
    await reconcile({ pool: open().pool, ...services, embedderDigest: 'e' });
    expect(await jobs()).toEqual([]);
    await age();
    await Promise.all([1, 2, 3].map(() => reconcile({ pool: open().pool, ...services, embedderDigest: 'e' })));
    expect(await jobs()).toEqual([{ name: 'caption', state: 'created', retry_count: 0 }]);
  });

  it('come together again: a row whose job was given up without a word fails, and is not tried again', async () => {
    await request('one');
    await services.queue.boss.updateQueue('caption', { retryLimit: 0 });
    await open().pool.query('UPDATE pgboss.job SET retry_limit = 0');
    const [job] = await services.queue.boss.fetch('caption');
    await services.queue.boss.fail('caption', job!.id);
    await services.queue.boss.updateQueue('caption', { retryLimit: 5 });
    await age();
    await reconcile({ pool: open().pool, ...services, embedderDigest: 'e' });
    expect(await captions()).toMatchObject([{ status: 'FAILED', error: expect.stringContaining('given up') }]);
    expect(await jobs()).toMatchObject([
      { name: 'caption', state: 'failed' },
      { name: 'caption.dead', state: 'created' },
    ]);
  });

  it('asked of a model that is gone are asked of the present one', async () => {
    const sha256 = await request('one');
    services.testInference.digest = 'another-model';
    const worker = await services.startWorker();
    await until('the caption', async () => (await captions()).some(({ status }) => status === 'COMPLETED'));
    await worker.stop(1000);
    expect(await captions()).toEqual([{ status: 'COMPLETED', error: null, model_digest: 'another-model' }]);
    services.testInference.digest = 'test-model';
    expect(sha256).toHaveLength(64);
  });

  it('of images that came in where no model is known are made by the worker', async () => {
    const { queue, db } = services;
    const sha256 = await services.addImage('one');
    const enqueue = enqueueWork(queue, () => undefined);
    await withTransaction(db.pool, (client) => enqueue(client, { fetch: [], caption: [sha256] }));
    expect(await captions()).toEqual([]);
    const worker = await services.startWorker();
    await until('the caption', async () => (await captions()).some(({ status }) => status === 'COMPLETED'));
    await withTransaction(db.pool, (client) => enqueue(client, { fetch: [], caption: [sha256] }));
    await worker.stop(1000);
    expect(await db.pool.query(`SELECT FROM pgboss.job WHERE name = 'caption' AND state < 'completed'`)).toMatchObject({
      rowCount: 0,
    });
  });

  it('of a picture that cannot be fetched fail with the reason', async () => {
    const { queue, db } = services;
    const postId = await services.addPost({});
    const id = randomUUID();
    await db.pool.query(
      `INSERT INTO post_images (id, post_id, position, url) VALUES ($1, $2, 0, 'http://10.0.0.1/x.png')`,
      [id, postId],
    );
    await withTransaction(db.pool, (client) => enqueueWork(queue, services.plan)(client, { fetch: [id], caption: [] }));
    const worker = await services.startWorker();
    const row = await until('the failure', async () => {
      const { rows } = await db.pool.query(`SELECT status, error, attempts FROM post_images WHERE status = 'FAILED'`);
      return rows[0] as unknown;
    });
    await worker.stop(1000);
    expect(row).toEqual({
      status: 'FAILED',
      error: 'not fetched in this test: http://10.0.0.1/x.png',
      attempts: 1,
    });
  });

  it('captions are embedded anew when the embedder is another one', async () => {
    const sha256 = await request('one');
    await open().pool.query(
      `UPDATE captions SET status = 'COMPLETED', text = 'a dog', completed_at = now() - interval '1 minute'`,
    );
    await open().pool.query('UPDATE images SET current_caption_id = (SELECT id FROM captions)');
    await open().pool.query('DELETE FROM pgboss.job');
    const embedding = { vector: Float32Array.of(1, 0), modelDigest: 'e' };
    await withTransaction(open().pool, (client) =>
      storeCaptionEmbeddings(client, [{ sha256, text: 'a dog', embedding }]),
    );
    await reconcile({ pool: open().pool, ...services, embedderDigest: 'e' });
    expect(await jobs()).toEqual([]);
    await reconcile({ pool: open().pool, ...services, embedderDigest: 'another' });
    expect(await jobs()).toEqual([{ name: 'embed', state: 'created', retry_count: 0 }]);
  });
});
