// Where a request comes from, through proxies that were named.
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

export interface Client {
  readonly address: string;
  /** Whether it came by https, as far as a trusted proxy tells. */
  readonly secure: boolean;
  /** Whether that is this machine. */
  readonly local: boolean;
}

/** The nearest address that is not a trusted proxy's: what lies behind it in X-Forwarded-For anybody may have written. */
export function clientOf({ socket, headers }: IncomingMessage, trustedProxies: readonly string[]): Client {
  const peer = plain(socket.remoteAddress ?? '');
  const isHere = (address: string) => isLoopback(address) || address === plain(socket.localAddress ?? '');
  if (!isTrusted(peer, trustedProxies)) return { address: peer, secure: false, local: isHere(peer) };
  const hops = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((hop) => plain(hop.trim()))
    .filter((hop) => ipaddr.isValid(hop));
  const address = hops.findLast((hop) => !isTrusted(hop, trustedProxies)) ?? hops[0] ?? peer;
  const protocol = String(headers['x-forwarded-proto'] ?? '')
    .split(',')[0]!
    .trim();
  return { address, secure: protocol.toLowerCase() === 'https', local: isHere(address) };
}

/** What attempts are counted by: an IPv6 host has 2^64 addresses, so its network stands for it. */
export function placeOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6
    ? parsed.toNormalizedString().split(':').slice(0, 4).join(':')
    : parsed.toString();
}

/** IPv4 addresses come mapped into IPv6 where the server listens on both. */
function plain(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === 'loopback';
}

function isTrusted(address: string, proxies: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return proxies.some((proxy) => {
    const [network, bits] = ipaddr.isValidCIDR(proxy) ? ipaddr.parseCIDR(proxy) : whole(ipaddr.parse(proxy));
    return network.kind() === parsed.kind() && parsed.match(network as never, bits);
  });
}

function whole(address: ipaddr.IPv4 | ipaddr.IPv6): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
