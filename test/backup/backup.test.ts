import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, open as openFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FORMAT, type Manifest } from '../../src/backup/manifest.js';
import { restoreBackup } from '../../src/backup/restoreBackup.js';
import { tarContent, tarEntries, tarWriter } from '../../src/backup/tarFile.js';
import { writeBackup } from '../../src/backup/writeBackup.js';
import type { Database } from '../../src/db/database.js';
import { dumpTable, tableNames } from '../../src/db/dumpTables.js';
import { MIGRATIONS_DIR, migrate, readMigrations } from '../../src/db/migrate.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { openEmbedded } from '../../src/db/openEmbedded.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import { openMediaStore } from '../../src/ingest/mediaStore.js';
import { uniforms } from '../support/random.js';

let folder: string;
let made: string;
let before: Record<string, string[]>;
const media = () => openMediaStore(path.join(folder, 'data'));
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-backup-'));
  made = path.join(folder, 'made.tar');
  const db = await openDatabase({ dataDir: path.join(folder, 'data'), databaseUrl: undefined });
  await fill(db);
  before = await rowsOf(db);
  await writeBackup({ pool: db.pool, media: media() }, made);
  await db.close();
});
afterAll(() => rm(folder, { recursive: true }));

/** Rows of every kind of column, with values at the edges of their types. */
async function fill({ pool }: Database): Promise<void> {
  const id = '00000000-0000-7000-8000-000000000001';
  // A number that only the database holds exactly.
  const raw =
    '{"text": "quotes \\" and \\\\ and\\nlines", "deep": [[null, 1e-300, 12345678901234567890]], "ü\u{1f600}": {}}';
  await pool.query(
    `INSERT INTO posts (id, source, native_id, text, posted_at, raw, likes) VALUES ($1, 'a', '1', E'tab\\tline\\n\\u2028', '2026-03-28 01:30:00.123', $2, 2147483647)`,
    [id, raw],
  );
  await pool.query(
    `INSERT INTO posts (id, source, native_id, text, posted_at, raw) SELECT gen_random_uuid(), 'many', n::text, repeat('long ', 300), now(), '{}' FROM generate_series(1, 3000) n`,
  );
  const sha256 = await media().put(Buffer.from('bytes of a picture'));
  await pool.query(
    `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) VALUES ($1, 18, 'image/png', 4, 3, '0123456789abcdef')`,
    [sha256],
  );
  const caption = randomUUID();
  await pool.query(
    `INSERT INTO captions (id, image_sha256, model_digest, options, options_digest, status, text, token_ids, log_prob, confidence)
     VALUES ($1, $2, 'm', '{"numBeams": 5}', repeat('0', 64), 'COMPLETED', 'a fire', '{5,6,-1}', -0.1, 0.30000000000000004)`,
    [caption, sha256],
  );
  // The two refer to each other.
  await pool.query('UPDATE images SET current_caption_id = $1', [caption]);
  await pool.query(
    `INSERT INTO embeddings (id, image_sha256, kind, model_digest, dimension, text, vector) VALUES ($1, $2, 'CAPTION', 'm', 3, 'a fire', '[0.1,-3.4028235e38,1e-45]')`,
    [randomUUID(), sha256],
  );
  await pool.query(
    `INSERT INTO hotspots (id, keywords, emerged_at, burst) VALUES ('h1', '{"with \\"quotes\\"",NULL,"a,b"}', now(), NULL)`,
  );
  await pool.query(
    `INSERT INTO detection_posts (post_id, number, at, vector, piece, evidence, hotspot_id) VALUES ($1, 9007199254740993, now(), '\\x00ff10', '', 'NaN', 'h1')`,
    [id],
  );
  await pool.query(`SELECT setval(pg_get_serial_sequence('detection_posts', 'number'), 9007199254740993)`);
  // Written by a migration, and changed since.
  await pool.query('UPDATE alert_rules SET threshold = 9, enabled = false');
  await pool.query(
    `INSERT INTO hotspot_events (id, at, kind, hotspot_id, score, reason, post_ids) VALUES ($1, now(), 'GREW', 'h1', 1e-7, '', ARRAY[$2]::uuid[])`,
    [randomUUID(), id],
  );
}

