import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { withTransaction } from '../../src/db/withTransaction.js';
import { AppError } from '../../src/errors.js';
import { requestCaptions } from '../../src/jobs/requestCaptions.js';
import { describeDatabases } from '../support/databases.js';
import { crash, killed } from '../support/testInference.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

describeDatabases('caption jobs', (open) => {
  async function withServices(work: (services: TestServices) => Promise<void>): Promise<void> {
    const services = await openTestServices(open());
    try {
      await work(services);
    } finally {
      await services.close();
      await open().pool.query('TRUNCATE posts, images, hotspots, detection_state CASCADE; DELETE FROM pgboss.job');
    }
  }

  function request(services: TestServices, sha256s: readonly string[]) {
    const { queue, db } = services;
    return withTransaction(db.pool, (client) =>
      requestCaptions({ client, queue }, sha256s, { plan: services.plan()! }),
    );
  }

  async function captions(services: TestServices) {
    const { rows } = await services.db.pool.query<{
      status: string;
      text: string | null;
      error: string | null;
      attempts: number;
    }>('SELECT status, text, error, attempts FROM captions ORDER BY text, error');
    return rows;
  }

  function settled(services: TestServices) {
    return until('every caption settled', async () => {
      const rows = await captions(services);
      return rows.length > 0 && rows.every(({ status }) => status !== 'PENDING');
    });
  }

  it('captions every image exactly once although inference dies in the middle and some images are bad', async () => {
    await withServices(async (services) => {
      const { testInference } = services;
      const sha256s = await Promise.all(Array.from({ length: 200 }, (_, index) => services.addImage(`image ${index}`)));
      let calls = 0;
      testInference.onCaption = (text) => {
        calls += 1;
        // About an eighth of the pictures, by the last digit that their text shows of the hash, cannot be decoded; calls 60 to 75 meet a dead process.
        if (text.endsWith('0') || text.endsWith('1')) throw new AppError('BAD_IMAGE', 'not a picture');
        if (calls >= 60 && calls < 76) throw crash();
      };
      expect(await request(services, sha256s)).toEqual({ created: 200, retried: 0 });
      await services.startWorker();
      await settled(services);

      const rows = await captions(services);
      const failed = rows.filter(({ status }) => status === 'FAILED');
      const bad = sha256s.filter((sha256) => '01'.includes(sha256[7]!)).length;
      expect(rows).toHaveLength(200);
      expect(failed.length).toBe(bad);
      expect(failed.every(({ error }) => error === 'not a picture')).toBe(true);
      expect([...testInference.answered.values()].every((times) => times === 1)).toBe(true);
      expect(testInference.answered.size).toBe(200 - bad);
      expect(rows.filter(({ attempts }) => attempts === 2).length).toBe(16);
    });
  });

  it('gives up a picture that kills inference: its row fails with the reason, its job is a dead letter, the others go on', async () => {
    await withServices(async (services) => {
      const poison = await services.addImage('poison');
      const text = `picture ${createHash('sha256').update('poison').digest('hex').slice(0, 8)}`;
      services.testInference.onCaption = (asked) => {
        if (asked === text) throw killed();
      };
      await request(services, [poison, ...(await Promise.all(['one', 'two'].map((name) => services.addImage(name))))]);
      await services.startWorker();
      await settled(services);
      expect(await captions(services)).toEqual([
        { status: 'COMPLETED', text: expect.any(String), error: null, attempts: 1 },
        { status: 'COMPLETED', text: expect.any(String), error: null, attempts: 1 },
        { status: 'FAILED', text: null, error: 'killed the inference process 3 times', attempts: 1 },
      ]);
      const dead = await services.queue.boss.findJobs('caption.dead');
      expect(dead.map(({ sourceName }) => sourceName)).toEqual(['caption']);
    });
  });

  it('counts every attempt, and what is not the fault of the job against none of its tries', async () => {
    await withServices(async (services) => {
      const failures = ['DATABASE', 'UNAVAILABLE', 'OTHER', 'UNAVAILABLE'] as const;
      let calls = 0;
      services.testInference.onCaption = () => {
        const kind = failures[calls++];
        if (kind !== undefined)
          throw new AppError('INFERENCE_UNAVAILABLE', `failure ${calls}`, { retryable: true, kind });
      };
      await request(services, [await services.addImage('one')]);
      await services.startWorker();
      await settled(services);
      expect(await captions(services)).toMatchObject([{ status: 'COMPLETED', error: null, attempts: 5 }]);
      const { rows } = await services.db.pool.query(
        `SELECT retry_count AS attempts, retry_limit AS "limit", data -> 'failures' AS failures FROM pgboss.job WHERE name = 'caption'`,
      );
      // Five workers may still die at it.
      expect(rows).toEqual([
        {
          attempts: 4,
          limit: 9,
          failures: {
            counts: { DATABASE: 1, UNAVAILABLE: 2, OTHER: 1 },
            first: { kind: 'DATABASE', reason: 'failure 1', at: expect.any(String) },
          },
        },
      ]);
    });
  });

  it('asks once for an image that is asked for by many at once', async () => {
    await withServices(async (services) => {
      const sha256s = await Promise.all(['a', 'b', 'c'].map((bytes) => services.addImage(bytes)));
      const asked = await Promise.all(
        Array.from({ length: 8 }, (_, index) => request(services, index % 2 === 0 ? sha256s : [...sha256s].reverse())),
      );
      expect(asked.reduce((total, { created }) => total + created, 0)).toBe(3);
      expect(await services.queue.boss.findJobs('caption', { queued: true })).toHaveLength(3);
    });
  });

  it('makes a caption current, embeds it, and lets detection take the post in', async () => {
    await withServices(async (services) => {
      await services.addPost({ images: ['one'] });
      const { rows } = await services.db.pool.query<{ sha256: string }>('SELECT sha256 FROM images');
      await request(services, [rows[0]!.sha256]);
      await services.startWorker();
      const embedding = await until('the embedding', async () => {
        const found = await services.db.pool.query('SELECT text, dimension, model_digest FROM embeddings');
        return found.rows[0] as unknown;
      });
      expect(embedding).toEqual({
        text: expect.stringMatching(/^picture /),
        dimension: 8,
        model_digest: 'test-embedder',
      });
      const taken = await until('the post taken in', async () => {
        const found = await services.db.pool.query('SELECT caption, author, number FROM detection_posts');
        return found.rows[0] as unknown;
      });
      expect(taken).toMatchObject({ caption: expect.stringMatching(/^picture /), author: 'ann' });
    });
  });

  it('gives running jobs back when it must stop before they end, and captions them afterwards', async () => {
    await withServices(async (services) => {
      const { testInference } = services;
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      testInference.onCaption = () => held;
      await request(services, [await services.addImage('slow')]);
      const worker = await services.startWorker();
      await until(
        'the job runs',
        async () =>
          (await services.db.pool.query(`SELECT FROM pgboss.job WHERE name = 'caption' AND state = 'active'`)).rowCount,
      );
      await worker.stop(0);
      const { rows } = await services.db.pool.query(`SELECT state, retry_count FROM pgboss.job WHERE name = 'caption'`);
      expect(rows).toEqual([{ state: 'created', retry_count: 0 }]);
      testInference.onCaption = () => undefined;
      release();
      await services.startWorker();
      await settled(services);
      expect((await captions(services)).map(({ status }) => status)).toEqual(['COMPLETED']);
      // Given back, it was not an attempt.
      const after = await services.db.pool.query(`SELECT retry_count FROM pgboss.job WHERE name = 'caption'`);
      expect(after.rows).toEqual([{ retry_count: 0 }]);
    });
  });
});
