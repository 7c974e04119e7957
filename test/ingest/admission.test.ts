import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../src/db/openDatabase.js';
import { AppError } from '../../src/errors.js';
import { type AdmissionOptions, createAdmission } from '../../src/ingest/admission.js';
import { persist } from '../../src/ingest/persist.js';
import { QUEUES } from '../../src/jobs/queue.js';
import { retryLater } from '../../src/retryLater.js';
import { describeDatabases, describePostgres } from '../support/databases.js';
import { startTestServer } from '../support/graphqlClient.js';
import { openSilentProxy } from '../support/silentProxy.js';
import { openTestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

const limits = { folder: tmpdir(), queues: QUEUES, queueLimit: 1_000_000, minFreeBytes: 0 };

describeDatabases('admission', (open) => {
  const admission = (given: Partial<AdmissionOptions> = {}) =>
    createAdmission({ pool: open().pool, ...limits, ...given });

  it('refuses posts while the queue is full, with the reason and a delay, and takes them when it is not', async () => {
    const services = await openTestServices(open());
    try {
      const jobs = ['a', 'b', 'c'].map((key) => ({ key, data: { postImageId: key } }));
      await services.queue.add('fetch', jobs);
      const full = admission({ queueLimit: 3 });
      await expect(full.check()).rejects.toMatchObject({
        code: 'RETRY_LATER',
        message: 'the queue is full: 3 jobs wait: try again later, nothing is stored twice',
        retryAfterMs: 30_000,
      });
      await expect(admission({ queueLimit: 4 }).admit(async () => 'done')).resolves.toBe('done');
      await open().pool.query('DELETE FROM pgboss.job');
      await expect(full.admit(async () => 'done')).resolves.toBe('done');
    } finally {
      await services.close();
    }
  });

  it('refuses posts while the disk has too little room, and does not ask the database then', async () => {
    const tight = admission({ minFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect(tight.admit(async () => 'done')).rejects.toMatchObject({ code: 'RETRY_LATER', kind: 'DISK' });
  });

  it('does six calls at once in their order, lets eighteen wait, and refuses the rest at once', async () => {
    const { pool } = open();
    const gate = admission({ pool });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let running = 0;
    let most = 0;
    const calls = Array.from({ length: 30 }, (_, index) =>
      gate.admit(async () => {
        running += 1;
        most = Math.max(most, running);
        await held;
        running -= 1;
        return index;
      }),
    );
    const refused = await Promise.allSettled(calls.slice(24));
    expect(refused.map((one) => one.status === 'rejected' && one.reason.code)).toEqual(Array(6).fill('RETRY_LATER'));
    release();
    expect(await Promise.all(calls.slice(0, 24))).toEqual(Array.from({ length: 24 }, (_, index) => index));
    expect(most).toBe(6);
    await expect(gate.admit(async () => 'after')).resolves.toBe('after');
  });

  it('tells a client by GraphQL when to come again, and writes nothing', async () => {
    const services = await openTestServices(open());
    const server = await startTestServer({
      ...services,
      admission: createAdmission({ pool: open().pool, ...limits, minFreeBytes: Number.MAX_SAFE_INTEGER }),
    });
    try {
      const posts = '[{ source: "s", id: "1", text: "hello", postedAt: "2026-03-01T00:00:00Z" }]';
      const { errors } = await server.ask(`mutation { ingestPosts(posts: ${posts}) { accepted } }`);
      expect(errors).toMatchObject([{ extensions: { code: 'RETRY_LATER', retryAfterMs: 10_000 } }]);
      expect((await open().pool.query('SELECT FROM posts')).rowCount).toBe(0);
      expect((await open().pool.query('SELECT FROM imports')).rowCount).toBe(0);
    } finally {
      await server.close();
      await services.close();
    }
  });
});

describePostgres('a database that falls silent', (url) => {
  it('makes a flood of posts be refused, a bounded number waits, and what is sent again afterwards goes in once', async () => {
    // The tables are there before anything falls silent.
    const direct = await openDatabase({ dataDir: undefined, databaseUrl: url() });
    const proxy = await openSilentProxy(url());
    const db = await openDatabase({ dataDir: undefined, databaseUrl: proxy.url });
    const services = await openTestServices(db);
    const server = await startTestServer(services);
    try {
      proxy.silence();
      const text = 'x'.repeat(2000);
      const call = (id: number) =>
        server.ask(
          `mutation { ingestPosts(posts: [{ source: "s", id: "${id}", text: "${text}", postedAt: "2026-03-01T00:00:00Z" }]) { accepted } }`,
        );
      const flood = await Promise.all(Array.from({ length: 60 }, (_, id) => call(id)));
      // Some are told by admission, others before that: nobody knows who asks while the database is silent.
      for (const { errors } of flood)
        expect(errors).toMatchObject([{ extensions: { code: 'RETRY_LATER', retryAfterMs: expect.any(Number) } }]);
      expect((await direct.pool.query('SELECT FROM posts')).rowCount).toBe(0);
      proxy.speak();
      // As a client does that is told to come later: until every post is in.
      const left = new Set(flood.keys());
      while (left.size > 0) {
        const batch = [...left].slice(0, 20);
        const answers = await Promise.all(batch.map(call));
        for (const [i, { errors }] of answers.entries()) if (errors === undefined) left.delete(batch[i]!);
      }
      const { rows } = await direct.pool.query(
        'SELECT count(*)::int AS posts, count(DISTINCT native_id)::int AS ids FROM posts',
      );
      expect(rows).toEqual([{ posts: 60, ids: 60 }]);
    } finally {
      proxy.speak();
      await server.close();
      await services.close();
      await db.close();
      await proxy.close();
      await direct.close();
    }
  });
});

describePostgres('a database that is gone', (url) => {
  it('makes posts be refused for a while, whether who brings them is known or not', async () => {
    const proxy = await openSilentProxy(url());
    const db = await openDatabase({ dataDir: undefined, databaseUrl: proxy.url });
    const services = await openTestServices(db);
    const server = await startTestServer(services);
    const bring = () =>
      server.ask(
        'mutation { ingestPosts(posts: [{ source: "s", id: "1", text: "a", postedAt: "2026-03-01T00:00:00Z" }]) { accepted } }',
      );
    try {
      expect(await bring()).toMatchObject({ data: { ingestPosts: { accepted: 1 } } });
      await proxy.close();
      const later = [{ extensions: { code: 'RETRY_LATER', retryAfterMs: 5000 } }];
      // For a moment it is known that there are no keys; then not even that.
      const answers = [await bring()];
      await until('a refusal at the gate', async () => {
        answers.push(await bring());
        return answers.at(-1)!.status === 503;
      });
      for (const { errors } of answers) expect(errors).toMatchObject(later);
    } finally {
      await server.close();
      await services.close();
      await db.close();
    }
  });
});

describe('persist', () => {
  const away = () => Object.assign(new Error('terminating connection'), { code: '57P01' });

  it('does the work again, after a wait, as long as it is told to come later', async () => {
    const waits: unknown[] = [];
    let calls = 0;
    const work = async () => {
      calls += 1;
      if (calls < 3) throw away();
      return calls;
    };
    expect(await persist(work, async ({ code, kind }, tries) => void waits.push([code, kind, tries]))).toBe(3);
    expect(waits).toEqual([
      ['RETRY_LATER', 'DATABASE', 1],
      ['RETRY_LATER', 'DATABASE', 2],
    ]);
  });

  it('says RETRY_LATER where nobody waits, and hands on what will not pass', async () => {
    await expect(persist(() => Promise.reject(away()), undefined)).rejects.toMatchObject({
      code: 'RETRY_LATER',
      retryAfterMs: 5000,
    });
    const bad = new AppError('BAD_USER_INPUT', 'no');
    await expect(
      persist(
        () => Promise.reject(bad),
        async () => undefined,
      ),
    ).rejects.toBe(bad);
    expect(retryLater(new Error('duplicate key'))).toBeUndefined();
  });
});