/** Every row of every table as the database writes it. */
function rowsOf({ pool }: Pick<Database, 'pool'>): Promise<Record<string, string[]>> {
  return withTransaction(pool, async (client) => {
    const rows: Record<string, string[]> = {};
    for (const table of await tableNames(client)) {
      const lines: string[] = [];
      for await (const line of dumpTable(client, table)) lines.push(line);
      rows[table] = lines.sort();
    }
    return rows;
  });
}

let restored = 0;
const target = () => path.join(folder, `restored-${restored++}`);

/** A backup like `made` with other files, or another manifest. */
async function remade(
  change: (manifest: Manifest) => unknown,
  extra: Readonly<Record<string, string>> = {},
): Promise<string> {
  const out = path.join(folder, `remade-${randomUUID()}.tar`);
  const [source, handle] = [await openFile(made), await openFile(out, 'wx')];
  const tar = tarWriter(handle);
  const bytesOf = (text: string) => [Buffer.from(text)] as const;
  for await (const entry of tarEntries(source)) {
    if (entry.name === 'manifest.json') {
      for (const [name, text] of Object.entries(extra)) await tar.add(name, Buffer.byteLength(text), bytesOf(text));
      let json = '';
      for await (const chunk of tarContent(source, entry)) json += chunk.toString();
      const manifest = JSON.parse(json) as Manifest;
      const text = JSON.stringify(change(manifest) ?? manifest);
      await tar.add(entry.name, Buffer.byteLength(text), bytesOf(text));
      await tar.add('manifest.sha256', 64, bytesOf(createHash('sha256').update(text).digest('hex')));
    } else if (entry.name !== 'manifest.sha256') await tar.add(entry.name, entry.size, tarContent(source, entry));
  }
  await tar.end();
  await Promise.all([source.close(), handle.close()]);
  return out;
}

