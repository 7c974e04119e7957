import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { withTransaction } from '../../src/db/withTransaction.js';
import { enqueueWork } from '../../src/jobs/enqueueWork.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { killed } from '../support/testInference.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

interface Letter {
  readonly id: string;
  readonly queue: string;
  readonly kind: string;
  readonly reason: string;
  readonly firstReason: string;
  readonly attempts: number;
  readonly data: object;
}

describeDatabases('dead letters over GraphQL', (open) => {
  let services: TestServices;
  let server: TestServer;
  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
  });
  afterEach(async () => {
    services.testInference.onCaption = () => undefined;
    await open().pool.query('TRUNCATE posts, images CASCADE; DELETE FROM pgboss.job');
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });

  /** Two pictures that kill inference, and one whose host (refused by the test's media) is asked too often. */
  async function giveUp(): Promise<void> {
    const { db, queue } = services;
    services.testInference.onCaption = () => {
      throw killed();
    };
    const images = [await services.addImage('one'), await services.addImage('two')];
    const postId = await services.addPost({ images: ['one', 'two'] });
    const id = randomUUID();
    await db.pool.query(
      `INSERT INTO post_images (id, post_id, position, url) VALUES ($1, $2, 2, 'http://192.0.2.1/x.png')`,
      [id, postId],
    );
    await withTransaction(db.pool, (client) =>
      enqueueWork(queue, services.plan)(client, { fetch: [], caption: images }),
    );
    const worker = await services.startWorker();
    await until('two dead letters', async () => (await letters()).length === 2);
    await worker.stop(1000);
    // A fetch that a worker died at: nobody wrote a reason.
    await queue.add('fetch', [{ data: { postImageId: id }, key: id }]);
    const [job] = await queue.boss.fetch('fetch', { includeMetadata: true });
    await db.pool.query(`UPDATE pgboss.job SET retry_limit = 0 WHERE id = $1`, [job!.id]);
    await queue.boss.fail('fetch', job!.id, { value: { message: 'job heartbeat timeout' } });
  }

  async function letters(filter = ''): Promise<Letter[]> {
    const { queue } = await server.data<{ queue: { deadLetters: Letter[] } }>(
      `{ queue { deadLetters${filter} { id queue kind reason firstReason attempts data } } }`,
    );
    return queue.deadLetters;
  }

  const statuses = async () =>
    (
      await open().pool.query<{ status: string }>(
        `SELECT status::text FROM captions UNION ALL SELECT 'picture ' || status FROM post_images WHERE url IS NOT NULL ORDER BY 1`,
      )
    ).rows.map(({ status }) => status);
  const waiting = async () =>
    (
      await open().pool.query<{ name: string; retry_count: number }>(
        `SELECT name, retry_count FROM pgboss.job WHERE state < 'active' AND name IN ('caption', 'fetch') ORDER BY name`,
      )
    ).rows;

  it('show what went wrong first and last, of which kind and how often, and are found by it', async () => {
    await giveUp();
    const found = await letters();
    expect(found.map(({ queue }) => queue).sort()).toEqual(['caption', 'caption', 'fetch']);
    expect(found.find(({ queue }) => queue === 'caption')).toMatchObject({
      kind: 'CRASH',
      reason: 'killed the inference process 3 times',
      firstReason: 'killed the inference process 3 times',
      attempts: 1,
      data: { captionId: expect.any(String) },
    });
    expect(found.find(({ queue }) => queue === 'fetch')).toMatchObject({
      kind: 'WORKER',
      reason: 'job heartbeat timeout',
    });
    expect(await letters('(filter: { kind: CRASH, queue: "caption", reason: "KILLED the" })')).toHaveLength(2);
    expect(
      await server.data('{ queue { all: deadLetterCount crashed: deadLetterCount(filter: { kind: CRASH }) } }'),
    ).toEqual({ queue: { all: 3, crashed: 2 } });
    expect(await letters('(filter: { kind: DISK })')).toHaveLength(0);
    expect(await letters('(filter: { reason: "100%" })')).toHaveLength(0);
    expect(await letters('(filter: { until: "2020-01-01T00:00:00Z" })')).toHaveLength(0);
    expect(await letters('(filter: { since: "2020-01-01T00:00:00Z" })')).toHaveLength(3);
  });

  it('come back one by one: row and job wait again, and the rest stays where it is', async () => {
    await giveUp();
    const [letter] = await letters('(filter: { queue: "caption" })');
    expect(await server.data(`mutation { retryFailed(ids: ["${letter!.id}"]) }`)).toEqual({ retryFailed: 1 });
    expect(await statuses()).toEqual(['FAILED', 'PENDING', 'picture PENDING']);
    expect(await waiting()).toEqual([{ name: 'caption', retry_count: 0 }]);
    expect(await letters()).toHaveLength(2);
    // Again: there is no such letter any more.
    expect(await server.data(`mutation { retryFailed(ids: ["${letter!.id}"]) }`)).toEqual({ retryFailed: 0 });
  });

  it('come back by a filter, as many as asked for, and are captioned then', async () => {
    await giveUp();
    const retry = 'mutation ($filter: DeadLetterFilter, $first: Int) { retryFailed(filter: $filter, first: $first) }';
    const crashed = { kind: 'CRASH' };
    expect(await server.data(retry, { filter: crashed, first: 1 })).toEqual({ retryFailed: 1 });
    expect(await server.data(retry, { filter: { queue: 'fetch' } })).toEqual({ retryFailed: 1 });
    expect(await server.data(retry, { filter: crashed })).toEqual({ retryFailed: 1 });
    services.testInference.onCaption = () => undefined;
    const worker = await services.startWorker();
    await until('all settled', async () => !(await statuses()).some((status) => status.includes('PENDING')));
    await worker.stop(1000);
    expect(await statuses()).toEqual(['COMPLETED', 'COMPLETED', 'picture FAILED']);
  });

  it('of rows that are gone or done bring nothing back', async () => {
    await giveUp();
    await open().pool.query(`UPDATE captions SET status = 'COMPLETED', text = 'x'`);
    await open().pool.query(`DELETE FROM post_images`);
    expect(await server.data('mutation { retryFailed(filter: {}) }')).toEqual({ retryFailed: 0 });
    expect([await letters(), await waiting()]).toEqual([[], []]);
  });

  it('refuses a call that says nothing, or what there is none of', async () => {
    for (const query of [
      'mutation { retryFailed }',
      'mutation { retryFailed(filter: { queue: "posts" }) }',
      'mutation { retryFailed(ids: ["1"]) }',
      'mutation { retryFailed(filter: {}, first: 0) }',
    ]) {
      expect((await server.ask(query)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });
});
