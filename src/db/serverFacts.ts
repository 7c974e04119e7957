// What is to be known of a PostgreSQL server before Hotlens runs on it?
import type { Pool } from 'pg';

export interface ServerFacts {
  readonly version: string;
  /** 160004 for 16.4. */
  readonly versionNumber: number;
  /** pgvector's, in this database; null: not switched on. */
  readonly vectorInstalled: string | null;
  /** pgvector's, on the server; null: not there. */
  readonly vectorAvailable: string | null;
  /** Whether this role may switch it on. */
  readonly mayCreateVector: boolean;
  /** Whether it may make schemas in this database, and tables in `public`. */
  readonly mayCreateSchema: boolean;
  readonly mayCreateTables: boolean;
  /** Of this session, which asked for UTC. */
  readonly timeZone: string;
  /** Epoch milliseconds, when the statement ran. */
  readonly now: number;
  /** Connections that the server gives to roles such as this one, and those that are taken. */
  readonly connectionLimit: number;
  readonly connections: number;
}

export async function serverFacts(pool: Pool): Promise<ServerFacts> {
  const { rows } = await pool.query<ServerFacts>(
    `SELECT current_setting('server_version') AS version,
            current_setting('server_version_num')::int AS "versionNumber",
            (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS "vectorInstalled",
            (SELECT default_version FROM pg_available_extensions WHERE name = 'vector') AS "vectorAvailable",
            (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR (
              has_database_privilege(current_database(), 'CREATE') AND
              EXISTS (SELECT FROM pg_available_extension_versions WHERE name = 'vector' AND trusted)) AS "mayCreateVector",
            has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchema",
            has_schema_privilege('public', 'CREATE') AS "mayCreateTables",
            current_setting('TimeZone') AS "timeZone",
            (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
            current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS "connectionLimit",
            (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS connections`,
  );
  return rows[0]!;
}
