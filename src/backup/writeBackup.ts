// Everything that is kept, into one file: the rows of one moment, then the pictures that they name.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import type { ClientBase, Pool } from 'pg';
import { dumpTable, holdMoment, sequenceValues, tableNames } from '../db/dumpTables.js';
import { appliedMigrations } from '../db/migrate.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError, whyUnreadable } from '../errors.js';
import type { MediaStore } from '../ingest/mediaStore.js';
import { VERSION } from '../version.js';
import { FORMAT, MANIFEST, MANIFEST_HASH, type Manifest, partName, pictureName } from './manifest.js';
import { tarWriter } from './tarFile.js';

/** Rows are gathered to files of about this size, which are in memory at once. */
const PART_BYTES = 4 << 20;

type Writer = ReturnType<typeof tarWriter>;

/**
 * Writes a backup to `out`, which must not be there yet; it gets its name once it is whole and on the disk. Pictures whose file is gone
 * or damaged are left out, and named in the manifest. Resolves to that. Rejects with AppError BAD_USER_INPUT where `out` cannot be written.
 */
export async function writeBackup(
  { pool, media }: { readonly pool: Pool; readonly media: Pick<MediaStore, 'pathOf'> },
  out: string,
): Promise<Manifest> {
  if (await stat(out).catch(() => null)) throw new AppError('BAD_USER_INPUT', `${out}: there is such a file already`);
  const unfinished = `${out}.unfinished`;
  const handle = await open(unfinished, 'wx', 0o600).catch((cause: unknown) => {
    throw new AppError('BAD_USER_INPUT', `${unfinished}: cannot be written (${whyUnreadable(cause)})`, { cause });
  });
  try {
    const manifest = await write(handle, { pool, media });
    await handle.sync();
    await rename(unfinished, out);
    return manifest;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function write(
  handle: FileHandle,
  { pool, media }: { readonly pool: Pool; readonly media: Pick<MediaStore, 'pathOf'> },
): Promise<Manifest> {
  const tar = tarWriter(handle);
  const madeAt = new Date().toISOString();
  const { sha256s, ...tables } = await withTransaction(pool, async (client) => {
    await holdMoment(client);
    return await writeTables(tar, client);
  });
  const pictures = { count: 0, bytes: 0 };
  const missing: string[] = [];
  for (const sha256 of sha256s) {
    const bytes = await sizeOfWhole(media.pathOf(sha256), sha256);
    if (bytes === null) {
      missing.push(sha256);
      continue;
    }
    await tar.add(pictureName(sha256), bytes, createReadStream(media.pathOf(sha256)));
    pictures.count += 1;
    pictures.bytes += bytes;
  }
  const manifest: Manifest = { format: FORMAT, hotlens: VERSION, madeAt, ...tables, pictures, missing };
  const json = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
  await tar.add(MANIFEST, json.length, [json]);
  const hash = Buffer.from(createHash('sha256').update(json).digest('hex'));
  await tar.add(MANIFEST_HASH, hash.length, [hash]);
  await tar.end();
  return manifest;
}

async function writeTables(
  tar: Writer,
  client: ClientBase,
): Promise<Pick<Manifest, 'migrations' | 'rows' | 'sequences' | 'parts'> & { readonly sha256s: readonly string[] }> {
  const migrations = await appliedMigrations(client);
  const rows: Record<string, number> = {};
  const parts: Manifest['parts'] = [];
  for (const table of await tableNames(client)) {
    rows[table] = 0;
    let lines: string[] = [];
    let bytes = 0;
    let number = 0;
    const flush = async () => {
      const content = Buffer.from(`${lines.join('\n')}\n`);
      const name = partName(table, number++);
      await tar.add(name, content.length, [content]);
      parts.push({ name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
      rows[table]! += lines.length;
      lines = [];
      bytes = 0;
    };
    for await (const line of dumpTable(client, table)) {
      lines.push(line);
      bytes += line.length;
      if (bytes >= PART_BYTES) await flush();
    }
    if (lines.length > 0) await flush();
  }
  const { rows: images } = await client.query<{ sha256: string }>('SELECT sha256::text FROM images ORDER BY 1');
  const sequences = await sequenceValues(client);
  return { migrations, rows, sequences, parts, sha256s: images.map(({ sha256 }) => sha256) };
}

/** The size of a file that holds what its hash says; null where it does not, or is not there. */
async function sizeOfWhole(file: string, sha256: string): Promise<number | null> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return hash.digest('hex') === sha256 ? bytes : null;
}
