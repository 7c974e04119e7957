// The gate: whatever stands behind it is answered to those only who may ask.
import type { IncomingMessage } from 'node:http';
import type { RequestHandler, Response } from 'express';
import type { Access } from '../access/access.js';
import type { Caller } from '../access/caller.js';
import { clientOf } from '../access/clientOf.js';
import { credentialOf, SESSION_COOKIE, sessionToken } from '../access/credentialOf.js';
import type { Config } from '../config.js';
import { AppError, type AppErrorCode } from '../errors.js';
import { retryAfterHeader } from '../retryLater.js';
import { isLocal, isOurs } from './answeredHosts.js';
import { requestIdOf } from './logRequests.js';
import { isDashboardPage, SIGN_IN } from './serveDashboard.js';
import { isGraphqlPage } from './serveGraphqlPage.js';

export interface GateOptions {
  readonly access: Access;
  readonly config: Pick<Config, 'allowedHosts' | 'trustedProxies'>;
}

/** Whether the request was meant for this server, as strictly as it must be while there are keys, or none. */
export async function isAnswered({ access, config }: GateOptions, request: IncomingMessage): Promise<boolean> {
  return (await access.keysNeeded()) ? isOurs(request, config.allowedHosts) : isLocal(request);
}

/** Refuses, with 403, requests by another name or on behalf of another page. */
export function answerOurs(options: GateOptions): RequestHandler {
  return async (request, response, next) => {
    const answered = await isAnswered(options, request).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      refuse(response, error);
    });
    if (answered) next();
    else if (answered === false) {
      const message =
        'only requests to and from this server are answered, by its address or a name in HOTLENS_ALLOWED_HOSTS';
      response
        .status(403)
        .json({ errors: [{ message, extensions: { code: 'FORBIDDEN', requestId: requestIdOf(response) } }] });
    }
  };
}

/** Lets those in who may ask; `signIn` answers browsers that come to look without a key. */
export function gate({ access, config }: GateOptions, signIn: RequestHandler = toSignIn): RequestHandler {
  return async (request, response, next) => {
    try {
      response.locals.caller = await access.callerOf(
        credentialOf(request.headers),
        clientOf(request, config.trustedProxies),
      );
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // Nobody is signed out, or asked for a key, because the database does not answer.
      const known = error.code !== 'RETRY_LATER';
      if (known && sessionToken(request.headers.cookie) !== undefined)
        response.clearCookie(SESSION_COOKIE, { path: '/' });
      const browser = request.accepts(['json', 'html']) === 'html';
      if (known && browser && (isDashboardPage(request) || isGraphqlPage(request)))
        signIn(request, response.status(statusOf(error)), next);
      else refuse(response, error);
      return;
    }
    next();
  };
}

/** To the page for it, which knows where to come back to. */
const toSignIn: RequestHandler = (request, response) => {
  response.setHeader('Cache-Control', 'no-store');
  response.redirect(`${SIGN_IN}?${new URLSearchParams({ to: request.originalUrl })}`);
};

/** Who asks, behind the gate. */
export function callerOf({ locals }: Pick<Response, 'locals'>): Caller {
  return locals.caller as Caller;
}

/** Answers what a client may read, in the form of a GraphQL error. */
export function refuse(response: Response, error: AppError): void {
  const { retryAfterMs } = error;
  response.set(retryAfterHeader(error));
  if (error.code === 'UNAUTHENTICATED') response.setHeader('WWW-Authenticate', 'Bearer realm="hotlens"');
  response.setHeader('Cache-Control', 'no-store');
  const extensions = {
    code: error.code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    requestId: requestIdOf(response),
  };
  response.status(statusOf(error)).json({ errors: [{ message: error.message, extensions }] });
}

const STATUSES: Partial<Record<AppErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_LARGE: 413,
  TOO_MANY_ATTEMPTS: 429,
  RETRY_LATER: 503,
};

function statusOf({ code }: AppError): number {
  return STATUSES[code] ?? 400;
}
