import { createHash } from 'node:crypto';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import sharp from 'sharp';
import { insertAuditEvent } from '../../src/db/access/auditEvents.js';
import type { ImportRow } from '../../src/ingest/importRow.js';
import { ingestPosts } from '../../src/ingest/ingestPosts.js';
import { purgeImages } from '../../src/ingest/purgeImages.js';
import { deletePosts } from '../../src/jobs/deletePosts.js';
import { enqueueWork } from '../../src/jobs/enqueueWork.js';
import { START } from '../analytics/detection/madeStream.js';
import { describeDatabases } from '../support/databases.js';
import { addPosts, detected, textStream } from '../support/detectedStream.js';
import { filesIn, filesWith, tablesWith } from '../support/everywhere.js';
import { openTestServices, type TestServices, type TestServicesOptions } from '../support/testServices.js';
import { until } from '../support/until.js';

const HOUR = 3_600_000;
const MARK = 'Quixotherium';

async function* rowsOf(values: readonly unknown[]): AsyncGenerator<ImportRow> {
  for (const [place, value] of values.entries()) yield { place, value };
}

/** A picture of its own for each number. */
const png = (red: number) =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .png()
    .toBuffer();

const base64 = async (red: number) => ({ base64: (await png(red)).toString('base64') });

describeDatabases('deleting posts', (open) => {
  async function withServices(
    work: (services: TestServices) => Promise<void>,
    options: TestServicesOptions = {},
  ): Promise<void> {
    const services = await openTestServices(open(), options);
    try {
      await work(services);
    } finally {
      await services.close();
      await open().pool.query(
        `TRUNCATE posts, images, imports, hotspots, hotspot_marks, hotspot_decisions, detection_state, removed_posts, tombstones, lost_images,
           audit_events CASCADE; DELETE FROM pgboss.job`,
      );
    }
  }

  const ingest = (services: TestServices, rows: readonly unknown[]) =>
    ingestPosts(
      {
        db: services.db,
        media: services.media.store,
        limits: services.config.media,
        enqueue: enqueueWork(services.queue, services.plan),
      },
      rowsOf(rows),
      { origin: 'test', source: 'test' },
    );
  const post = (id: string, more: object = {}) => ({ id, text: 'hello', postedAt: START / 1000, ...more });
  const mediaOf = ({ config }: TestServices) => path.join(config.dataDir, 'media');
  const idsOf = async (where: string) =>
    (await open().pool.query<{ id: string }>(`SELECT id::text FROM posts WHERE ${where}`)).rows.map(({ id }) => id);
  const count = async (table: string) =>
    (await open().pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]!.n;

  it('leaves nothing of them in any table or file, and nothing of others goes', async () => {
    // A fire whose posts all name the marker, so that title, keywords, copies and coordination are of it.
    const words = ['smoke', 'flames', 'firefighters', 'burning', 'evacuate', 'sirens', 'roof'];
    const stream = textStream([{ name: 'fire', from: 30, to: 34, posts: 50, words }]).map((one) => {
      const fire =
        one.at > START + 30 * HOUR && /smoke|flames|firefighters|burning|evacuate|sirens|roof/.test(one.text);
      return fire
        ? { ...one, author: `${MARK} ${one.author}`, text: `${MARK} says ${one.text} by the harbour wall` }
        : one;
    });
    const marked = stream.filter(({ text }) => text.includes(MARK));
    expect(marked.length).toBeGreaterThan(30);
    await withServices(async (services) => {
      const { testInference, media, queue } = services;
      testInference.known = 0;
      await addPosts(open().pool, stream);
      const bytes = await png(1);
      const shown = { id: 'shown', text: `${MARK} in a picture`, postedAt: (START + 40 * HOUR) / 1000 };
      await ingest(services, [
        { ...shown, url: `https://e.org/${MARK}`, images: [{ ...(await base64(1)), alt: MARK }, await base64(2)] },
        { ...shown, id: 'other', text: 'shows the second of them too', images: [await base64(2)] },
        // Refused rows are kept with their beginnings; and one whose picture cannot be fetched names its address.
        { id: 'shown', text: MARK, postedAt: `never, says ${MARK}` },
        { ...shown, images: [{ ...(await base64(1)), alt: MARK }, await base64(2), `https://e.org/${MARK}.png`] },
      ]);
      await services.startWorker();
      await until(
        'pictures settled',
        async () =>
          (await idsOf(`EXISTS (SELECT FROM post_images i WHERE i.post_id = posts.id AND i.status = 'PENDING')`))
            .length === 0,
      );
      await until('captions', async () => (await count(`captions WHERE status = 'COMPLETED'`)) === 2);
      await detected(services);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await open().pool.query(
        `INSERT INTO caption_edits (id, image_sha256, text, editor) VALUES (gen_random_uuid(), $1, $2, 'ann')`,
        [sha256, `${MARK} by hand`],
      );
      await insertAuditEvent(open().pool, {
        ...{ keyId: null, actor: 'ann', action: 'editCaption', target: sha256, requestId: 'r', reason: null },
        ...{ outcome: 'DONE', before: null, after: { text: `${MARK} by hand` } },
      });
      const hotspots = await open().pool.query<{ title: string }>('SELECT title FROM hotspots');
      expect(hotspots.rows.map(({ title }) => title).join()).toMatch(new RegExp(MARK, 'i'));
      const before = await tablesWith(open().pool, MARK);
      expect([...new Set(before)]).toEqual(
        expect.arrayContaining([
          'public.posts',
          'public.detection_posts',
          'public.hotspots',
          'public.import_rejections',
          'public.caption_edits',
          'public.audit_events',
        ]),
      );
      expect(await filesWith(mediaOf(services), bytes)).toHaveLength(1);

      const ids = await idsOf(`text LIKE '%${MARK}%'`);
      expect(await deletePosts(services, { ids, reason: 'USER' })).toEqual({
        posts: ids.length,
        images: 1,
        tombstones: ids.length,
      });
      // Detection forgets them, steps on, and says nothing of them.
      await addPosts(open().pool, [
        { ...stream[0]!, id: '00000000-0000-4000-8000-ffffffffffff', at: START + 50 * HOUR },
      ]);
      await detected(services);
      expect(await tablesWith(open().pool, MARK)).toEqual([]);
      for (const id of ids) expect(await tablesWith(open().pool, id)).toEqual([]);
      expect(await filesWith(mediaOf(services), bytes)).toEqual([]);
      expect(await media.store.has(sha256)).toBe(false);
      expect(await count(`audit_events WHERE action = 'editCaption' AND target = '${sha256}'`)).toBe(1);

      // The other post, its picture and its caption stay.
      expect(await filesIn(mediaOf(services))).toHaveLength(1);
      expect(await count('posts')).toBe(stream.length - marked.length + 2);
      expect(await count('images')).toBe(1);
      expect(await count(`captions WHERE status = 'COMPLETED'`)).toBe(1);
      expect(await count('embeddings')).toBe(1);
      expect(await queue.boss.findJobs('fetch.dead')).toEqual([]);
    });
  }, 600_000);

  it('spares a picture while another post shows it', async () => {
    await withServices(async (services) => {
      await ingest(services, [
        post('a', { images: [await base64(1)] }),
        post('b', { images: [await base64(1), await base64(2)] }),
      ]);
      await deletePosts(services, { identities: [{ source: 'test', nativeId: 'a' }], reason: 'USER' });
      expect(await filesIn(mediaOf(services))).toHaveLength(2);
      expect(await count('images')).toBe(2);
      await deletePosts(services, { identities: [{ source: 'test', nativeId: 'b' }], reason: 'USER' });
      expect(await filesIn(mediaOf(services))).toEqual([]);
      expect(await count('images')).toBe(0);
    });
  });

  it('counts what it does once, and does the same again without harm', async () => {
    await withServices(async (services) => {
      await ingest(services, [post('a'), post('b')]);
      const identities = ['a', 'b', 'never here', 'a'].map((nativeId) => ({ source: 'test', nativeId }));
      expect(await deletePosts(services, { identities, reason: 'UPSTREAM' })).toEqual({
        posts: 2,
        images: 0,
        tombstones: 3,
      });
      expect(await deletePosts(services, { identities, reason: 'USER' })).toEqual({
        posts: 0,
        images: 0,
        tombstones: 0,
      });
      const { rows } = await open().pool.query('SELECT DISTINCT reason FROM tombstones');
      expect(rows).toEqual([{ reason: 'UPSTREAM' }]);
    });
  });

  it('erases a picture that an update takes out of its post, as if the post had gone', async () => {
    await withServices(async (services) => {
      await ingest(services, [post('a', { images: [await base64(1), await base64(2)] })]);
      await ingest(services, [post('a', { images: [await base64(2)] })]);
      expect(await filesIn(mediaOf(services))).toHaveLength(1);
      expect(await count('images')).toBe(1);
    });
  });

  it('is not undone by captions that are being made', async () => {
    await withServices(async (services) => {
      await ingest(services, [post('a', { images: [await base64(1)] })]);
      const { testInference } = services;
      let reached: () => void = () => undefined;
      const captioning = new Promise<void>((resolve) => {
        reached = resolve;
      });
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      testInference.onCaption = async () => {
        reached();
        await released;
      };
      await services.startWorker();
      await captioning;
      expect(await deletePosts(services, { ids: await idsOf('true'), reason: 'USER' })).toMatchObject({
        posts: 1,
        images: 1,
      });
      release();
      await until(
        'the job ended',
        async () => (await count(`pgboss.job WHERE name = 'caption' AND state <> 'completed'`)) === 0,
      );
      expect([await count('captions'), await count('images'), await count('embeddings')]).toEqual([0, 0, 0]);
      expect(await count(`pgboss.job WHERE name LIKE '%.dead'`)).toBe(0);
      expect(await filesIn(mediaOf(services))).toEqual([]);
    });
  });

  it('is not undone by a picture that is being fetched', async () => {
    const bytes = await png(3);
    let reached: () => void = () => undefined;
    const fetching = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let release: (bytes: Uint8Array) => void = () => undefined;
    const fetched = new Promise<Uint8Array>((resolve) => {
      release = resolve;
    });
    const fetch = async () => {
      reached();
      return fetched;
    };
    await withServices(
      async (services) => {
        await ingest(services, [post('a', { images: ['https://e.org/a.png'] })]);
        await services.startWorker();
        await fetching;
        await deletePosts(services, { ids: await idsOf('true'), reason: 'USER' });
        release(bytes);
        await until(
          'the job ended',
          async () => (await count(`pgboss.job WHERE name = 'fetch' AND state <> 'completed'`)) === 0,
        );
        // Its row among the lost goes after its bytes.
        await until(
          'what it stored is gone',
          async () => (await filesIn(mediaOf(services))).length === 0 && (await count('lost_images')) === 0,
        );
        expect(await count('images')).toBe(0);
      },
      { fetch },
    );
  });

  it('keeps the bytes of a picture that comes in again while its last post goes', async () => {
    await withServices(async (services) => {
      const image = await base64(1);
      await ingest(services, [post('0', { images: [image] })]);
      // Each round adds a post with the picture while the one before goes: whoever is first, a row has its file.
      for (let round = 1; round <= 25; round++) {
        const [, summary] = await Promise.all([
          deletePosts(services, { identities: [{ source: 'test', nativeId: String(round - 1) }], reason: 'USER' }),
          ingest(services, [post(String(round), { images: [image] })]),
        ]);
        expect(summary.accepted).toBe(1);
        const { rows } = await open().pool.query<{ sha256: string }>('SELECT sha256 FROM images');
        expect(rows).toHaveLength(1);
        expect(await services.media.store.has(rows[0]!.sha256)).toBe(true);
      }
      expect(await purgeImages({ pool: open().pool, media: services.media.store })).toEqual({ erased: 0, failed: [] });
      expect(await filesIn(mediaOf(services))).toHaveLength(1);
    });
  });

  it('holds against imports of the same posts that run at the same time: no post is there beside its tombstone', async () => {
    await withServices(async (services) => {
      const rows = Array.from({ length: 300 }, (_, i) => post(String(i)));
      const identities = rows.map(({ id }) => ({ source: 'test', nativeId: id }));
      await Promise.all([
        ingest(services, rows),
        ingest(services, [...rows].reverse()),
        deletePosts(services, { identities: identities.slice(0, 200), reason: 'USER' }),
        ingest(services, rows),
        deletePosts(services, { identities: identities.slice(100), reason: 'USER' }),
      ]);
      expect(await count('tombstones')).toBe(300);
      expect(await count('posts')).toBe(0);
    });
  });

  it('words a hotspot anew of which posts stay, and keeps its events of those', async () => {
    const words = ['smoke', 'flames', 'firefighters', 'burning', 'evacuate', 'sirens', 'roof'];
    const stream = textStream([{ name: 'fire', from: 30, to: 34, posts: 50, words }]).filter(
      ({ at }) => at < START + 34 * HOUR,
    );
    await withServices(async (services) => {
      services.testInference.known = 0;
      await addPosts(open().pool, stream);
      await services.startWorker();
      await detected(services);
      const { pool } = open();
      const hotspot = async () =>
        (
          await pool.query<{ id: string; state: string; title: string; keywords: string[] }>(
            'SELECT id, state, title, keywords FROM hotspots',
          )
        ).rows;
      const [found] = await hotspot();
      const ids = await idsOf(`text ILIKE '%sirens%'`);
      expect(ids.length).toBeGreaterThan(2);
      // One that has moved on may still be called by what a post said that is no longer its own.
      await pool.query(
        `INSERT INTO hotspots (id, state, title, keywords, emerged_at, merged_into_id) VALUES ('h99', 'MERGED', 'Mill Street: sirens', '{sirens}', now(), $1)`,
        [found!.id],
      );
      await pool.query(`UPDATE hotspots SET title = 'Sirens', keywords = '{sirens,smoke}' WHERE id = $1`, [found!.id]);
      await deletePosts(services, { ids, reason: 'USER' });
      for (const { title, keywords } of await hotspot())
        expect([title, ...keywords].join(' ').toLowerCase()).not.toContain('sirens');
      expect((await hotspot()).find(({ id }) => id === found!.id)!.title).not.toBe('');
      const { rows: events } = await pool.query<{ postIds: string[] }>(
        'SELECT post_ids::text[] AS "postIds" FROM hotspot_events',
      );
      expect(events.flatMap(({ postIds }) => postIds).some((id) => ids.includes(id))).toBe(false);
      expect(events.flatMap(({ postIds }) => postIds).length).toBeGreaterThan(0);
    });
  }, 600_000);
});
