// The database as the rest of Hotlens sees it: the same Prisma client, pool and SQL on PGlite and on PostgreSQL.
import type { Pool } from 'pg';
import type { PrismaClient } from './generated/client.js';

export interface Database {
  readonly kind: 'embedded' | 'postgresql';
  readonly prisma: PrismaClient;
  /** For raw SQL and for pg-boss. Sessions are UTC. No named statements, SET, session advisory locks or LISTEN here: PGlite shares one session. */
  readonly pool: Pool;
  /**
   * Tells whoever finds the embedded database's folder in use where to reach the server that has it open, and the folder's owner
   * what to show there.
   * Does nothing on PostgreSQL and in memory.
   */
  announce(url: string, ownerKey?: string): void;
  close(): Promise<void>;
}
