// Connections to addresses that somebody wrote, who must not get at what lies inside: checked on the very address that is connected to.
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AppError } from '../errors.js';
import type { MediaAllow } from './mediaAllow.js';

export interface Guard {
  readonly allow: MediaAllow;
  /** First and last of each range of ports that may be connected to; what `allow` names may be on any. */
  readonly ports: readonly (readonly [number, number])[];
  readonly resolve: (hostname: string) => Promise<LookupAddress[]>;
  /** What is thrown for a reason, and which of the two settings could let it through. */
  readonly refused: (reason: string, setting: 'ALLOW' | 'PORTS') => AppError;
}

/** Connects to the addresses that were checked, and to no other: the name is not asked for again. */
export function guardedConnector({
  timeoutMs,
  ...guard
}: Guard & { readonly timeoutMs: number }): buildConnector.connector {
  return (options, callback) => {
    const hostname = options.hostname.replace(/^\[|\]$/g, '');
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    checkedAddresses(hostname, port, guard).then(
      (addresses) => {
        const lookup = answerWith(addresses);
        buildConnector({ timeout: timeoutMs, autoSelectFamily: true, lookup })(options, callback);
      },
      (error) => callback(error, null),
    );
  };
}

/** The system's resolver. */
export function lookupAll(hostname: string): Promise<LookupAddress[]> {
  return lookup(hostname, { all: true });
}

async function checkedAddresses(
  hostname: string,
  port: number,
  { allow, ports, resolve, refused }: Guard,
): Promise<LookupAddress[]> {
  const addresses = await resolve(hostname);
  const named =
    addresses.length > 0 && (allow.host(hostname, port) || addresses.every(({ address }) => allow.names(address)));
  if (named) return addresses;
  // One bad address among good ones is enough: which one is taken must not be left to chance.
  if (addresses.length === 0 || !addresses.every(({ address }) => allow.address(address)))
    throw refused(`${hostname}: not a public address`, 'ALLOW');
  if (!ports.some(([first, last]) => port >= first && port <= last))
    throw refused(`${hostname}: port ${port} is not fetched from`, 'PORTS');
  return addresses;
}

/** A resolver that knows one answer. (For an address in place of a name none is asked.) */
function answerWith(addresses: LookupAddress[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    if (all) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  };
}
