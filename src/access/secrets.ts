// Keys and tokens: 256 random bits each. Nobody guesses those, so one SHA-256 keeps them: slow hashes are for passwords.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface NewKey {
  /** What its holder gets, once. */
  readonly key: string;
  /** Says which key it is: kept and listed as it is. */
  readonly prefix: string;
  readonly secretHash: string;
}

const PREFIX_BYTES = 6;
const SECRET_BYTES = 32;

/** A new key, `hotlens_<prefix>_<secret>`: the beginning lets secret scanners find one that was published by mistake. */
export function newKey(): NewKey {
  const prefix = randomBytes(PREFIX_BYTES).toString('hex');
  const secret = newToken();
  return { key: `hotlens_${prefix}_${secret}`, prefix, secretHash: hashOf(secret) };
}

/** What a server writes where only the owner of its data directory can read it: it holds as long as the server runs. */
export function newOwnerKey(): string {
  return `hotlens_owner_${newToken()}`;
}

/** The parts of a key; null for what can't be one. */
export function readKey(text: string): { readonly prefix: string; readonly secret: string } | null {
  const [, prefix, secret] = /^hotlens_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  return prefix === undefined || secret === undefined ? null : { prefix, secret };
}

/** 256 random bits in base64url. */
export function newToken(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** SHA-256 in hex. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether a secret is the one of the hash, in the same time wherever they differ. */
export function isSecretOf(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(secret), 'hex'), Buffer.from(hash, 'hex'));
}
