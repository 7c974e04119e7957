// Where `hotlens keys` makes, lists and revokes keys: in the database, or through the server that has the embedded one open.
import type { ClientBase } from 'pg';
import type { Config } from '../config.js';
import { type ApiKeyRow, apiKeyById, apiKeysPage, revokeApiKey } from '../db/access/apiKeyRow.js';
import { insertAuditEvent } from '../db/access/auditEvents.js';
import type { Database } from '../db/database.js';
import { runningServer } from '../db/dataDirLock.js';
import { openDatabase } from '../db/openDatabase.js';
import { uuidv7 } from '../db/uuidv7.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { boundedJson } from './boundedJson.js';
import { createApiKey, type KeyRequest } from './createApiKey.js';
import { serverKeyDesk } from './serverKeyDesk.js';

/** A key as it is listed. */
export type ListedKey = Pick<
  ApiKeyRow,
  'id' | 'name' | 'role' | 'prefix' | 'createdAt' | 'expiresAt' | 'revokedAt' | 'lastUsedAt'
>;

export interface KeyDesk {
  /** The key itself is told once, and kept nowhere. */
  create(request: KeyRequest): Promise<ListedKey & { readonly key: string }>;
  /** All of them, newest first. */
  list(): AsyncIterable<ListedKey>;
  /** Rejects with AppError NOT_FOUND. */
  revoke(id: string): Promise<ListedKey>;
  close(): Promise<void>;
}

const PAGE = 100;

/**
 * Opens the desk. The embedded database belongs to one process: a server that has it open is asked, with what only the owner of the
 * data directory can read. Rejects with AppError CONFLICT where another process that is no server has it open.
 */
export async function openKeyDesk(config: Pick<Config, 'dataDir' | 'databaseUrl'>): Promise<KeyDesk> {
  const server = config.databaseUrl === undefined ? runningServer(config.dataDir) : undefined;
  return server === undefined ? databaseKeyDesk(await openDatabase(config)) : serverKeyDesk(server);
}

/** Every change leaves its event of the audit in its own transaction, as the mutations of the same names do. */
function databaseKeyDesk(db: Database): KeyDesk {
  const audit = (client: ClientBase, action: string, before: ApiKeyRow | null, after: ApiKeyRow) =>
    insertAuditEvent(client, {
      keyId: null,
      actor: 'command line',
      action,
      target: after.id,
      before: boundedJson(before),
      after: boundedJson(after),
      outcome: 'DONE',
      reason: null,
      requestId: uuidv7(),
    });
  return {
    async create(request) {
      return withTransaction(db.pool, async (client) => {
        const { row, key } = await createApiKey(client, request);
        await audit(client, 'createApiKey', null, row);
        return { ...row, key };
      });
    },
    async *list() {
      for (let after: ApiKeyRow | undefined, more = true; more; ) {
        const page = await apiKeysPage(db.pool, { limit: PAGE, after });
        yield* page.rows;
        after = page.rows.at(-1);
        more = page.more;
      }
    },
    async revoke(id) {
      return withTransaction(db.pool, async (client) => {
        const before = await apiKeyById(client, id);
        const row = await revokeApiKey(client, id);
        if (row === null) throw new AppError('NOT_FOUND', `there is no key ${id}: \`hotlens keys list\` lists them`);
        await audit(client, 'revokeApiKey', before, row);
        return row;
      });
    },
    close: () => db.close(),
  };
}
