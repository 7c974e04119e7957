// A small file system in memory, filled to the brim. Only root may mount one: elsewhere these tests are skipped, by name.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { openDatabase } from '../../src/db/openDatabase.js';
import { ingestPosts } from '../../src/ingest/ingestPosts.js';
import { openMediaStore } from '../../src/ingest/mediaStore.js';

const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-disk-'));
const mounts: string[] = [];

function mount(name: string, size: string): string | undefined {
  const place = path.join(folder, name);
  mkdirSync(place);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', place], { stdio: 'pipe' });
  } catch {
    return undefined;
  }
  mounts.push(place);
  return place;
}

const small = mount('small', '2m');
const large = small && mount('large', '400m');
const title = 'a full disk';
const described = small ? describe : describe.skip;

afterAll(() => {
  for (const place of mounts) execFileSync('umount', ['-l', place], { stdio: 'pipe' });
  rmSync(folder, { recursive: true, force: true });
});

/** Writes until there is no room; resolves to the file that took it. */
async function fill(place: string): Promise<string> {
  const file = path.join(place, 'ballast');
  const chunk = Buffer.alloc(1 << 16);
  for (;;) {
    const error = await writeFile(file, chunk, { flag: 'a' }).catch((thrown: NodeJS.ErrnoException) => thrown);
    if (error) {
      expect(error.code).toBe('ENOSPC');
      return file;
    }
  }
}

described(small ? title : `${title} [skipped: mounting is not allowed]`, () => {
  const text = (i: number) => Buffer.from(`${i} `.repeat(10_000));

  it('refuses a picture in its own words, leaves no half file, and takes it once there is room', async () => {
    const media = openMediaStore(small!);
    const kept = await media.put(text(1));
    const ballast = await fill(small!);
    await expect(media.put(text(2))).rejects.toMatchObject({
      code: 'RETRY_LATER',
      kind: 'DISK',
      retryable: true,
      message: 'the disk is full: the picture could not be kept',
    });
    // What is kept already needs no room.
    expect(await media.put(text(1))).toBe(kept);
    const files = await readdir(media.root, { recursive: true, withFileTypes: true });
    expect(files.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([kept]);
    await rm(ballast);
    expect(await media.read(await media.put(text(2)))).toEqual(text(2));
  });

  it('takes nothing new in where less would be free than is to be', async () => {
    const media = openMediaStore(small!, { minFreeBytes: 100 << 20 });
    await expect(media.put(text(3))).rejects.toMatchObject({ code: 'RETRY_LATER', kind: 'DISK' });
  });

  it('makes an import wait, which then goes on by itself with every picture', async () => {
    const db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
    try {
      const ballast = await fill(small!);
      const base64 = (
        await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
          .png()
          .toBuffer()
      ).toString('base64');
      async function* rows() {
        yield { place: 1, value: { source: 's', id: '1', postedAt: '2026-03-01T00:00:00Z', images: [{ base64 }] } };
      }
      const waits: string[] = [];
      const deps = {
        db,
        media: openMediaStore(small!),
        limits: { maxBytes: 1 << 20, maxPixels: 1 << 20, decodeMs: 20_000 },
        enqueue: async () => undefined,
      };
      const summary = await ingestPosts(deps, rows(), {
        origin: 'test',
        async wait({ message }) {
          waits.push(message);
          if (waits.length === 2) await rm(ballast);
        },
      });
      expect(waits).toEqual(Array(2).fill('the disk is full: the picture could not be kept'));
      expect(summary).toMatchObject({ accepted: 1, refusedPictures: 0 });
    } finally {
      await db.close();
    }
  });

  it('stops the embedded database no longer than it lasts, and loses nothing that was acknowledged', async () => {
    const deaths: string[] = [];
    const dataDir = path.join(large!, 'data');
    const db = await openDatabase({ dataDir, databaseUrl: undefined, onDeath: ({ reason }) => deaths.push(reason) });
    try {
      await db.pool.query('CREATE TABLE kept (number int, text text)');
      const ballast = await fill(large!);
      let acknowledged = 0;
      let refused = 0;
      // Ten megabytes where there is no room for one: some are refused, or the database itself dies of it.
      for (let number = 0; number < 100; number++) {
        const written = await db.pool
          .query('INSERT INTO kept SELECT $1, repeat(md5($1::text || i), 10) FROM generate_series(1, 300) i', [number])
          .then(() => true)
          .catch(() => false);
        if (written) acknowledged += 1;
        else refused += 1;
      }
      expect(refused).toBeGreaterThan(0);
      await truncate(ballast, 0);
      // By itself: nobody opens it anew.
      for (;;) {
        const answer = await db.pool
          .query<{ count: number }>('SELECT count(DISTINCT number)::int AS count FROM kept')
          .catch(() => null);
        if (answer === null) continue;
        expect(answer.rows[0]!.count).toBe(acknowledged);
        break;
      }
      await db.pool.query('INSERT INTO kept VALUES (1000, $1)', ['again']);
    } finally {
      await db.close();
    }
  });
});
