import { describe, expect, it } from '@jest/globals';
import { hashOf, isSecretOf, newKey, newOwnerKey, readKey } from '../../src/access/secrets.js';

describe('a key', () => {
  it('names itself by its prefix, and holds 256 random bits that are kept as their hash alone', () => {
    const keys = Array.from({ length: 100 }, newKey);
    for (const { key, prefix, secretHash } of keys) {
      const parts = readKey(key)!;
      expect(key).toMatch(/^hotlens_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
      expect(parts.prefix).toBe(prefix);
      // 43 characters of 6 bits hold 32 bytes.
      expect(Buffer.from(parts.secret, 'base64url')).toHaveLength(32);
      expect(secretHash).toBe(hashOf(parts.secret));
      expect(isSecretOf(parts.secret, secretHash)).toBe(true);
    }
    expect(new Set(keys.map(({ key }) => key)).size).toBe(100);
  });

  it.each([
    '',
    'hotlens_',
    'hotlens__',
    `hotlens_0123456789ab_${'a'.repeat(42)}`,
    `hotlens_0123456789ab_${'a'.repeat(44)}`,
    `hotlens_0123456789AB_${'a'.repeat(43)}`,
    `hotlens_0123456789ab_${'a'.repeat(43)}\n`,
    ` hotlens_0123456789ab_${'a'.repeat(43)}`,
    newOwnerKey(),
  ])('is not %j', (text) => {
    expect(readKey(text)).toBeNull();
  });

  it('is not proved by another secret, nor by one of another spelling of the same bytes', () => {
    const { secretHash, key } = newKey();
    const { secret } = readKey(key)!;
    // The last character holds 4 bits of the 256: others decode to the same bytes.
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(secret.at(-1)!);
    const twin = `${secret.slice(0, -1)}${'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[last ^ 1]}`;
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(secret, 'base64url'));
    expect(isSecretOf(twin, secretHash)).toBe(false);
    expect(isSecretOf('', secretHash)).toBe(false);
  });
});
