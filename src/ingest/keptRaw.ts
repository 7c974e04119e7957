// The row as it arrived, in the form in which it is kept: without the bytes of its pictures.
import { cleanText } from './cleanText.js';
import { MAX_DEPTH } from './strictJson.js';

/** Keys of a picture's bytes within a picture given as an object. */
const PAYLOAD_KEYS = new Set(['base64', 'data']);
const SHORT_PAYLOAD = 256;

/** A copy whose strings PostgreSQL can store and whose base64 payloads are replaced by their length. Throws where it is nested too deeply or holds a number that JSON has no form for. */
export function keptRaw(value: unknown): unknown {
  return keep(value, 0, '');
}

function keep(value: unknown, depth: number, key: string): unknown {
  if (typeof value === 'string') return keepText(value, key);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error(`expected numbers that can be kept, got ${value}`);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) throw new Error(`expected at most ${MAX_DEPTH} levels of nesting`);
  if (Array.isArray(value)) return value.map((item) => keep(item, depth + 1, key));
  // Null prototype: a key "__proto__" is data like any other.
  const kept: Record<string, unknown> = Object.create(null);
  for (const [name, item] of Object.entries(value)) kept[cleanText(name)] = keep(item, depth + 1, name);
  return kept;
}

function keepText(text: string, key: string): string {
  const payload = (PAYLOAD_KEYS.has(key) && text.length > SHORT_PAYLOAD) || /^data:[^,]{0,200};base64,/i.test(text);
  return payload ? `(${text.length} characters of base64 left out)` : cleanText(text);
}
