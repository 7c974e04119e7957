// Who asks? The one place where keys, sessions and the lack of both are judged, over HTTP and WebSocket alike.
import type { Pool } from 'pg';
import { type KeyHolder, keyByPrefix, noteKeyUse, sessionHolder, validAmong } from '../db/access/credentials.js';
import { keyState } from '../db/access/keyState.js';
import { endSession, openSession } from '../db/access/sessions.js';
import { startDeadline, unlessAborted } from '../deadline.js';
import { AppError } from '../errors.js';
import { requestSignal, withRequestSignal } from '../requestSignal.js';
import { later, retryLater } from '../retryLater.js';
import { createAttempts } from './attempts.js';
import { type Caller, LOCAL, OWNER } from './caller.js';
import { type Client, placeOf } from './clientOf.js';
import type { Credential } from './credentialOf.js';
import { hashOf, isSecretOf, newToken, readKey } from './secrets.js';

export const SESSION_HOURS = 12;
/** How old the answer may be to whether there are keys (ms): a new one holds in every process within a second. */
const STATE_MS = 250;
const NOTE_MS = 60_000;
/** Keys and sessions that were right lately: they are not held up by wrong ones from the same address. */
const MAX_TRUSTED = 1000;
/** What an unknown key is compared with, so that it costs what a known one costs. */
const NOBODY = hashOf(newToken());

export interface Access {
  /** Whether nobody is answered without a key. */
  keysNeeded(): Promise<boolean>;
  /** Who shows this. Rejects with AppError UNAUTHENTICATED where it, or having none, is not enough, and with TooManyAttempts. */
  callerOf(credential: Credential | null, client: Client): Promise<Caller>;
  /** Opens a session for a key; `token` is for the cookie. Rejects as callerOf does. */
  signIn(key: string, client: Client): Promise<{ token: string; caller: Caller; expiresAt: Date }>;
  signOut(token: string): Promise<void>;
  /** Of callers those that may go on: their keys and sessions are valid still. */
  standing(callers: readonly Caller[]): Promise<ReadonlySet<Caller>>;
}

export interface AccessOptions {
  readonly pool: Pool;
  /** Whether others than this machine can reach the server: then keys are needed also before there is one. */
  readonly exposed: () => boolean;
  /** What the owner of the data directory shows; undefined: nobody is. */
  readonly ownerKey: string | undefined;
  /** Longest that the database may take to say who asks (ms); then, and where it is away, everything rejects with AppError RETRY_LATER. */
  readonly timeoutMs: number;
  readonly onRefused: (why: { readonly address: string; readonly prefix?: string }) => void;
}

