import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PoolClient } from 'pg';
import { PACKAGE_ROOT } from '../../src/config.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { vacuum } from '../../src/db/vacuum.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import { describeDatabases, describePostgres } from '../support/databases.js';

describeDatabases('a database', (open) => {
  it('serves Prisma and raw SQL over the same tables', async () => {
    const { prisma, pool } = open();
    const { id } = await prisma.import.create({ data: { origin: 'ä "quoted" 🦊' } });
    const { rows } = await pool.query('SELECT origin, status::text FROM imports WHERE id = $1', [id]);
    expect(rows).toEqual([{ origin: 'ä "quoted" 🦊', status: 'RUNNING' }]);
  });

  it('gives back the instant that was written, through Prisma and through SQL', async () => {
    const { prisma, pool } = open();
    // Within the hour that daylight saving skips in New York: a session in that zone would shift it.
    const startedAt = new Date('2026-03-08T02:30:00.123Z');
    const { id } = await prisma.import.create({ data: { origin: 'zone', startedAt } });
    expect((await prisma.import.findUniqueOrThrow({ where: { id } })).startedAt).toEqual(startedAt);
    expect((await pool.query('SELECT started_at FROM imports WHERE id = $1', [id])).rows).toEqual([
      { started_at: startedAt },
    ]);
  });

  it('orders vectors by cosine distance', async () => {
    const { rows } = await open().pool.query<{ v: string }>(
      `SELECT v::text FROM unnest($1::vector[]) AS v ORDER BY v <=> '[1,0]'`,
      [['[0,1]', '[2,1]', '[-1,0]']],
    );
    expect(rows.map(({ v }) => v)).toEqual(['[2,1]', '[0,1]', '[-1,0]']);
  });

  it('keeps concurrent requests with large parameters apart', async () => {
    // More than one read of a socket each: pglite-socket 0.2.17 mixes such requests up.
    const { pool } = open();
    const large = 'y'.repeat(300_000);
    const results = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        if (i % 2) return (await pool.query<{ sum: number }>('SELECT $1::int + 1 AS sum', [i])).rows[0]!.sum === i + 1;
        const { rows } = await pool.query<{ i: number; n: number }>(
          'SELECT ($1::jsonb ->> 0)::int AS i, length($2) AS n',
          [JSON.stringify([i]), large],
        );
        return rows[0]!.i === i && rows[0]!.n === large.length;
      }),
    );
    expect(results).toEqual(results.map(() => true));
  });

  it('commits a whole transaction or nothing of it, whoever else is at work', async () => {
    const { pool } = open();
    const origin = randomUUID();
    const insert = 'INSERT INTO imports (id, origin) VALUES ($1, $2)';
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) =>
        withTransaction(pool, async (client) => {
          await client.query(insert, [randomUUID(), origin]);
          await client.query(insert, [randomUUID(), origin]);
          if (i % 3 === 0) throw new Error('on purpose');
          if (i % 3 === 1) await client.query('SELECT 1 / 0');
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    const { rows } = await pool.query('SELECT count(*)::int AS n FROM imports WHERE origin = $1', [origin]);
    expect(rows).toEqual([{ n: 8 }]);
  });

  it('rolls back what a client that went away had begun', async () => {
    const { pool } = open();
    const origin = randomUUID();
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO imports (id, origin) VALUES ($1, $2)', [randomUUID(), origin]);
    client.release(new Error('gone'));
    expect((await pool.query('SELECT 1 FROM imports WHERE origin = $1', [origin])).rows).toEqual([]);
  });

  it('lets a connection go whose client said goodbye: closing the pool waits for such', async () => {
    const { pool } = open();
    const client = await pool.connect();
    const removed = once(pool, 'remove');
    client.release(true);
    await removed;
  });

  it('deletes everything made of a picture with the picture', async () => {
    const { prisma, pool } = open();
    const sha256 = 'a'.repeat(64);
    await prisma.image.create({
      data: { sha256, bytes: 1, mimeType: 'image/png', width: 1, height: 1, phash: '0'.repeat(16) },
    });
    await pool.query(
      `INSERT INTO embeddings (id, image_sha256, kind, model_digest, dimension, vector) VALUES ($1, $2, 'CAPTION', 'm', 2, '[1,0]')`,
      [randomUUID(), sha256],
    );
    await prisma.image.delete({ where: { sha256 } });
    expect(await prisma.embedding.count()).toBe(0);
  });

  it('is vacuumed while it is open', async () => {
    await expect(vacuum(open())).resolves.toBeUndefined();
  });
});

