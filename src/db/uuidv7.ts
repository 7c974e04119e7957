// Ids that sort by time, as Prisma's `uuid(7)` makes them, for rows that raw SQL inserts.
// Source: RFC 9562, section 5.7.
import { randomFillSync } from 'node:crypto';

/** A new id: 48 bits of Unix milliseconds, 74 random bits. Not monotonic within a millisecond. */
export function uuidv7(now: number = Date.now()): string {
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