/** Opens nothing, asks the database at each request: a key that is revoked is refused from then on, in every process. */
export function createAccess({ pool, exposed, ownerKey, timeoutMs, onRefused }: AccessOptions): Access {
  const attempts = createAttempts();
  const trusted = new Set<string>();
  const noted = new Map<string, number>();
  const looking = new Map<string, Promise<Caller>>();
  const ownerHash = ownerKey === undefined ? undefined : hashOf(ownerKey);
  let state: { readonly at: number; readonly any: Promise<boolean> } | undefined;

  async function keysNeeded(): Promise<boolean> {
    if (exposed()) return true;
    const now = performance.now();
    if (state === undefined || now - state.at > STATE_MS) {
      const any = keyState(pool).then((found) => found.any);
      state = { at: now, any };
      any.catch(() => {
        // Asked again by the next request: nobody is let in on an answer that did not come.
        state = undefined;
      });
    }
    return state.any;
  }

  async function callerOf(credential: Credential | null, client: Client): Promise<Caller> {
    if (credential === null) {
      // Without keys this machine alone may: also a proxy's word that it is somebody else shuts the door.
      if (!client.local || (await keysNeeded()))
        throw new AppError('UNAUTHENTICATED', 'a key is needed: Authorization: Bearer hotlens_...');
      return LOCAL;
    }
    if (credential.kind === 'key' && client.local && isOwner(credential.secret)) return OWNER;
    // The same key in many requests at once is looked at once.
    const digest = hashOf(`${credential.kind} ${credential.secret}`);
    return looking.get(digest) ?? begin(digest, judge(credential, digest, client));
  }

  /** No longer than the first of them has time: a connection that never answers must not keep the others from asking anew. */
  function begin(digest: string, judged: Promise<Caller>): Promise<Caller> {
    const under = unlessAborted(judged, requestSignal()!).finally(() => looking.delete(digest));
    looking.set(digest, under);
    return under;
  }

  function isOwner(secret: string): boolean {
    return ownerHash !== undefined && isSecretOf(secret, ownerHash);
  }

  async function judge(credential: Credential, digest: string, { address }: Client): Promise<Caller> {
    const prefix = credential.kind === 'key' ? readKey(credential.secret)?.prefix : undefined;
    const takeBack = trusted.has(digest) ? undefined : await attempts.count({ address: placeOf(address), prefix });
    const caller = await (credential.kind === 'key' ? byKey(credential.secret) : bySession(credential.secret));
    if (caller === null) {
      trusted.delete(digest);
      onRefused({ address, ...(prefix === undefined ? {} : { prefix }) });
      const what = credential.kind === 'key' ? 'the key is not valid' : 'the session is not valid';
      throw new AppError('UNAUTHENTICATED', `${what}: unknown, expired or revoked`);
    }
    await takeBack?.();
    trust(digest);
    await noteUse(caller.keyId!);
    return caller;
  }

  async function byKey(text: string): Promise<Caller | null> {
    const key = readKey(text);
    const found = await keyByPrefix(pool, key?.prefix ?? '');
    const same = isSecretOf(key?.secret ?? text, found?.secretHash ?? NOBODY);
    return same && found?.valid ? callerWith(found) : null;
  }

  async function bySession(token: string): Promise<Caller | null> {
    const session = hashOf(token);
    const holder = await sessionHolder(pool, session);
    return holder && { ...callerWith(holder), by: 'session', session };
  }

  /** Once a minute and process; of several processes the database lets one. */
  async function noteUse(keyId: string): Promise<void> {
    const now = performance.now();
    if (now - (noted.get(keyId) ?? Number.NEGATIVE_INFINITY) < NOTE_MS) return;
    noted.set(keyId, now);
    await noteKeyUse(pool, keyId);
  }

  function trust(digest: string): void {
    // The one that was right last is forgotten last.
    trusted.delete(digest);
    trusted.add(digest);
    if (trusted.size > MAX_TRUSTED) trusted.delete(trusted.values().next().value!);
  }

  /**
   * A database that is stuck must not hold a request before its own time has begun to run. Nothing of it has been done then, and
   * nobody knows yet whether it would have read or written: it is to come later.
   */
  async function inTime<T>(work: () => Promise<T>): Promise<T> {
    const deadline = startDeadline(timeoutMs);
    try {
      return await unlessAborted(withRequestSignal(deadline.signal, work), deadline.signal);
    } catch (error) {
      if (error instanceof AppError && error.code === 'TIMEOUT') throw unanswered(timeoutMs, error);
      throw retryLater(error) ?? error;
    } finally {
      deadline.end();
    }
  }

  return {
    keysNeeded: () => inTime(keysNeeded),
    callerOf: (credential, client) => inTime(() => callerOf(credential, client)),
    signIn: (key, client) => inTime(() => signIn(key, client)),
    signOut: (token) => inTime(() => endSession(pool, hashOf(token))),
    standing: (callers) => inTime(() => standing(callers)),
  };

  async function signIn(key: string, client: Client): Promise<{ token: string; caller: Caller; expiresAt: Date }> {
    const caller = await callerOf({ kind: 'key', secret: key }, client);
    // The owner's is no key that could be revoked.
    if (caller.keyId === null) throw new AppError('UNAUTHENTICATED', 'sign in with a key of `hotlens keys create`');
    const token = newToken();
    const expiresAt = await openSession(pool, {
      tokenHash: hashOf(token),
      keyId: caller.keyId,
      hours: SESSION_HOURS,
    });
    return { token, caller, expiresAt };
  }

  async function standing(callers: readonly Caller[]): Promise<ReadonlySet<Caller>> {
    const valid = await validAmong(pool, {
      keyIds: callers.flatMap(({ by, keyId }) => (by === 'key' && keyId !== null ? [keyId] : [])),
      tokenHashes: callers.flatMap(({ session }) => (session === undefined ? [] : [session])),
    });
    const open = !(await keysNeeded());
    return new Set(
      callers.filter(({ by, keyId, session }) => {
        if (by === 'owner') return true;
        return by === 'nothing' ? open : valid.has(session ?? keyId ?? '');
      }),
    );
  }
}

function unanswered(ms: number, cause: AppError): AppError {
  return later(`the database has not said within ${ms} ms who may ask: try again later`, { cause, kind: 'DATABASE' });
}

function callerWith({ id, name, role }: KeyHolder): Caller {
  return { role, name, keyId: id, by: 'key' };
}
