// A new key, for its holder to see once.
import type { ClientBase } from 'pg';
import { type ApiKeyRow, insertApiKey } from '../db/access/apiKeyRow.js';
import { AppError } from '../errors.js';
import type { Role } from './role.js';
import { newKey } from './secrets.js';

export const MAX_KEY_NAME = 100;

export interface KeyRequest {
  readonly name: string;
  readonly role: Role;
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
}

export interface CreatedKey {
  readonly row: ApiKeyRow;
  /** Kept nowhere. */
  readonly key: string;
}

/** Makes a key. Rejects with AppError BAD_USER_INPUT for a name that can't be shown, or a time that is past. */
export async function createApiKey(client: ClientBase, { name, role, expiresAt }: KeyRequest): Promise<CreatedKey> {
  const shown = name.trim();
  if (shown.length === 0 || shown.length > MAX_KEY_NAME || /[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]/u.test(shown)) {
    throw new AppError('BAD_USER_INPUT', `name: expected 1 to ${MAX_KEY_NAME} characters that can be seen`);
  }
  if (expiresAt !== null && !(expiresAt.getTime() > Date.now())) {
    throw new AppError('BAD_USER_INPUT', 'expiresAt: expected a time to come');
  }
  const { key, prefix, secretHash } = newKey();
  const row = await insertApiKey(client, { name: shown, role, prefix, secretHash, expiresAt });
  return { row, key };
}
