// Only requests that were meant for this server: any web page can make its reader's browser call it.
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

type Headers = Pick<IncomingMessage, 'headers'>;

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Without keys: whether the request names this machine as its host (a foreign name that resolves to 127.0.0.1 is DNS rebinding) and,
 * where a browser says on whose behalf it calls, that page comes from this machine too.
 */
export function isLocal({ headers }: Headers): boolean {
  if (headers.host === undefined || !LOCAL.test(headers.host)) return false;
  if (headers.origin === undefined) return true;
  const origin = /^https?:\/\/([^/]+)$/.exec(headers.origin);
  return origin !== null && LOCAL.test(origin[1]!);
}

/**
 * With keys: whether the request names this machine, an address, or a name that the configuration lists (no page can give its own
 * name an address of ours then), and comes from no other page than this server's own.
 */
export function isOurs({ headers }: Headers, allowedHosts: readonly string[]): boolean {
  const host = headers.host?.toLowerCase();
  if (host === undefined || !isAnswered(host, allowedHosts)) return false;
  return headers.origin === undefined || hostOfOrigin(headers.origin) === withoutUsualPort(host);
}

function isAnswered(host: string, allowedHosts: readonly string[]): boolean {
  if (LOCAL.test(host)) return true;
  const [, name] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/.exec(host) ?? [];
  if (name === undefined) return false;
  return allowedHosts.includes(host) || allowedHosts.includes(name) || ipaddr.isValid(name.replace(/^\[|\]$/g, ''));
}

/** `null` and other origins without a host are nobody's. */
function hostOfOrigin(origin: string): string | undefined {
  return URL.canParse(origin) ? withoutUsualPort(new URL(origin).host) : undefined;
}

/** Which of both a proxy speaks is not known here. */
function withoutUsualPort(host: string): string {
  return host.replace(/:(80|443)$/, '');
}
