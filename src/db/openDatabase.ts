// One client for both databases: PGlite in a thread of its own, or PostgreSQL by its URL.
import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import type { Database } from './database.js';
import { PrismaClient } from './generated/client.js';
import { closeAbandonedImports } from './importRecord.js';
import { migrate } from './migrate.js';
import { type OpenEmbeddedOptions, openEmbedded } from './openEmbedded.js';
import { openPostgres } from './openPostgres.js';

export interface OpenDatabaseOptions {
  /** Folder of the embedded database; undefined: in memory, gone when closed. Not used with `databaseUrl`. */
  readonly dataDir: string | undefined;
  /** postgresql://...; undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
  /** See openEmbedded. */
  readonly onDeath?: OpenEmbeddedOptions['onDeath'];
}

/**
 * Opens the database and brings its tables up to date. Rejects with AppError: CONFLICT when another process has the
 * embedded database's folder open or the migrations disagree, DATABASE_UNAVAILABLE when the PostgreSQL server will not do.
 */
export async function openDatabase({ dataDir, databaseUrl, onDeath }: OpenDatabaseOptions): Promise<Database> {
  const { pool, announce, close } =
    databaseUrl === undefined
      ? await openEmbedded({ dataDir, beginning: 'migrated', onDeath })
      : { ...(await openPostgres(databaseUrl)), announce: () => undefined };
  try {
    await migrate(pool);
    const prisma = await connectPrisma(pool);
    if (databaseUrl === undefined) await closeAbandonedImports(prisma);
    return {
      kind: databaseUrl === undefined ? 'embedded' : 'postgresql',
      prisma,
      pool,
      announce,
      async close() {
        await prisma.$disconnect();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function connectPrisma(pool: Pool): Promise<PrismaClient> {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  await prisma.$connect();
  return prisma;
}
