// Every row of every table as one moment saw them, and back. As JSON by the database itself, so that every type comes back as it was.
import type { ClientBase } from 'pg';

/** Rows fetched at a time. */
const FETCHED = 200;

/** Our own tables, without the history of migrations; what the queue keeps is made anew from the rows. */
export async function tableNames(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** From here to the end of the transaction everything is as it is now; nothing is written. Before any other statement. */
export async function holdMoment(client: ClientBase): Promise<void> {
  await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
}

/** The rows of a table, each as a line of JSON. */
export async function* dumpTable(client: ClientBase, table: string): AsyncGenerator<string> {
  await client.query(`DECLARE dumped NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text AS row FROM ${quoted(table)} t`);
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${FETCHED} FROM dumped`);
    for (const { row } of rows) yield row;
    if (rows.length < FETCHED) break;
  }
  await client.query('CLOSE dumped');
}

/** Takes out of the tables what migrations wrote: rows that come back may be the same, changed since, or deleted. */
export async function clearTables(client: ClientBase, tables: Iterable<string>): Promise<void> {
  await client.query(`TRUNCATE ${[...tables].map(quoted).join(', ')}`);
}

/** Writes rows into a table, which must be known to be one, without regard to what they refer to. Resolves to how many. */
export async function loadRows(client: ClientBase, table: string, lines: readonly string[]): Promise<number> {
  // Of the transaction alone: rows may come before those that they refer to.
  await client.query(`SET LOCAL session_replication_role = 'replica'`);
  const { rowCount } = await client.query(
    `INSERT INTO ${quoted(table)} SELECT * FROM jsonb_populate_recordset(NULL::${quoted(table)}, $1::jsonb)`,
    [`[${lines.join(',')}]`],
  );
  return rowCount ?? 0;
}

/** The last value of each sequence; null where it was never used. */
export async function sequenceValues(client: ClientBase): Promise<Record<string, string | null>> {
  const { rows } = await client.query<{ name: string; value: string | null }>(
    `SELECT sequencename AS name, last_value::text AS value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

export async function setSequences(client: ClientBase, values: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [name, value] of Object.entries(values))
    if (value !== null) await client.query('SELECT setval($1::regclass, $2::bigint)', [quoted(name), value]);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
