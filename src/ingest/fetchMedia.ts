// Downloads a picture from an address that a stranger wrote: only over http(s), only from public addresses, bounded in bytes, time
// and redirects. The address is checked when the connection is made, on the very address that is connected to, so that neither a
// redirect nor a name that resolves differently the second time leads inside.
import type { LookupAddress } from 'node:dns';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, request } from 'undici';
import { AppError, messageOf } from '../errors.js';
import { VERSION } from '../version.js';
import { guardedConnector, lookupAll } from './guardedConnector.js';
import { mediaAllow } from './mediaAllow.js';
import { readRetryAfter } from './readRetryAfter.js';

export interface FetchMediaOptions {
  /** Hosts, addresses and networks that may be fetched from although they are not public. */
  readonly allow: readonly string[];
  /** Largest body, also after decompression. */
  readonly maxBytes: number;
  /** For all of it: names, connections, redirects, body. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** First and last of each range of ports that may be fetched from; what `allow` names may be on any. */
  readonly ports: readonly (readonly [number, number])[];
  /** Asks for a name's addresses; the system's resolver where it is left out. */
  readonly resolve?: (hostname: string) => Promise<LookupAddress[]>;
}

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Client errors that may pass: timeout, too early, too many requests. */
const PASSING_STATUS = new Set([408, 425, 429]);
const HEADERS = {
  accept: 'image/*',
  'accept-encoding': 'identity',
  'user-agent': `Hotlens/${VERSION}`,
};

/**
 * Resolves to the body. Rejects with AppError: MEDIA_REFUSED (final: the address, the type or the size is not acceptable) or
 * MEDIA_UNAVAILABLE (`retryable` for network errors, timeouts, 408, 425, 429 and 5xx; final for every other status).
 */
export async function fetchMedia(
  url: string,
  { allow, maxBytes, timeoutMs, signal, ports, resolve = lookupAll }: FetchMediaOptions,
): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const stop = signal ? AbortSignal.any([signal, timeout]) : timeout;
  // One agent a picture: no connection outlives the check that it was made under.
  const agent = new Agent({
    connect: guardedConnector({ allow: mediaAllow(allow), ports, resolve, timeoutMs, refused }),
  });
  try {
    return await follow(new URL(checkScheme(url)), { agent, maxBytes, signal: stop });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const refusal = causeOf(error);
    if (refusal) throw refusal;
    if (signal?.aborted)
      throw new AppError('MEDIA_UNAVAILABLE', 'the download was stopped', {
        cause: error,
        retryable: true,
        kind: 'NETWORK',
      });
    const reason = timeout.aborted ? `took longer than ${timeoutMs} ms` : messageOf(error);
    throw new AppError('MEDIA_UNAVAILABLE', `${shownUrl(url)}: ${reason}`, {
      cause: error,
      retryable: true,
      kind: 'NETWORK',
    });
  } finally {
    // Not close(): it would wait for a body that is refused half way.
    await agent.destroy();
  }
}

interface Following {
  readonly agent: Agent;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

async function follow(first: URL, { agent, maxBytes, signal }: Following): Promise<Uint8Array> {
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const response = await request(url.href, { dispatcher: agent, headers: HEADERS, signal });
    const { statusCode, headers, body } = response;
    // A body that nobody reads to its end fails when the agent goes, and an error without a listener would end the process.
    body.on('error', () => undefined);
    if (!REDIRECTS.has(statusCode)) return await readBody({ url, statusCode, headers, body, maxBytes });
    body.destroy();
    const location = one(headers.location);
    if (location === undefined || !URL.canParse(location, url.href)) {
      throw new AppError('MEDIA_UNAVAILABLE', `${shownUrl(url.href)}: a redirect (${statusCode}) that leads nowhere`);
    }
    if (redirects === MAX_REDIRECTS)
      throw new AppError('MEDIA_REFUSED', `${shownUrl(first.href)}: more than ${MAX_REDIRECTS} redirects`);
    url = new URL(checkScheme(new URL(location, url).href));
  }
}

interface Answer {
  readonly url: URL;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
  readonly maxBytes: number;
}

async function readBody({ url, statusCode, headers, body, maxBytes }: Answer): Promise<Uint8Array> {
  const refuse = (reason: string) => new AppError('MEDIA_REFUSED', `${shownUrl(url.href)}: ${reason}`);
  if (statusCode !== 200) {
    const retryable = statusCode >= 500 || PASSING_STATUS.has(statusCode);
    const retryAfterMs = readRetryAfter(one(headers['retry-after']), Date.now());
    throw new AppError('MEDIA_UNAVAILABLE', `${shownUrl(url.href)}: the server answered ${statusCode}`, {
      retryable,
      kind: !retryable ? 'REFUSED' : statusCode === 429 ? 'RATE_LIMIT' : 'SERVER',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  const type = one(headers['content-type'])?.replace(/;.*/s, '').trim().toLowerCase();
  // Without a type, or with that of bytes in general, decoding decides.
  const isPicture = type?.startsWith('image/') && !type.startsWith('image/svg');
  if (type && !isPicture && !/^(application|binary)\/octet-stream$/.test(type)) {
    throw refuse(`not a picture but ${type.slice(0, 100)}`);
  }
  const tooLarge = () => refuse(`larger than ${maxBytes} bytes`);
  if (Number(one(headers['content-length'])) > maxBytes) throw tooLarge();

  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of decompressed(body, one(headers['content-encoding']), refuse)) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body without its content encoding: asked not to, some servers compress all the same. */
function decompressed(
  body: Readable,
  encoding: string | undefined,
  refuse: (reason: string) => AppError,
): AsyncIterable<Uint8Array> {
  const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };
  const name = encoding?.trim().toLowerCase();
  if (!name || name === 'identity') return body;
  if (!Object.hasOwn(decoders, name)) throw refuse(`encoded as ${name.slice(0, 100)}`);
  const decoder = decoders[name as keyof typeof decoders]();
  body.once('error', (error) => decoder.destroy(error));
  return body.pipe(decoder);
}

function refused(reason: string, variable: 'ALLOW' | 'PORTS'): AppError {
  return new AppError('MEDIA_REFUSED', `${reason} (HOTLENS_MEDIA_${variable} can name it)`);
}

/** http and https alone, and no name and password that a stranger wants us to send. */
function checkScheme(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new AppError('MEDIA_REFUSED', `${shownUrl(text)}: not an http or https address`);
  }
  if (url.username || url.password) throw new AppError('MEDIA_REFUSED', 'an address with a user name or password');
  return url.href;
}

/** What the connector threw arrives wrapped. */
function causeOf(error: unknown): AppError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof AppError) return cause;
  return undefined;
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function shownUrl(url: string): string {
  return url.length > 200 ? `${url.slice(0, 197)}...` : url;
}