describe('a backup', () => {
  it('brings every row back as it was, and the pictures, into a folder that works', async () => {
    const dataDir = target();
    const manifest = await restoreBackup({ file: made, dataDir });
    expect(manifest).toMatchObject({ format: FORMAT, pictures: { count: 1, bytes: 18 }, missing: [] });
    expect(manifest.rows).toMatchObject({ posts: 3001, images: 1, captions: 1 });
    // 4.5 MB of rows: in more files than one.
    expect(manifest.parts.filter(({ name }) => name.startsWith('db/posts/')).length).toBeGreaterThan(1);
    const db = await openDatabase({ dataDir, databaseUrl: undefined });
    expect(await rowsOf(db)).toEqual(before);
    const { rows } = await db.pool.query(`SELECT nextval(pg_get_serial_sequence('detection_posts', 'number')) AS next`);
    expect(rows).toEqual([{ next: '9007199254740994' }]);
    await expect(
      db.pool.query(`INSERT INTO post_images (id, post_id, position) VALUES ($1, $1, 0)`, [randomUUID()]),
    ).rejects.toThrow('foreign key');
    await db.close();
    const [picture] = before.images!.map((row) => (JSON.parse(row) as { sha256: string }).sha256);
    expect(await openMediaStore(dataDir).read(picture!)).toEqual(Buffer.from('bytes of a picture'));
    expect(await readdir(folder)).not.toContain(path.basename(`${dataDir}.unfinished`));
  });

  it('is refused wherever a byte of it is another one, or it is cut off, and nothing is made of it', async () => {
    const whole = await readFile(made);
    const next = uniforms(7);
    const damage = async (bytes: Buffer) => {
      const file = path.join(folder, 'damaged.tar');
      await writeFile(file, bytes);
      const dataDir = target();
      await expect(restoreBackup({ file, dataDir })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('not a backup of Hotlens, or a damaged one'),
      });
      await expect(readdir(dataDir)).rejects.toThrow('ENOENT');
    };
    // The last bytes too: they say where it ends.
    const places = [0, 99, 124, 150, 256, 511, whole.length - 1, whole.length - 600, whole.length - 1500];
    for (let i = 0; i < 40; i++) places.push(Math.floor(next() * whole.length));
    for (const at of places) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << Math.floor(next() * 8);
      await damage(bytes);
    }
    for (const length of [0, 1, 511, 512, 70_000, whole.length - 1024, whole.length - 1])
      await damage(whole.subarray(0, length));
    await damage(Buffer.concat([whole, Buffer.alloc(512)]));
    await damage(Buffer.from('words instead of a backup'.repeat(100)));
  });

  it.each([
    '../outside',
    '/etc/outside',
    'media/../../outside',
    'db/posts/../../../outside.ndjson',
    'media/link',
    'db/POSTS/000000.ndjson',
  ])('is refused with a file named %s', async (name) => {
    const file = await remade(() => undefined, { [name]: 'x' });
    await expect(restoreBackup({ file, dataDir: target() })).rejects.toThrow(/does not belong there/);
    expect(await readdir(path.dirname(folder))).not.toContain('outside');
  });

  it('is refused with rows of a table that there is not', async () => {
    const part = {
      name: 'db/pg_authid/000000.ndjson',
      bytes: 2,
      sha256: createHash('sha256').update('{}').digest('hex'),
    };
    const file = await remade(({ parts, ...rest }) => ({ ...rest, parts: [...parts, part] }), { [part.name]: '{}' });
    const dataDir = target();
    await expect(restoreBackup({ file, dataDir })).rejects.toThrow('there is no table pg_authid');
    await expect(readdir(dataDir)).rejects.toThrow('ENOENT');
    await expect(readdir(`${dataDir}.unfinished`)).rejects.toThrow('ENOENT');
  });

  it('is refused where it is newer, by its format or by its schema', async () => {
    const format = await remade((manifest) => ({ ...manifest, format: FORMAT + 1, of: 'another shape' }));
    await expect(restoreBackup({ file: format, dataDir: target() })).rejects.toThrow('of a newer Hotlens');
    const migration = { name: '29990101000000_later', checksum: '0'.repeat(64) };
    const schema = await remade((manifest) => ({ ...manifest, migrations: [...manifest.migrations, migration] }));
    await expect(restoreBackup({ file: schema, dataDir: target() })).rejects.toThrow(
      'of another version of Hotlens (0.1.0, migration 29990101000000_later)',
    );
  });

  it('of an older schema is brought up to date', async () => {
    const dataDir = path.join(folder, 'older');
    const { pool, close } = await openEmbedded({ dataDir });
    await migrate(pool, MIGRATIONS_DIR, 3);
    await pool.query(`INSERT INTO imports (id, origin) VALUES ($1, 'old')`, [randomUUID()]);
    const file = path.join(folder, 'older.tar');
    const manifest = await writeBackup({ pool, media: openMediaStore(dataDir) }, file);
    await close();
    expect(manifest.migrations).toHaveLength(3);
    expect(manifest.rows).not.toHaveProperty('tombstones');
    const newer = target();
    await restoreBackup({ file, dataDir: newer });
    const db = await openDatabase({ dataDir: newer, databaseUrl: undefined });
    const { rows } = await db.pool.query('SELECT origin, deleted FROM imports');
    expect(rows).toEqual([{ origin: 'old', deleted: 0 }]);
    const names = (await readMigrations(MIGRATIONS_DIR)).map(({ name }) => name);
    const applied = await db.pool.query<{ name: string }>(
      'SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1',
    );
    expect(applied.rows.map(({ name }) => name)).toEqual(names);
    await db.close();
  });

  it('goes into no folder that holds anything', async () => {
    const dataDir = target();
    await mkdir(dataDir);
    await writeFile(path.join(dataDir, 'notes.txt'), 'mine');
    await expect(restoreBackup({ file: made, dataDir })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await readdir(dataDir)).toEqual(['notes.txt']);
    await rm(path.join(dataDir, 'notes.txt'));
    await restoreBackup({ file: made, dataDir });
    expect((await readdir(dataDir)).sort()).toEqual(['db', 'media']);
  });

  it('is made beside a file of its name never, names pictures that are lost or damaged, and goes without them', async () => {
    const dataDir = path.join(folder, 'lossy');
    await cp(path.join(folder, 'data'), dataDir, { recursive: true });
    const db = await openDatabase({ dataDir, databaseUrl: undefined });
    const store = openMediaStore(dataDir);
    const [sha256] = before.images!.map((row) => (JSON.parse(row) as { sha256: string }).sha256);
    await writeFile(store.pathOf(sha256!), 'other bytes');
    const out = path.join(folder, 'lossy.tar');
    expect(await writeBackup({ pool: db.pool, media: store }, out)).toMatchObject({
      missing: [sha256],
      pictures: { count: 0 },
    });
    await expect(writeBackup({ pool: db.pool, media: store }, out)).rejects.toThrow('there is such a file already');
    expect(await restoreBackup({ file: out, dataDir: target() })).toMatchObject({ missing: [sha256] });
    await db.close();
  });
});
