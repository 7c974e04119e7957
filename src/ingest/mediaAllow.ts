// Which addresses media may be fetched from: public ones, and what an operator allows on purpose.
import ipaddr from 'ipaddr.js';
import { AppError } from '../errors.js';

export interface MediaAllow {
  /** Whether this host, on this port, may be fetched from whatever its address is. */
  host(hostname: string, port: number): boolean;
  /** Whether this address may be connected to: a public one, or one that was allowed. */
  address(address: string): boolean;
  /** Whether this address was allowed by name: itself, or its network. */
  names(address: string): boolean;
}

/** Entries are hosts, host:port, addresses, [IPv6]:port or networks (CIDR). Throws AppError CONFIG, naming `variable`, for anything else. */
export function mediaAllow(entries: readonly string[], variable = 'HOTLENS_MEDIA_ALLOW'): MediaAllow {
  const networks: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  const hosts = new Set<string>();
  for (const entry of entries) {
    if (ipaddr.isValidCIDR(entry)) networks.push(ipaddr.parseCIDR(entry));
    else if (ipaddr.isValid(entry)) networks.push(wholeAddress(entry));
    else hosts.add(normalHost(entry, variable));
  }
  function names(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return networks.some(([network, bits]) => isWithin(parsed, network, bits));
  }
  return {
    names,
    host(hostname, port) {
      const name = bare(hostname).toLowerCase();
      return hosts.has(name) || hosts.has(`${name}:${port}`);
    },
    address(address) {
      return names(address) || isPublicAddress(address);
    },
  };
}

/** Whether an address is one of the open Internet; also the IPv4 address that some IPv6 addresses stand for must be. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && isPublic(ipaddr.process(address));
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  // 'unicast' is what is left when every special range of the IANA registries is taken out.
  if (address.range() === 'unicast') return !(address instanceof ipaddr.IPv6) || isGlobal(address);
  if (!(address instanceof ipaddr.IPv6)) return false;
  const embedded = embeddedIPv4(address);
  return embedded !== undefined && isPublic(embedded);
}

/** Only 2000::/3 has been given out; what lies beyond it (fec0::/10, ::a.b.c.d) is no public host. */
function isGlobal(address: ipaddr.IPv6): boolean {
  return address.match(ipaddr.IPv6.parse('2000::'), 3);
}

/** The IPv4 address that a gateway would connect to for NAT64 (64:ff9b::/96) and 6to4 (2002::/16) addresses. */
function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const bytes = address.toByteArray();
  if (address.match(ipaddr.IPv6.parse('64:ff9b::'), 96)) return new ipaddr.IPv4(bytes.slice(12));
  if (address.range() === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  // Teredo (2001::/32) is none of them: nobody serves pictures there, and its address is hidden in a client's.
  return undefined;
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, network: ipaddr.IPv4 | ipaddr.IPv6, bits: number): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

function wholeAddress(entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function normalHost(entry: string, variable: string): string {
  const url = URL.canParse(`http://${entry}/`) ? new URL(`http://${entry}/`) : undefined;
  if (url?.pathname !== '/' || url.username || url.search || url.hash) {
    throw new AppError(
      'CONFIG',
      `${variable}: expected a host, host:port, address or network, got ${JSON.stringify(entry)}`,
    );
  }
  // The URL drops port 80, as http's own; with a port the entry means that port and no other.
  const port = /:(\d+)$/.exec(entry)?.[1];
  const hostname = bare(url.hostname);
  return port ? `${hostname}:${Number(port)}` : hostname;
}

/** An IPv6 address without the brackets that it has in a URL. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
