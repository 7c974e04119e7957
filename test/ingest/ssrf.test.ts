// Addresses that lead inside, in every spelling: none is connected to.
import type { LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FetchMediaOptions, fetchMedia } from '../../src/ingest/fetchMedia.js';

let inside: Server;
let port: number;
let connections = 0;
beforeAll(async () => {
  // On every address of this machine, IPv6 too where there is one: whatever leads inside would be seen.
  inside = createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: `http://rebound.example:${port}/picture` }).end();
    else response.writeHead(200, { 'content-type': 'image/png' }).end('inside');
  });
  inside.on('connection', () => {
    connections++;
  });
  await new Promise<void>((resolve) => inside.listen(0, resolve));
  port = (inside.address() as AddressInfo).port;
});
beforeEach(() => {
  connections = 0;
});
afterAll(() => {
  inside.closeAllConnections();
  inside.close();
});

const options: FetchMediaOptions = { allow: [], maxBytes: 10_000, timeoutMs: 20_000, ports: [[1, 65535]] };

describe('a literal address', () => {
  it.each([
    // Loopback.
    ['127.0.0.1', 'dotted'],
    ['127.0.0.1.', 'with a trailing dot'],
    ['127.1', 'of two parts'],
    ['127.0.1', 'of three parts'],
    ['127.255.255.254', 'at the end of its network'],
    ['2130706433', 'decimal'],
    ['0x7f000001', 'hexadecimal'],
    ['0x7f.1', 'hexadecimal, of two parts'],
    ['0X7F.0x0.0x0.0X1', 'hexadecimal in capitals'],
    ['0x7f.0.0.0x', 'with an empty hexadecimal part'],
    ['0177.0.0.1', 'octal'],
    ['017700000001', 'octal in one'],
    ['0177.0.0x1', 'mixed'],
    ['127。0。0。1', 'with ideographic full stops'],
    ['127．0．0．1', 'with full-width full stops'],
    ['１２７.0.0.1', 'in full-width digits'],
    ['①②⑦.0.0.1', 'in circled digits'],
    ['%31%32%37.0.0.1', 'percent-encoded'],
    ['127%2e0%2e0%2e1', 'with percent-encoded dots'],
    ['localhost', 'by name'],
    ['LOCALHOST', 'by name in capitals'],
    ['loc%61lhost', 'by name, percent-encoded'],
    ['ⓛocalhost', 'by name in compatibility letters'],
    ['0', 'zero'],
    ['0.0.0.0', 'zero, dotted'],
    ['[::1]', 'IPv6'],
    ['[0:0:0:0:0:0:0:1]', 'IPv6, unshortened'],
    ['[::]', 'IPv6 unspecified'],
    ['[::ffff:127.0.0.1]', 'IPv4-mapped'],
    ['[::ffff:7f00:1]', 'IPv4-mapped in hex'],
    ['[::ffff:0:127.0.0.1]', 'IPv4-translated'],
    ['[::127.0.0.1]', 'IPv4-compatible'],
    ['[64:ff9b::127.0.0.1]', 'through NAT64'],
    ['[64:ff9b::7f00:1]', 'through NAT64 in hex'],
    ['[64:ff9b:1::127.0.0.1]', 'through local NAT64'],
    ['[2002:7f00:1::]', 'through 6to4'],
    ['[2001:0:7f00:1::]', 'through Teredo'],
    // Other networks that are not the open Internet.
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.0.1', 'private'],
    ['169.254.169.254', 'of the metadata service'],
    ['[::ffff:169.254.169.254]', 'of the metadata service, mapped'],
    ['[fd00:ec2::254]', 'of the metadata service on IPv6'],
    ['100.64.0.1', 'behind a carrier'],
    ['192.0.0.8', 'of protocol assignments'],
    ['192.0.2.1', 'of documentation'],
    ['192.88.99.1', 'of the old 6to4 relays'],
    ['198.18.0.1', 'of benchmarks'],
    ['198.19.255.255', 'of benchmarks'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.250', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['[fe80::1]', 'link-local'],
    ['[fc00::1]', 'unique local'],
    ['[fec0::1]', 'site-local'],
    ['[ff02::1]', 'IPv6 multicast'],
    ['[100::1]', 'discarded'],
    ['[2001:db8::1]', 'of documentation on IPv6'],
  ])('%s (%s) is not connected to', async (host) => {
    await expect(fetchMedia(`http://${host}:${port}/picture`, options)).rejects.toMatchObject({
      code: 'MEDIA_REFUSED',
      retryable: false,
      message: expect.stringContaining('not a public address'),
    });
    expect(connections).toBe(0);
  });

  it.each([
    ['http://[fe80::1%25lo]/', 'a zone id'],
    ['http://[fe80::1%lo]/', 'a zone id, not encoded'],
    ['http://[::1%25lo]/', 'a zone id on loopback'],
    ['http://256.256.256.256/', 'parts out of range'],
    ['http://127.0.0.1:99999/', 'a port out of range'],
    ['http://exa mple.org/', 'a space'],
    ['http://127.0.0.1%00.example.org/', 'a NUL'],
    ['http:///picture', 'a host that is left out, and then none'],
    ['file:///etc/passwd', 'a file'],
    ['file://127.0.0.1/etc/passwd', 'a file on a host'],
    ['FILE:/etc/passwd', 'a file in capitals'],
    ['gopher://127.0.0.1:6379/_INFO', 'gopher'],
    ['ftp://127.0.0.1/picture', 'ftp'],
    ['dict://127.0.0.1/', 'dict'],
    ['jar:http://127.0.0.1!/', 'jar'],
    ['blob:http://127.0.0.1/1', 'blob'],
    ['data:image/png;base64,AAAA', 'data'],
    ['javascript:alert(1)', 'script'],
    ['//127.0.0.1/picture', 'no scheme'],
    ['http://user:secret@127.0.0.1/', 'a name and password'],
    ['http://user@127.0.0.1/', 'a name'],
    ['http://example.org@127.0.0.1/', 'a host in place of the name'],
    ['http://127.0.0.1\\@example.org/', 'a backslash before another host'],
  ])('%s (%s) is refused without a connection', async (url) => {
    const resolve = async (hostname: string): Promise<LookupAddress[]> => [{ address: hostname, family: 4 }];
    await expect(fetchMedia(url, { ...options, resolve })).rejects.toMatchObject({
      code: 'MEDIA_REFUSED',
      retryable: false,
    });
    expect({ url, connections }).toEqual({ url, connections: 0 });
  });
});

describe('a name', () => {
  /** Answers with these addresses, each time with the next; the last one stays. */
  function resolver(...answers: readonly (readonly string[])[]) {
    const asked: string[] = [];
    return {
      asked,
      async resolve(hostname: string): Promise<LookupAddress[]> {
        const answer = answers[Math.min(asked.push(hostname), answers.length) - 1]!;
        return answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      },
    };
  }

  it('is connected to at the address that was checked, though it changes in the meantime', async () => {
    // Allowed by its address alone, so that the check is the one that public names pass.
    const allow = ['127.0.0.1'];
    const { asked, resolve } = resolver(['127.0.0.1'], ['10.255.255.1']);
    const body = await fetchMedia(`http://changing.example:${port}/picture`, { ...options, allow, resolve });
    expect(Buffer.from(body).toString()).toBe('inside');
    expect(asked).toEqual(['changing.example']);
  });

  it('is checked anew after a redirect to it', async () => {
    const allow = ['127.0.0.1'];
    const { asked, resolve } = resolver(['127.0.0.1'], ['10.255.255.1']);
    await expect(
      fetchMedia(`http://changing.example:${port}/away`, { ...options, allow, resolve }),
    ).rejects.toMatchObject({
      code: 'MEDIA_REFUSED',
      message: expect.stringContaining('rebound.example: not a public'),
    });
    expect(asked).toEqual(['changing.example', 'rebound.example']);
    expect(connections).toBe(1);
  });

  it.each([
    [['8.8.8.8', '127.0.0.1']],
    [['127.0.0.1', '8.8.8.8']],
    [['2606:4700:4700::1111', '::1']],
    [['::ffff:127.0.0.1']],
    [['fe80::1%lo']],
    [['not an address']],
    [[]],
  ])('with the addresses %j is refused: one bad one is enough', async (addresses) => {
    const { resolve } = resolver(addresses);
    await expect(fetchMedia(`http://mixed.example:${port}/`, { ...options, resolve })).rejects.toMatchObject({
      code: 'MEDIA_REFUSED',
      message: expect.stringContaining('not a public address'),
    });
    expect(connections).toBe(0);
  });
});

describe('a port', () => {
  const publicName = async (): Promise<LookupAddress[]> => [{ address: '203.0.113.0', family: 4 }];
  it.each([22, 25, 6379, 8080, 9200, 65535])('%d of a public host is refused by default', async (asked) => {
    const resolve = async (): Promise<LookupAddress[]> => [{ address: '8.8.8.8', family: 4 }];
    const ports = [
      [80, 80],
      [443, 443],
    ] as const;
    await expect(fetchMedia(`http://public.example:${asked}/`, { ...options, ports, resolve })).rejects.toMatchObject({
      code: 'MEDIA_REFUSED',
      message: `public.example: port ${asked} is not fetched from (HOTLENS_MEDIA_PORTS can name it)`,
    });
  });

  it('tells nothing of hosts inside: their address is refused first', async () => {
    await expect(fetchMedia('http://x.example:22/', { ...options, ports: [], resolve: publicName })).rejects.toThrow(
      'not a public address',
    );
  });

  it('of a host that is allowed by name may be any', async () => {
    for (const allow of ['localhost', `localhost:${port}`, '127.0.0.0/8,::1']) {
      const body = await fetchMedia(`http://localhost:${port}/picture`, {
        ...options,
        ports: [],
        allow: allow.split(','),
      });
      expect(Buffer.from(body).toString()).toBe('inside');
    }
  });
});