describe('openDatabase, embedded', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = path.join(await mkdtemp(path.join(tmpdir(), 'hotlens-db-')), 'data');
  });
  afterEach(() => rm(path.dirname(dataDir), { recursive: true, force: true }));

  it('keeps what was written, in folders that nobody else may enter, and lets one opener in', async () => {
    const first = await openDatabase({ dataDir, databaseUrl: undefined });
    await first.prisma.import.create({ data: { origin: 'kept' } });
    for (const folder of [dataDir, path.join(dataDir, 'db')]) expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await expect(openDatabase({ dataDir, databaseUrl: undefined })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`pid ${process.pid}`),
    });
    await first.close();
    const second = await openDatabase({ dataDir, databaseUrl: undefined });
    expect(await second.prisma.import.findMany({ select: { origin: true } })).toEqual([{ origin: 'kept' }]);
    await second.close();
  });

  it('starts over where a first start was interrupted', async () => {
    await mkdir(path.join(dataDir, 'db.new'), { recursive: true });
    await writeFile(path.join(dataDir, 'db.new', 'PG_VERSION'), 'half written');
    const database = await openDatabase({ dataDir, databaseUrl: undefined });
    expect(await database.prisma.post.count()).toBe(0);
    await database.close();
    expect(await readdir(dataDir)).toEqual(['db']);
  });
});

describe('openDatabase, in memory', () => {
  it('fails what is under way and what comes later when its thread dies, instead of leaving it waiting', async () => {
    // In a process of its own: only there can the thread be got hold of, by the process's own "worker" event.
    const script = `
      import { openDatabase } from ${JSON.stringify(pathToFileURL(path.join(PACKAGE_ROOT, 'dist/db/openDatabase.js')).href)};
      let worker;
      process.once('worker', (started) => { worker = started; });
      const database = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
      const message = (promise) => promise.then(() => 'no error', (error) => error.message);
      const slow = message(database.pool.query('SELECT count(*) FROM generate_series(1, 1e9)'));
      const waiting = message(database.prisma.post.count());
      await worker.terminate();
      const later = message(database.pool.query('SELECT 1'));
      console.log(JSON.stringify(await Promise.all([slow, waiting, later])));
      await database.close();`;
    const child = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    const [slow, waiting, later] = JSON.parse(child.stdout) as string[];
    expect(slow).toContain('thread ended');
    expect(waiting).not.toBe('no error');
    expect(later).toContain('thread ended');
  });

  it('ends a connection that does not speak the protocol, and no other', async () => {
    const database = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
    const client = (await database.pool.connect()) as PoolClient & { connection: { stream: Duplex } };
    const ended = new Promise((resolve) => client.once('end', resolve));
    client.connection.stream.write(Buffer.from([81, 0, 0, 0, 0]));
    await ended;
    client.release(true);
    expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await database.close();
  });
});

describePostgres('openDatabase', (url) => {
  it('lets processes that start at the same time wait for one migration', async () => {
    const databases = await Promise.all(
      Array.from({ length: 6 }, () => openDatabase({ dataDir: undefined, databaseUrl: url() })),
    );
    const { rows } = await databases[0]!.pool.query(
      'SELECT count(*)::int AS n FROM _prisma_migrations GROUP BY migration_name',
    );
    expect(rows.every(({ n }) => n === 1)).toBe(true);
    await Promise.all(databases.map((database) => database.close()));
  });

  it('says what is wrong with a server that it cannot reach, without the password', async () => {
    const wrong = new URL(url());
    wrong.password = 'not-the-secret';
    const failure = openDatabase({ dataDir: undefined, databaseUrl: wrong.href });
    await expect(failure).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('cannot reach'),
    });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('not-the-secret') });
  });
});
