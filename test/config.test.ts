import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../src/config.js';
import { AppError } from '../src/errors.js';

describe('readConfig', () => {
  it('names every wrong variable at once', () => {
    expect(() => readConfig({ HOTLENS_PORT: 'x', HOTLENS_BATCH_SIZE: '0' })).toThrow(
      /HOTLENS_PORT.*HOTLENS_BATCH_SIZE/,
    );
    for (const wrong of ['x', '1.5', '-1', '1e30', 'Infinity']) {
      expect(() => readConfig({ HOTLENS_PORT: wrong })).toThrow(
        'bad configuration: HOTLENS_PORT: expected a whole number from 0 to 65535',
      );
    }
    expect(() => readConfig({ HOTLENS_DEVICE: 'tpu' })).toThrow(AppError);
  });

  it('takes names of hosts and addresses of proxies, and nothing that is neither', () => {
    const config = readConfig({
      HOTLENS_ALLOWED_HOSTS: 'Hotlens.example.org, other.example:8443',
      HOTLENS_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    });
    expect(config.allowedHosts).toEqual(['hotlens.example.org', 'other.example:8443']);
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
    for (const wrong of ['https://hotlens.example.org', 'a b', '*', 'a/b'])
      expect(() => readConfig({ HOTLENS_ALLOWED_HOSTS: wrong })).toThrow('HOTLENS_ALLOWED_HOSTS: expected names');
    for (const wrong of ['proxy.example', '10.0.0.0/99', 'all'])
      expect(() => readConfig({ HOTLENS_TRUSTED_PROXIES: wrong })).toThrow(
        'HOTLENS_TRUSTED_PROXIES: expected addresses',
      );
    // The key that is wrong is a key nevertheless.
    expect(() => readConfig({ HOTLENS_KEY: 'hunter2' })).toThrow(/HOTLENS_KEY: expected a key, hotlens_\.\.\.$/);
  });

  it('reads ports and ranges of ports', () => {
    expect(readConfig({}).media.ports).toEqual([
      [80, 80],
      [443, 443],
    ]);
    expect(readConfig({ HOTLENS_MEDIA_PORTS: '443, 8000-8999' }).media.ports).toEqual([
      [443, 443],
      [8000, 8999],
    ]);
    for (const wrong of ['http', '0', '65536', '9-8', '1-', '-1', '80 443']) {
      expect(() => readConfig({ HOTLENS_MEDIA_PORTS: wrong })).toThrow(
        /HOTLENS_MEDIA_PORTS.*expected ports and ranges/,
      );
    }
  });

  it('takes an empty variable as unset', () => {
    expect(readConfig({ DATABASE_URL: '' }).databaseUrl).toBeUndefined();
  });

  it('keeps the audit for a year, or as long as is said', () => {
    expect(readConfig({}).auditDays).toBe(365);
    expect(readConfig({ HOTLENS_AUDIT_DAYS: '30' }).auditDays).toBe(30);
    for (const wrong of ['0', '1.5', 'ever']) {
      expect(() => readConfig({ HOTLENS_AUDIT_DAYS: wrong })).toThrow(
        /HOTLENS_AUDIT_DAYS: expected a whole number from 1 to 36500/,
      );
    }
  });

  it('reads how long posts are kept, and says what is wrong with it', () => {
    const day = 86_400_000;
    expect(readConfig({}).retention).toEqual({ ms: null, sources: [] });
    expect(readConfig({ HOTLENS_RETENTION: ' 90d , bluesky=36h,archive = keep' }).retention).toEqual({
      ms: 90 * day,
      sources: [
        { source: 'bluesky', ms: 1.5 * day },
        { source: 'archive', ms: null },
      ],
    });
    for (const [text, reason] of [
      ['90', 'got "90"'],
      ['0d', 'got "0d"'],
      ['=3d', 'got "=3d"'],
      ['a=3d,', 'got ""'],
      ['a=b=3d', 'got "a=b=3d"'],
      ['3d,4d', 'the span of all sources is given twice'],
      ['a=3d,a=keep', 'a is given twice'],
    ] as const)
      expect(() => readConfig({ HOTLENS_RETENTION: text })).toThrow(reason);
  });
});
