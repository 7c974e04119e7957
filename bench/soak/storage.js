// What lies in the database and in the folders.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_total_relation_size(c.oid)::float8 AS bytes,
    pg_stat_get_dead_tuples(c.oid)::float8 AS dead
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname IN ('public', 'pgboss') ORDER BY 1`;

/** By name: bytes with indexes and TOAST, rows (counted), and dead rows as the database's statistics have them. */
export async function lookAtTables(ask) {
  const tables = await ask(TABLES);
  const counts = tables.map(({ name }) => `SELECT '${name}' AS name, count(*)::float8 AS rows FROM ${name}`);
  const rows = new Map((await ask(counts.join(' UNION ALL '))).map(({ name, rows }) => [name, rows]));
  return new Map(
    tables.map(({ name, bytes, dead }) => [name.replace(/^public\./, ''), { bytes, dead, rows: rows.get(name) }]),
  );
}

/** Files under a folder, and their bytes; what goes away meanwhile is left out. */
export async function lookAtFolder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(unlessGone([]));
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => stat(path.join(parentPath, name)).catch(unlessGone(null))),
  );
  const there = sizes.filter((one) => one !== null);
  return { files: there.length, bytes: there.reduce((sum, { size }) => sum + size, 0) };
}

function unlessGone(instead) {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}
