// Who asks.
import type { Role } from './role.js';

export interface Caller {
  readonly role: Role;
  /** The key's name. Without one: 'local', this machine. */
  readonly name: string;
  readonly keyId: string | null;
  /** What it was shown. Nothing, while there are no keys; `owner`: what only the owner of the data directory can read. */
  readonly by: 'nothing' | 'owner' | 'key' | 'session';
  /** SHA-256 of the session's token in hex, by session. */
  readonly session?: string;
}

/** This machine, while there are no keys: as before there were any, it may everything. */
export const LOCAL: Caller = Object.freeze({ role: 'ADMIN', name: 'local', keyId: null, by: 'nothing' });
/** Whoever can read the data directory's lock file owns all that is in it. */
export const OWNER: Caller = Object.freeze({ role: 'ADMIN', name: 'local', keyId: null, by: 'owner' });
