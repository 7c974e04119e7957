// Whether the port that the API is to listen on is free, or a Hotlens is there.
import { codesOf, messageOf } from '../errors.js';
import { type Finding, failed, ok } from './finding.js';

const DEADLINE_MS = 5_000;

export async function checkPort({ host, port }: { readonly host: string; readonly port: number }): Promise<Finding> {
  if (port === 0) return ok('port', 'any that is free');
  const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(DEADLINE_MS) });
    const answer: unknown = await response.json().catch(() => undefined);
    if ((answer as { status?: unknown } | undefined)?.status === 'alive')
      return ok('port', `a Hotlens is alive at ${url}`);
    return failed('port', `another program answers at ${url}`, 'choose another port: --port or HOTLENS_PORT');
  } catch (error) {
    if (codesOf(error).includes('ECONNREFUSED')) return ok('port', `${port} is free`);
    return failed(
      'port',
      `what is at ${url} does not answer as Hotlens does: ${messageOf(error)}`,
      'choose another port: --port or HOTLENS_PORT',
    );
  }
}
