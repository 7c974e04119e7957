// Looks at everything that Hotlens needs, in the order in which it is needed. Changes nothing.
import pg from 'pg';
import { examineConfig } from '../config.js';
import { UTC, withSettings } from '../db/openPostgres.js';
import { messageOf } from '../errors.js';
import { checkChromium } from './checkChromium.js';
import { checkDataDir } from './checkDataDir.js';
import { checkDeliveries } from './checkDeliveries.js';
import { checkEmbedded } from './checkEmbedded.js';
import { checkModels } from './checkModels.js';
import { checkPort } from './checkPort.js';
import { checkPostgres } from './checkPostgres.js';
import { checkConfig, checkNode } from './checkSettings.js';
import { checkTables } from './checkTables.js';
import { type Finding, failed, tried } from './finding.js';

export interface ExamineOptions {
  /** Absolute; undefined: the configuration's. */
  readonly dataDir: string | undefined;
  /** Whether the models are loaded and a picture is captioned. */
  readonly trial: boolean;
}

const CONNECT_MS = 10_000;
const STATEMENT_MS = 30_000;

/** The findings, as they are made. */
export async function* examine({ dataDir, trial }: ExamineOptions): AsyncGenerator<Finding> {
  const { config: given, problems, unknown } = examineConfig();
  const config = { ...given, dataDir: dataDir ?? given.dataDir };
  yield checkNode(process.versions.node);
  yield* checkConfig(problems, unknown);
  yield* await tried('data folder', () => checkDataDir(config.dataDir, config.ingest.minFreeBytes));
  const { databaseUrl } = config;
  // Of a DATABASE_URL that is wrong nothing can be said, nor is the embedded database meant.
  if (databaseUrl !== undefined) {
    yield* await tried('database', () =>
      withReadOnly(databaseUrl, async (pool) => [
        ...(await checkPostgres(pool)),
        ...(await tried('tables', () => checkTables(pool, config))),
      ]),
    );
  } else if (!problems.some(({ variable }) => variable === 'DATABASE_URL')) {
    yield* await tried('database', () => checkEmbedded(config));
  }
  yield* await tried('port', () => checkPort(config));
  yield* await tried('deliveries', () => checkDeliveries(config));
  yield* checkModels(config, { trial });
  yield checkChromium();
}

/** Over connections that the server itself keeps from changing anything. */
async function withReadOnly(
  databaseUrl: string,
  look: (pool: pg.Pool) => Promise<Finding[]>,
): Promise<readonly Finding[]> {
  const pool = new pg.Pool({
    connectionString: withSettings(databaseUrl, [...UTC, 'default_transaction_read_only=on']),
    application_name: 'hotlens doctor',
    max: 1,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
  });
  pool.on('error', () => undefined);
  try {
    const refused = await pool.query('SELECT 1').then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    if (refused !== undefined)
      return [
        failed(
          'database',
          `the PostgreSQL server of DATABASE_URL cannot be reached: ${refused}`,
          'see that it runs, that its address, name and password are right, and that it lets this machine in (pg_hba.conf)',
        ),
      ];
    return await look(pool);
  } finally {
    await pool.end();
  }
}
