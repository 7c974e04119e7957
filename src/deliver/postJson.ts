// Posts JSON to an address that somebody set: never to one that lies inside, unless an operator allows it, and never further than there.
import { Agent, request } from 'undici';
import { AppError, causesOf, messageOf } from '../errors.js';
import { guardedConnector, lookupAll } from '../ingest/guardedConnector.js';
import { mediaAllow } from '../ingest/mediaAllow.js';
import { readRetryAfter } from '../ingest/readRetryAfter.js';
import { VERSION } from '../version.js';
import { plainLine } from './plainLine.js';

export interface PostJsonOptions {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Hosts, addresses and networks that may be posted to although they are not public. */
  readonly allow: readonly string[];
  /** For all of it: name, connection, answer. */
  readonly timeoutMs: number;
}

/** Client errors that may pass: timeout, too early, too many requests. */
const PASSING_STATUS = new Set([408, 425, 429]);
/** Bytes of an answer that says why not. */
const MOST_READ = 2000;

/**
 * Resolves when it was taken (2xx). Rejects with AppError DELIVERY_REFUSED (final: the address must not be asked, or the answer will not
 * change) or DELIVERY_FAILED (`retryable`). Addresses are secrets: errors name the host alone.
 */
export async function postJson(url: string, { body, headers, allow, timeoutMs }: PostJsonOptions): Promise<void> {
  const { host } = new URL(url);
  const timeout = AbortSignal.timeout(timeoutMs);
  const agent = new Agent({
    connect: guardedConnector({
      allow: mediaAllow(allow, 'HOTLENS_DELIVER_ALLOW'),
      ports: [[1, 65_535]],
      resolve: lookupAll,
      timeoutMs,
      refused: (reason) => new AppError('DELIVERY_REFUSED', `${reason} (HOTLENS_DELIVER_ALLOW can name it)`),
    }),
  });
  try {
    const answer = await request(url, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/json', 'user-agent': `Hotlens/${VERSION}`, ...headers },
      body,
      signal: timeout,
    });
    const { statusCode } = answer;
    answer.body.on('error', () => undefined);
    if (statusCode >= 200 && statusCode < 300) {
      answer.body.destroy();
      return;
    }
    const said = await beginningOf(answer.body);
    const reason = `${host} answered ${statusCode}${said === '' ? '' : `: ${said}`}`;
    if (statusCode < 500 && !PASSING_STATUS.has(statusCode)) throw new AppError('DELIVERY_REFUSED', reason);
    const retryAfter = answer.headers['retry-after'];
    const retryAfterMs = readRetryAfter(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, Date.now());
    throw new AppError('DELIVERY_FAILED', reason, {
      retryable: true,
      kind: statusCode === 429 ? 'RATE_LIMIT' : 'SERVER',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  } catch (error) {
    const known = causesOf(error).find((cause) => cause instanceof AppError);
    if (known !== undefined) throw known;
    const reason = timeout.aborted ? `did not answer within ${timeoutMs} ms` : messageOf(error);
    throw new AppError('DELIVERY_FAILED', `${host}: ${reason}`, { cause: error, retryable: true, kind: 'NETWORK' });
  } finally {
    await agent.destroy();
  }
}

async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MOST_READ) break;
  }
  return plainLine(Buffer.concat(chunks).toString('utf8'), 200);
}
