// Where a text or bytes are found: in every column of every table, and in every file of a folder.
import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Pool } from 'pg';

/** "schema.table" for each row of the database that holds the text, also within bytes, in any letter case; pg-boss's tables too. */
export async function tablesWith(pool: Pool, text: string): Promise<string[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss') ORDER BY 1`,
  );
  const hex = Buffer.from(text).toString('hex');
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query(
      `SELECT FROM ${name} t WHERE position(lower($1) IN lower(to_jsonb(t)::text)) > 0 OR position($2 IN to_jsonb(t)::text) > 0`,
      [text, hex],
    );
    found.push(...rows.map(() => name));
  }
  return found;
}

/** Files under the folder, relative to it. */
export async function filesIn(folder: string): Promise<string[]> {
  return (await entriesOf(folder))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Read once more where a folder in it went meanwhile; the folder itself must be there. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && error.path !== folder) return entriesOf(folder);
    throw error;
  });
}

/** Those that hold these bytes. */
export async function filesWith(folder: string, bytes: Buffer): Promise<string[]> {
  const files = await filesIn(folder);
  const contents = await Promise.all(files.map((file) => contentOf(path.join(folder, file))));
  return files.filter((_, i) => contents[i]!.includes(bytes));
}

/** Nothing where the file has gone meanwhile: folders are laid anew. */
async function contentOf(file: string): Promise<Buffer> {
  return await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
}
