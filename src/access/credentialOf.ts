// What a request shows: a key in its Authorization header, or the cookie of a session. Nowhere else: addresses are logged and shared.
import type { IncomingHttpHeaders } from 'node:http';

export interface Credential {
  readonly kind: 'key' | 'session';
  readonly secret: string;
}

export const SESSION_COOKIE = 'hotlens_session';

/** What the headers show; null: nothing. A key goes before a cookie. Other schemes than Bearer are a proxy's, and not for us. */
export function credentialOf({ authorization, cookie }: IncomingHttpHeaders): Credential | null {
  const secret = bearerKey(authorization);
  if (secret !== undefined) return { kind: 'key', secret };
  const token = sessionToken(cookie);
  return token === undefined ? null : { kind: 'session', secret: token };
}

/** What stands behind `Bearer`; undefined where the text is something else. */
export function bearerKey(text: unknown): string | undefined {
  const match = typeof text === 'string' ? /^bearer(?: +(.*))?$/is.exec(text.trim()) : null;
  return match === null ? undefined : (match[1] ?? '').trim();
}

/** The token in the session's cookie. */
export function sessionToken(cookie: string | undefined): string | undefined {
  const pair = cookie?.split(';').find((each) => each.trim().startsWith(`${SESSION_COOKIE}=`));
  return pair?.trim().slice(SESSION_COOKIE.length + 1);
}
