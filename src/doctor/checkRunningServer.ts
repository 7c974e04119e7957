// A server that has the embedded database open, asked as the owner of its data directory.
import { messageOf } from '../errors.js';
import { deadLettersFinding } from './checkTables.js';
import { type Finding, failed, ok, warning } from './finding.js';

const DEADLINE_MS = 10_000;

interface Ready {
  readonly ready: boolean;
  readonly reasons?: readonly string[];
}

interface Queue {
  readonly data?: {
    readonly queue: {
      readonly deadLetterCount: number;
      readonly counts: readonly { readonly name: string; readonly waiting: number; readonly running: number }[];
    };
  };
  readonly errors?: readonly { readonly message: string }[];
}

export async function checkRunningServer(url: string, ownerKey: string | undefined): Promise<Finding[]> {
  const headers = {
    'content-type': 'application/json',
    ...(ownerKey === undefined ? {} : { authorization: `Bearer ${ownerKey}` }),
  };
  const ask = (place: string, init: RequestInit = {}) =>
    fetch(`${url}${place}`, { ...init, headers, signal: AbortSignal.timeout(DEADLINE_MS) });
  let answer: Response;
  try {
    answer = await ask('/readyz');
  } catch (error) {
    return [
      failed(
        'server',
        `${url}/readyz does not answer: ${messageOf(error)}`,
        'read its log; where it hangs, end it (SIGTERM) and start it again',
      ),
    ];
  }
  const { ready, reasons = [] } = (await answer.json()) as Ready;
  const finding = ready
    ? ok('server', `${url}/readyz: ready`)
    : warning(
        'server',
        `${url}/readyz: not ready${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`,
        'models take a while to load; where it stays so, read the log',
      );
  const body = JSON.stringify({ query: '{ queue { deadLetterCount counts { name waiting running } } }' });
  const { data, errors } = (await (await ask('/graphql', { method: 'POST', body })).json()) as Queue;
  if (data == null)
    return [finding, failed('queue', `the server does not tell: ${errors?.[0]?.message}`, 'read its log')];
  const { deadLetterCount, counts } = data.queue;
  const shown = counts.map(({ name, waiting, running }) => `${name} ${waiting} + ${running}`).join(', ');
  return [finding, deadLettersFinding(deadLetterCount), ok('queue', `jobs waiting + running: ${shown}`)];
}
