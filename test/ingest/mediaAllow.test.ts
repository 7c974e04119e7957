import { describe, expect, it } from '@jest/globals';
import { isPublicAddress, mediaAllow } from '../../src/ingest/mediaAllow.js';

describe('isPublicAddress', () => {
  // IANA special-purpose address registries, and addresses that stand for one of these.
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12::1',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001:db8::1',
    '2001::1',
    '3fff::1',
    '5f00::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '::ffff:0:127.0.0.1',
    '::127.0.0.1',
    '::10.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::8.8.8.8',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    '2002:0a00:0001::',
    'not an address',
    '',
  ])('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:0808:0808::1',
  ])('accepts %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('mediaAllow', () => {
  it('lets in what it names, and nothing beside it', () => {
    const allow = mediaAllow([
      'Intranet.example',
      'other.example:8080',
      '10.1.0.0/16',
      '192.168.1.7',
      '127.0.0.1:9',
      '[::1]:80',
      'fd00::/8',
    ]);
    expect(allow.host('intranet.example', 1234)).toBe(true);
    expect(allow.host('sub.intranet.example', 80)).toBe(false);
    expect(allow.host('other.example', 8080)).toBe(true);
    expect(allow.host('other.example', 80)).toBe(false);
    expect(allow.host('127.0.0.1', 9)).toBe(true);
    expect(allow.host('127.0.0.1', 80)).toBe(false);
    expect(allow.host('::1', 80)).toBe(true);
    expect(allow.address('10.1.2.3')).toBe(true);
    expect(allow.address('::ffff:10.1.2.3')).toBe(true);
    expect(allow.address('10.2.0.1')).toBe(false);
    expect(allow.address('192.168.1.7')).toBe(true);
    expect(allow.address('192.168.1.8')).toBe(false);
    expect(allow.address('fd12::1')).toBe(true);
    expect(allow.address('127.0.0.1')).toBe(false);
  });

  it.each(['http://host/', 'host/path', 'user@host', 'a b', ''])('refuses the entry %j', (entry) => {
    expect(() => mediaAllow([entry])).toThrow('HOTLENS_MEDIA_ALLOW');
  });
});
