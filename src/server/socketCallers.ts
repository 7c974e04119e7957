// Who is at the other end of each WebSocket, for as long as he may be.
import type { IncomingMessage } from 'node:http';
import { CloseCode, type Context as SocketContext } from 'graphql-ws';
import type { Extra } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import type { Access } from '../access/access.js';
import type { Caller } from '../access/caller.js';
import { clientOf } from '../access/clientOf.js';
import { bearerKey, type Credential, credentialOf } from '../access/credentialOf.js';
import type { Config } from '../config.js';
import { AppError, messageOf } from '../errors.js';

/** "Try again later" of RFC 6455's registry: clients connect again, which they do not after 4401. */
const TRY_AGAIN_LATER = 1013;
/** How often connections are looked at: one whose key was revoked or has expired ends within a second. */
const LOOK_MS = 500;
export const ENDED = 'the key is no longer valid';

type Connection = SocketContext<Record<string, unknown> | undefined, Extra>;

export interface SocketCallers {
  /** Whether the connection is let in; it is closed with 4401 where it is not, with 1013 where the database does not say. */
  admit(connection: Connection): Promise<boolean>;
  /** Whether what he showed is valid still, also where the connection has not been closed yet. Rejects with AppError RETRY_LATER. */
  mayGoOn(connection: Connection): Promise<boolean>;
  /** Who is there. Throws AppError UNAUTHENTICATED where nobody was let in. */
  callerOf(connection: Connection): Caller;
  forget(connection: Connection): void;
  close(): void;
}

/** A connection shows its key by `{ authorization: "Bearer ..." }` in connectionParams, in the header of the upgrade, or by its cookie. */
export function socketCallers({
  access,
  config,
  log,
}: {
  readonly access: Access;
  readonly config: Pick<Config, 'trustedProxies'>;
  readonly log: Logger;
}): SocketCallers {
  const callers = new Map<Connection, Caller>();
  let looking = false;

  async function look(): Promise<void> {
    if (looking || callers.size === 0) return;
    looking = true;
    try {
      // As they are now: whoever is let in meanwhile was not asked about.
      const now = [...callers];
      const standing = await access.standing(now.map(([, caller]) => caller));
      for (const [connection, caller] of now) if (!standing.has(caller)) end(connection, ENDED);
    } catch (error) {
      // The database is away: there is nothing to be told meanwhile either.
      log.warn({ reason: messageOf(error) }, 'cannot look after open connections');
    } finally {
      looking = false;
    }
  }

  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();

  function end(connection: Connection, reason: string, code: number = CloseCode.Unauthorized): void {
    callers.delete(connection);
    connection.extra.socket.close(code, reason);
  }

  return {
    async admit(connection) {
      const { request, socket } = connection.extra;
      try {
        const shown = credentialIn(connection.connectionParams, request);
        const caller = await access.callerOf(shown, clientOf(request, config.trustedProxies));
        // Whoever has left meanwhile is not told of a second time.
        if (socket.readyState !== socket.OPEN) return false;
        callers.set(connection, caller);
        return true;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // Reasons of closing may have 123 bytes.
        end(connection, error.message.slice(0, 120), error.code === 'RETRY_LATER' ? TRY_AGAIN_LATER : undefined);
        return false;
      }
    },
    async mayGoOn(connection) {
      const caller = callers.get(connection);
      return caller !== undefined && (await access.standing([caller])).has(caller);
    },
    callerOf(connection) {
      const caller = callers.get(connection);
      if (caller === undefined) throw new AppError('UNAUTHENTICATED', ENDED);
      return caller;
    },
    forget: (connection) => void callers.delete(connection),
    close: () => clearInterval(timer),
  };
}

function credentialIn(params: Record<string, unknown> | undefined, { headers }: IncomingMessage): Credential | null {
  const given = params?.authorization ?? params?.Authorization;
  if (given === undefined) return credentialOf(headers);
  // Whatever is given there is meant as a key, also without its scheme.
  return { kind: 'key', secret: bearerKey(given) ?? String(given) };
}
