// A PostgreSQL server that says something else of itself: an older version, another clock, no pgvector.
import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface Pretence {
  /** What current_setting() says. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether neither the server nor the database has pgvector. */
  readonly withoutVector?: boolean;
  /** Which pgvector it has. */
  readonly vectorVersion?: string;
  /** How far its clock is ahead (ms). */
  readonly aheadMs?: number;
}

/**
 * The database's URL, for sessions that are told so: functions and views of the same names are found before the system's. As a
 * superuser's; what a session does else is as ever.
 */
export async function pretendingServer(
  databaseUrl: string,
  { settings = {}, withoutVector = false, vectorVersion, aheadMs = 0 }: Pretence,
): Promise<string> {
  const schema = `pretence_${randomBytes(4).toString('hex')}`;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`CREATE SCHEMA ${schema}`);
    await client.query(
      `CREATE FUNCTION ${schema}.current_setting(name text) RETURNS text LANGUAGE sql STABLE AS $f$
         SELECT coalesce(${client.escapeLiteral(JSON.stringify(settings))}::jsonb ->> name, pg_catalog.current_setting(name)) $f$`,
    );
    await client.query(
      `CREATE FUNCTION ${schema}.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $f$
         SELECT pg_catalog.clock_timestamp() + ${aheadMs} * interval '1 ms' $f$`,
    );
    if (withoutVector) {
      await client.query(
        `CREATE VIEW ${schema}.pg_extension AS SELECT * FROM pg_catalog.pg_extension WHERE extname <> 'vector'`,
      );
      await client.query(
        `CREATE VIEW ${schema}.pg_available_extensions AS SELECT * FROM pg_catalog.pg_available_extensions WHERE name <> 'vector'`,
      );
    }
    if (vectorVersion !== undefined) {
      const version = client.escapeLiteral(vectorVersion);
      await client.query(
        `CREATE VIEW ${schema}.pg_extension AS SELECT extname, CASE extname WHEN 'vector' THEN ${version} ELSE extversion END AS extversion
           FROM pg_catalog.pg_extension`,
      );
      await client.query(
        `CREATE VIEW ${schema}.pg_available_extensions AS SELECT name, CASE name WHEN 'vector' THEN ${version} ELSE default_version END AS default_version
           FROM pg_catalog.pg_available_extensions`,
      );
    }
  } finally {
    await client.end();
  }
  const url = new URL(databaseUrl);
  url.searchParams.set('options', `-c search_path=${schema},pg_catalog,public`);
  return url.href;
}
