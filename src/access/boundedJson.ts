// What the audit keeps of a value: enough to see what changed, never much, and no secrets.
import { scrub } from './scrub.js';

const MAX_TEXT = 2000;
const MAX_ITEMS = 50;
const MAX_DEPTH = 6;
const MAX_BYTES = 16_384;
const SECRET_NAMES = /secret|password|token|authorization|cookie|base64|^key$/i;

/**
 * The value as JSON that the database takes: long texts and lists cut, secrets and picture bytes left out; as a whole at most
 * 16 kB, beyond that only its beginning as text.
 */
export function boundedJson(value: unknown): unknown {
  const bounded = bound(value, 0);
  const text = JSON.stringify(bounded) ?? 'null';
  return Buffer.byteLength(text) <= MAX_BYTES ? bounded : { cut: boundedText(text, MAX_TEXT) };
}

/** A text without secrets and without what the database can't hold, at most `length` characters. */
export function boundedText(text: string, length: number): string {
  // NUL and halves of pairs are no text for PostgreSQL.
  const clean = scrub(text.slice(0, 4 * length)).replace(/\0|\p{Surrogate}/gu, '\uFFFD');
  return clean.length <= length ? clean : `${clean.slice(0, length).replace(/\p{Surrogate}$/u, '')}…`;
}

function bound(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return boundedText(value, MAX_TEXT);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= MAX_DEPTH) return '…';
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => bound(item, depth + 1));
    return value.length > MAX_ITEMS ? [...items, `… ${value.length - MAX_ITEMS} more`] : items;
  }
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(
    entries.map(([name, item]) => [
      boundedText(name, 200),
      SECRET_NAMES.test(name) && item != null ? '[left out]' : bound(item, depth + 1),
    ]),
  );
}
