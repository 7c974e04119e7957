// The PostgreSQL server of DATABASE_URL: whether it is there, and whether it will do.
import type { Pool } from 'pg';
import { isOldVector, OLDEST_VERSION, POOL_SIZE } from '../db/openPostgres.js';
import { type ServerFacts, serverFacts } from '../db/serverFacts.js';
import { type Finding, failed, ok, warning } from './finding.js';

/** An API's: its pool, one connection that listens for events and one that tells of them. */
const CONNECTIONS = POOL_SIZE + 2;
/** Differences between the clocks of the server and this machine (ms) that are told of, and that are too much: when jobs are due, keys expire and posts grow old. */
const SKEW_MS = 2_000;
const MUCH_SKEW_MS = 60_000;
const SLOW_MS = 20;

export async function checkPostgres(pool: Pool): Promise<Finding[]> {
  await pool.query('SELECT 1');
  const before = Date.now();
  const facts = await serverFacts(pool);
  const middle = (before + Date.now()) / 2;
  return [
    await checkServer(pool, facts),
    checkVector(facts),
    checkRights(facts),
    checkZone(facts),
    checkClock(facts.now - middle),
    checkConnections(facts),
  ];
}

async function checkServer(pool: Pool, { version, versionNumber }: ServerFacts): Promise<Finding> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await pool.query('SELECT 1');
    times.push(performance.now() - start);
  }
  const ms = times.sort((a, b) => a - b)[2]!;
  const shown = `PostgreSQL ${version}, a statement takes ${ms.toFixed(1)} ms`;
  if (versionNumber < OLDEST_VERSION) return failed('database', shown, 'update it to PostgreSQL 14 or newer');
  if (ms > SLOW_MS)
    return warning('database', shown, 'bring it nearer to Hotlens: every post and job takes several statements');
  return ok('database', shown);
}

function checkVector({ vectorInstalled, vectorAvailable, mayCreateVector }: ServerFacts): Finding {
  const vector = vectorInstalled ?? vectorAvailable;
  if (vector !== null && isOldVector(vector))
    return failed('pgvector', vector, 'update it to 0.8 or newer, then ALTER EXTENSION vector UPDATE');
  if (vectorInstalled !== null) return ok('pgvector', vectorInstalled);
  if (vectorAvailable === null)
    return failed(
      'pgvector',
      'the server does not have it',
      'install it there (https://github.com/pgvector/pgvector; Debian: postgresql-NN-pgvector of apt.postgresql.org)',
    );
  if (mayCreateVector)
    return ok('pgvector', `${vectorAvailable} is there, and is switched on when Hotlens starts for the first time`);
  return failed(
    'pgvector',
    `${vectorAvailable} is there, but not in this database, and this role may not switch it on`,
    'have a superuser run CREATE EXTENSION vector in this database',
  );
}

function checkRights({ mayCreateSchema, mayCreateTables }: ServerFacts): Finding {
  if (mayCreateSchema && mayCreateTables) return ok('rights', 'the role may make tables and schemas');
  return failed(
    'rights',
    'the role may not make tables in the schema public, or no schema for the queue',
    'make it the owner of the database: ALTER DATABASE name OWNER TO role (docs/operations.md)',
  );
}

function checkZone({ timeZone }: ServerFacts): Finding {
  if (timeZone === 'UTC') return ok('time zone', 'sessions are in UTC');
  return failed(
    'time zone',
    `sessions are in ${timeZone} although UTC is asked for: times would be read wrongly`,
    "let whatever stands between (a pooler?) pass the connection's options on, or ALTER ROLE role SET timezone = 'UTC'",
  );
}

function checkClock(skewMs: number): Finding {
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  if (Math.abs(skewMs) < SKEW_MS) return ok('clock', `within ${SKEW_MS / 1000} s of the database server's`);
  const shown = `${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} the database server's`;
  return (Math.abs(skewMs) < MUCH_SKEW_MS ? warning : failed)('clock', shown, 'run NTP on both machines');
}

function checkConnections({ connectionLimit, connections }: ServerFacts): Finding {
  const free = connectionLimit - connections;
  const shown = `${connections} of ${connectionLimit} taken; a process takes up to ${CONNECTIONS}`;
  if (free >= CONNECTIONS) return ok('connections', shown);
  return warning(
    'connections',
    shown,
    'raise max_connections: the number of processes times what one takes, and some for you',
  );
}
