import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { replay } from '../../src/analytics/detection/replay.js';
import { fileComesIn } from '../../src/db/detection/readyPosts.js';
import { START } from '../analytics/detection/madeStream.js';
import { describeDatabases } from '../support/databases.js';
import { addPosts, detected, textStream } from '../support/detectedStream.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

const HOUR = 3_600_000;
const words = ['smoke', 'flames', 'firefighters', 'burning', 'evacuate', 'sirens', 'roof'];
const posts = textStream([{ name: 'fire', from: 30, to: 34, posts: 50, words }]);

describeDatabases('detection jobs', (open) => {
  async function withServices(work: (services: TestServices) => Promise<void>): Promise<void> {
    const services = await openTestServices(open());
    services.testInference.known = 0;
    try {
      await work(services);
    } finally {
      await services.close();
      await open().pool.query(
        'TRUNCATE posts, images, hotspots, hotspot_marks, hotspot_decisions, detection_state, removed_posts CASCADE; DELETE FROM pgboss.job',
      );
    }
  }

  /** What is stored, in a form that can be compared. */
  async function stored() {
    const { pool } = open();
    const members = await pool.query<{ post: string; hotspot: string }>(
      'SELECT post_id::text AS post, hotspot_id AS hotspot FROM detection_posts WHERE hotspot_id IS NOT NULL ORDER BY 1',
    );
    const events = await pool.query<{ hotspot: string; kind: string; at: Date; reason: string }>(
      'SELECT hotspot_id AS hotspot, kind, at, reason FROM hotspot_events ORDER BY at, hotspot_id, kind, reason',
    );
    return { members: members.rows, events: events.rows };
  }

  it('finds what a replay of the same posts finds, wherever it is stopped', async () => {
    const hotspots = new Map<string, string | null>();
    const events: unknown[] = [];
    for await (const finding of replay(
      posts.map((post) => ({ ...post, received: post.at })),
      { dimension: 8 },
    )) {
      if (finding.type === 'assign') hotspots.set(finding.post, finding.hotspot);
      if (finding.type === 'hotspot')
        events.push({
          hotspot: finding.hotspot,
          kind: finding.event.toUpperCase(),
          at: new Date(finding.at),
          reason: finding.reason,
        });
    }
    const expected = [...hotspots].flatMap(([post, hotspot]) => (hotspot === null ? [] : [{ post, hotspot }]));
    expect(expected.length).toBeGreaterThan(35);
    expect(events.length).toBeGreaterThan(1);

    // In four parts, each by another worker; the third begins in the middle of the fire.
    for (const [from, to] of [
      [0, 25.1],
      [25.1, 31.7],
      [31.7, 33],
      [33, 49],
    ] as const)
      await withServicesKept(async (services) => {
        await addPosts(
          open().pool,
          posts.filter(({ at }) => at > START + from * HOUR && at <= START + to * HOUR),
        );
        await services.startWorker();
        await detected(services);
      });
    const found = await stored();
    expect(found.members).toEqual(expected.sort((a, b) => (a.post < b.post ? -1 : 1)));
    // The stops make a step of their own where the posts end for a while: the last of each part is early.
    expect(found.events.map(({ hotspot, kind }) => `${kind} ${hotspot}`)).toEqual(
      (events as { hotspot: string; kind: string }[]).map(({ hotspot, kind }) => `${kind} ${hotspot}`),
    );
    const { rows } = await open().pool.query<{ id: string; state: string; title: string; points: number }>(
      `SELECT h.id, state, title, (SELECT count(*)::int FROM hotspot_points p WHERE p.hotspot_id = h.id) AS points FROM hotspots h`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ id: 'h1', state: 'ENDED', title: expect.stringMatching(/fire/i) });
    expect(rows[0]!.points).toBeGreaterThan(20);
    await withServices(async () => undefined);
  });

  async function withServicesKept(work: (services: TestServices) => Promise<void>): Promise<void> {
    const services = await openTestServices(open());
    services.testInference.known = 0;
    try {
      await work(services);
    } finally {
      await services.close();
    }
  }

  it('keeps its clock with a stream that comes in bit by bit, long after it was posted, and looks at late posts too', async () => {
    await withServices(async (services) => {
      const { pool } = open();
      const minute = (count: number) => new Date(START + count * 60_000);
      await services.startWorker();
      for (const at of [1, 3, 4, 8, 13]) {
        await services.addPost({ text: `seen at ${at}`, postedAt: minute(at) });
        await detected(services);
      }
      const clock = async () => (await pool.query<{ at: Date }>('SELECT at FROM detection_state')).rows[0]!.at;
      expect(await clock()).toEqual(minute(15));
      await until('a look at the late posts', async () => {
        const { rows } = await pool.query('SELECT FROM detection_posts WHERE standing IS NULL');
        return rows.length === 0;
      });
      expect(await clock()).toEqual(minute(15));
      await services.addPost({ text: 'seen at 16', postedAt: minute(16) });
      await detected(services);
      expect(await clock()).toEqual(minute(30));
    });
  });

  it('waits for pictures that will get their captions, and not for those that will not', async () => {
    await withServices(async (services) => {
      const waiting = await services.addPost({ images: ['a'], postedAt: new Date(START) });
      await addPosts(
        open().pool,
        posts.slice(0, 20).map((post) => ({ ...post, at: post.at + 24 * HOUR })),
      );
      await services.startWorker();
      await services.queue.add('detect', [{ data: {}, key: 'detect' }]);
      const taken = async () =>
        (await open().pool.query<{ id: string }>('SELECT post_id::text AS id FROM detection_posts')).rows.map(
          ({ id }) => id,
        );
      // Posts after the one that is waited for are not looked at yet.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(await taken()).toEqual([]);
      await open().pool.query(
        `INSERT INTO captions (id, image_sha256, model_digest, options, options_digest, status, error, token_ids)
         SELECT gen_random_uuid(), sha256, 'm', '{}', repeat('0', 64), 'FAILED', 'no picture', '{}' FROM images`,
      );
      await detected(services);
      expect(await taken()).toHaveLength(21);
      expect((await taken()).includes(waiting)).toBe(true);
    });
  });

  it('leaves the database alone while a file is being taken in, however many posts of one step are ready', async () => {
    await withServices(async (services) => {
      const { pool } = open();
      const { rows } = await pool.query<{ id: string }>(
        `INSERT INTO imports (id, origin, status, started_at, seen_at)
         VALUES (gen_random_uuid(), 'posts.ndjson', 'RUNNING', now(), now()) RETURNING id`,
      );
      try {
        const [post] = posts;
        await addPosts(
          pool,
          Array.from({ length: 600 }, (_, i) => ({ ...post!, id: randomUUID(), at: START + i * 1000 })),
        );
        await services.startWorker();
        await services.queue.add('detect', [{ data: {}, key: 'detect' }]);
        services.queue.wake('detect');
        const left = async () =>
          (
            await pool.query<{ jobs: number; posts: number }>(
              `SELECT (SELECT count(*)::int FROM pgboss.job WHERE name = 'detect' AND state IN ('created', 'retry', 'active') AND start_after <= now()) AS jobs,
                 (SELECT count(*)::int FROM posts WHERE detected_at IS NULL) AS posts`,
            )
          ).rows[0]!;
        await until('the pass over', async () => (await left()).jobs === 0);
        expect((await left()).posts).toBe(600);
        await pool.query(`UPDATE imports SET status = 'COMPLETED' WHERE id = $1`, [rows[0]!.id]);
        await detected(services);
      } finally {
        await pool.query('TRUNCATE imports CASCADE');
      }
    });
  });

  it('waits for a file that is being taken in, and neither for calls of the API nor for an import that has died', async () => {
    const awaited = () => fileComesIn(open().pool);
    const start = (origin: string, minutes: number) =>
      open().pool.query(
        `INSERT INTO imports (id, origin, status, started_at, seen_at)
         VALUES (gen_random_uuid(), $1, 'RUNNING', now() - interval '1 hour', now() - $2 * interval '1 minute')`,
        [origin, minutes],
      );
    try {
      await start('graphql', 0);
      await start('posts.ndjson', 3);
      expect(await awaited()).toBe(false);
      // It gives a sign of life, as one does whose rows are all known, or rejected.
      await open().pool.query(`UPDATE imports SET seen_at = now() WHERE origin = 'posts.ndjson'`);
      expect(await awaited()).toBe(true);
    } finally {
      await open().pool.query('TRUNCATE imports CASCADE');
    }
  });
});
