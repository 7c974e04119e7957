import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { clientOf, placeOf } from '../../src/access/clientOf.js';

const from = (remoteAddress: string, headers: Record<string, string> = {}, localAddress = '192.0.2.1') =>
  ({ socket: { remoteAddress, localAddress }, headers }) as unknown as IncomingMessage;

const forwarded = (...hops: string[]) => ({ 'x-forwarded-for': hops.join(', '), 'x-forwarded-proto': 'https' });

describe('clientOf', () => {
  it('believes nobody by default', () => {
    expect(clientOf(from('203.0.113.9', forwarded('127.0.0.1')), [])).toEqual({
      address: '203.0.113.9',
      secure: false,
      local: false,
    });
  });

  it('takes the nearest address that is no trusted proxy’s, whatever stands before it', () => {
    const proxies = ['10.0.0.0/8', '2001:db8::1'];
    const hops = forwarded('127.0.0.1', '198.51.100.7', '10.2.3.4');
    expect(clientOf(from('10.0.0.1', hops), proxies)).toEqual({ address: '198.51.100.7', secure: true, local: false });
    expect(clientOf(from('::ffff:10.0.0.1', hops), proxies).address).toBe('198.51.100.7');
    expect(clientOf(from('2001:db8::1', hops), proxies).address).toBe('198.51.100.7');
    expect(clientOf(from('2001:db8::2', hops), proxies).address).toBe('2001:db8::2');
    expect(clientOf(from('10.0.0.1', forwarded('nonsense', '')), proxies).address).toBe('10.0.0.1');
    expect(clientOf(from('10.0.0.1'), proxies)).toMatchObject({ address: '10.0.0.1', secure: false });
  });

  it('knows this machine by loopback and by its own address', () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.9.9.9', '192.0.2.1'])
      expect({ address, local: clientOf(from(address), []).local }).toEqual({ address, local: true });
    expect(clientOf(from('192.0.2.2'), []).local).toBe(false);
    expect(clientOf(from('127.0.0.1', forwarded('203.0.113.9')), ['127.0.0.1']).local).toBe(false);
  });
});

describe('placeOf', () => {
  it('is an IPv4 address, however it is written, and an IPv6 network of 64 bits', () => {
    expect(placeOf('203.0.113.9')).toBe('203.0.113.9');
    expect(placeOf('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(placeOf('2001:db8:1:2:3:4:5:6')).toBe(placeOf('2001:db8:1:2::1'));
    expect(placeOf('2001:db8:1:3::1')).not.toBe(placeOf('2001:db8:1:2::1'));
    expect(placeOf('')).toBe('');
  });
});
