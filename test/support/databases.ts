// The same tests on both databases: PGlite in memory, and PostgreSQL where HOTLENS_TEST_DATABASE_URL names a server
// (scripts/withPostgres.js starts one).
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe } from '@jest/globals';
import pg from 'pg';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';

const SERVER = process.env.HOTLENS_TEST_DATABASE_URL || undefined;

declare global {
  /** Failures in this file so far; kept by the test environment. */
  var failedTests: number;
}

/** Defines the tests twice, each time in a fresh, migrated database that its tests share. `open` gives it within a test or hook. */
export function describeDatabases(title: string, define: (open: () => Database) => void): void {
  describe(`${title} [PGlite]`, () => {
    define(sharedDatabase(() => openDatabase({ dataDir: undefined, databaseUrl: undefined })));
  });
  if (SERVER === undefined) {
    describe.skip(`${title} [PostgreSQL: skipped, HOTLENS_TEST_DATABASE_URL is not set]`, () => {
      define(() => {
        throw new Error('describeDatabases: a skipped test asked for its database');
      });
    });
    return;
  }
  describe(`${title} [PostgreSQL]`, () => {
    const database = freshDatabase();
    define(sharedDatabase(() => openDatabase({ dataDir: undefined, databaseUrl: database() })));
  });
}

/** Defines tests that only a PostgreSQL server can run, each time with the URL of a fresh, empty database. */
export function describePostgres(title: string, define: (url: () => string) => void): void {
  if (SERVER !== undefined) describe(`${title} [PostgreSQL]`, () => define(freshDatabase()));
  else {
    describe.skip(`${title} [PostgreSQL: skipped, HOTLENS_TEST_DATABASE_URL is not set]`, () => {
      define(() => '');
    });
  }
}

function sharedDatabase(open: () => Promise<Database>): () => Database {
  let database: Database | undefined;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => {
    await database?.close();
  });
  return () => {
    if (!database) throw new Error('describeDatabases: the database is open only within tests and hooks');
    return database;
  };
}

/** A database of its own on the server: dropped when all went well, kept and named when a test failed. */
function freshDatabase(): () => string {
  const name = `hotlens_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const url = new URL(SERVER!);
  url.pathname = `/${name}`;
  let failedBefore = 0;
  beforeAll(async () => {
    failedBefore = globalThis.failedTests;
    await onServer(`CREATE DATABASE ${name}`);
  });
  afterAll(async () => {
    if (globalThis.failedTests > failedBefore)
      process.stderr.write(`a test failed: its database ${name} is kept as long as the server is\n`);
    else await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
  });
  return () => url.href;
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER! });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
