// Only requests that were meant for this server: there are no keys yet, and any web page can make its reader's browser call 127.0.0.1.
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Whether the request names this machine as its host (a foreign name that resolves to 127.0.0.1 is DNS rebinding) and, where
 * a browser says on whose behalf it calls, that page comes from this machine too.
 */
export function isLocal({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  if (headers.host === undefined || !LOCAL.test(headers.host)) return false;
  if (headers.origin === undefined) return true;
  const origin = /^https?:\/\/([^/]+)$/.exec(headers.origin);
  return origin !== null && LOCAL.test(origin[1]!);
}

/** Refuses other requests with 403. */
export const localOnly: RequestHandler = (request, response, next) => {
  if (isLocal(request)) next();
  else response.status(403).json({ errors: [{ message: 'only requests to and from this machine are answered' }] });
};
