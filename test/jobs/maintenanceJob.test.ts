import { createHash, randomUUID } from 'node:crypto';
import { utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { purgeImages } from '../../src/ingest/purgeImages.js';
import { eraseOld } from '../../src/jobs/eraseOld.js';
import { maintenanceJob } from '../../src/jobs/maintenanceJob.js';
import { FOLDERS, sweepMedia } from '../../src/jobs/sweepMedia.js';
import { readRetention } from '../../src/retention.js';
import { describeDatabases } from '../support/databases.js';
import { filesIn } from '../support/everywhere.js';
import { noJob } from '../support/noJob.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY);

describeDatabases('maintenance', (open) => {
  async function withServices(work: (services: TestServices) => Promise<void>): Promise<void> {
    const services = await openTestServices(open());
    try {
      await work(services);
    } finally {
      await services.close();
      await open().pool.query(
        'TRUNCATE posts, images, imports, hotspots, tombstones, lost_images, audit_events CASCADE; DELETE FROM pgboss.job',
      );
    }
  }
  const run = (services: TestServices, retention: string) =>
    maintenanceJob({
      ...services,
      config: { ...services.config, retention: readRetention(retention) },
      embedderDigest: 'e',
    }).run({}, noJob);
  const sourcesOf = async () =>
    (await open().pool.query<{ source: string }>('SELECT source FROM posts ORDER BY posted_at')).rows.map(
      ({ source }) => source,
    );
  const idsIn = async (table: string) =>
    (await open().pool.query<{ id: string }>(`SELECT id::text FROM ${table} ORDER BY 1`)).rows.map(({ id }) => id);

  it('erases posts that are older than their source is kept, with their pictures, and says how many', async () => {
    await withServices(async (services) => {
      await services.addPost({ source: 'a', postedAt: ago(100), images: ['one'] });
      await services.addPost({ source: 'a', postedAt: ago(80), images: ['two'] });
      await services.addPost({ source: 'b', postedAt: ago(40), images: ['two'] });
      await services.addPost({ source: 'b', postedAt: ago(20) });
      await services.addPost({ source: 'archive', postedAt: ago(4000) });
      await run(services, '90d,b=30d,archive=keep');
      expect(await sourcesOf()).toEqual(['archive', 'a', 'b']);
      expect(services.lines).toContainEqual(expect.objectContaining({ posts: 2, images: 1 }));
      const { rows } = await open().pool.query('SELECT reason FROM tombstones');
      expect(rows).toEqual([{ reason: 'RETENTION' }, { reason: 'RETENTION' }]);
      expect(await filesIn(path.join(services.config.dataDir, 'media'))).toHaveLength(1);
      await run(services, 'a=1d');
      expect(await sourcesOf()).toEqual(['archive', 'b']);
    });
  });

  it('erases a backlog bit by bit, and says that there is more', async () => {
    await withServices(async (services) => {
      await open().pool.query(
        `INSERT INTO posts (id, source, native_id, posted_at, raw) SELECT gen_random_uuid(), 'a', n::text, $1, '{}' FROM generate_series(1, 10300) n`,
        [ago(10)],
      );
      expect(await eraseOld(services, readRetention('1d'))).toBe(true);
      expect(await sourcesOf()).toHaveLength(300);
      expect(await eraseOld(services, readRetention('1d'))).toBe(false);
      expect(await sourcesOf()).toEqual([]);
    });
  });

  it('erases what is told of posts that are gone, once nothing as old is kept', async () => {
    await withServices(async (services) => {
      const { pool } = open();
      await pool.query(
        `INSERT INTO hotspots (id, state, title, keywords, emerged_at, ended_at) VALUES
           ('h1', 'ENDED', 'old', '{}', $1, $1), ('h2', 'ENDED', 'new', '{}', $2, $2), ('h3', 'LIVING', 'lasts', '{}', $1, NULL)`,
        [ago(50), ago(10)],
      );
      for (const at of [ago(50), ago(10)]) {
        await pool.query(
          `INSERT INTO hotspot_events (id, at, kind, hotspot_id, score, reason, post_ids) VALUES ($1, $2, 'GREW', 'h3', 1, '', '{}')`,
          [randomUUID(), at],
        );
        await pool.query(
          `INSERT INTO hotspot_points (hotspot_id, at, expected, low, high, score) VALUES ('h3', $1, 1, 0, 2, 1)`,
          [at],
        );
        await pool.query(`INSERT INTO imports (id, origin, status, finished_at) VALUES ($1, 'file', 'COMPLETED', $2)`, [
          randomUUID(),
          at,
        ]);
      }
      const counts = async () => [
        await idsIn('hotspots'),
        (await idsIn('hotspot_events')).length,
        (await pool.query('SELECT FROM hotspot_points')).rowCount,
        (await idsIn('imports')).length,
      ];
      await run(services, 'a=30d');
      expect(await counts()).toEqual([['h1', 'h2', 'h3'], 2, 2, 2]);
      await run(services, '20d,a=30d');
      expect(await counts()).toEqual([['h2', 'h3'], 1, 1, 1]);
    });
  });

  it('erases events of the audit that are older than it is kept, the oldest first and bit by bit, and says how many', async () => {
    await withServices(async (services) => {
      const { pool } = open();
      const add = (count: number, at: Date, action: string) =>
        pool.query(
          `INSERT INTO audit_events (id, at, actor, action, outcome, request_id)
           SELECT gen_random_uuid(), $1::timestamptz + n * interval '1 ms', 'ann', $2, 'DONE', '' FROM generate_series(1, $3::int) n`,
          [at, action, count],
        );
      await add(9_999, ago(500), 'oldest');
      await add(4, ago(400), 'old');
      await add(2, ago(364), 'young');
      const left = async () =>
        (await pool.query('SELECT action, count(*)::int AS count FROM audit_events GROUP BY 1 ORDER BY 1')).rows;
      const maintain = (config = services.config) =>
        maintenanceJob({ ...services, config, embedderDigest: 'e' }).run({}, noJob);
      await maintain();
      expect(await left()).toEqual([
        { action: 'old', count: 3 },
        { action: 'young', count: 2 },
      ]);
      expect(services.lines).toContainEqual(expect.objectContaining({ auditEvents: 10_000 }));
      // Another run is asked for, and takes the rest.
      expect((await pool.query(`SELECT FROM pgboss.job WHERE name = 'maintenance'`)).rowCount).toBe(1);
      await maintain();
      expect(await left()).toEqual([{ action: 'young', count: 2 }]);
      await maintain({ ...services.config, auditDays: 30 });
      expect(await left()).toEqual([]);
    });
  });

  it('keeps everything where nothing is said', async () => {
    await withServices(async (services) => {
      await services.addPost({ postedAt: ago(10_000) });
      await maintenanceJob({ ...services, embedderDigest: 'e' }).run({}, noJob);
      expect(await sourcesOf()).toEqual(['test']);
    });
  });

  it('closes imports that were left by their process, and no others', async () => {
    await withServices(async (services) => {
      await open().pool.query(
        `INSERT INTO imports (id, origin, seen_at) VALUES (gen_random_uuid(), 'left', now() - interval '3 minutes'), (gen_random_uuid(), 'living', now())`,
      );
      await run(services, 'keep');
      const { rows } = await open().pool.query('SELECT origin, status::text FROM imports ORDER BY origin');
      expect(rows).toEqual([
        { origin: 'left', status: 'FAILED' },
        { origin: 'living', status: 'RUNNING' },
      ]);
    });
  });

  it('clears the media store of what no image has, and names images without a file', async () => {
    await withServices(async (services) => {
      const { media, config, log } = services;
      const { store } = media;
      await services.addPost({ images: ['shown'] });
      const lost = await services.addImage('its file is lost');
      await services.addPost({ images: ['its file is lost'] });
      await store.delete(lost);
      const orphan = await store.put(Buffer.from('of an import that was killed'));
      const young = await store.put(Buffer.from('its row is being written'));
      const unfinished = `${store.pathOf(orphan)}.${randomUUID()}`;
      await writeFile(unfinished, 'half');
      for (const file of [store.pathOf(orphan), unfinished]) await utimes(file, ago(1), ago(1));
      await sweepMedia({ pool: open().pool, media: store, log }, { from: 0, count: FOLDERS });
      expect(await purgeImages({ pool: open().pool, media: store })).toEqual({ erased: 1, failed: [] });
      const names = (await filesIn(path.join(config.dataDir, 'media'))).map((file) => path.basename(file));
      expect(names.sort()).toEqual([createHash('sha256').update('shown').digest('hex'), young].sort());
      expect(services.lines).toContainEqual(
        expect.objectContaining({ count: 1, sha256s: [lost], msg: 'images without a file in the media store' }),
      );
    });
  });

  it('erases images that no post shows, as earlier versions left them', async () => {
    await withServices(async (services) => {
      const sha256 = await services.addImage('of an edited post');
      await services.addImage('just now');
      await open().pool.query(`UPDATE images SET created_at = now() - interval '2 hours' WHERE sha256 = $1`, [sha256]);
      await run(services, 'keep');
      expect(await services.media.store.has(sha256)).toBe(false);
      expect((await open().pool.query('SELECT FROM images')).rowCount).toBe(1);
    });
  });
});
