// One post in Hotlens's own terms, from a row under any of the names that its fields commonly have.
import { z } from 'zod';
import { cleanText } from './cleanText.js';
import { keptRaw } from './keptRaw.js';
import { readDate } from './readDate.js';
import { checkUrl, type PostPicture, readPictures, shown } from './readPictures.js';
import { readSensitive } from './readSensitive.js';

/**
 * Names that a field is found under, the first that is there and not empty. Compared without case, spaces, _ and -, so that
 * `created_at`, `createdAt` and `Created At` are one.
 */
const ALIASES = {
  source: ['source'],
  nativeId: ['nativeid', 'id', 'itemid'],
  author: ['author'],
  text: ['text', 'body'],
  language: ['language', 'lang'],
  postedAt: ['postedat', 'createdat', 'timestamp', 'date'],
  url: ['url'],
  likes: ['likes', 'likecount'],
  reposts: ['reposts', 'repostcount', 'retweetcount', 'shares'],
  replies: ['replies', 'replycount'],
  images: ['images', 'image', 'imageurls', 'imageurl', 'picture', 'media'],
} as const satisfies Record<string, readonly string[]>;

const MAX_TEXT = 100_000;
const MAX_COUNT = 2 ** 31 - 1;
/** Controls (NUL and line ends among them), marks that turn the direction of what follows, lone surrogates. */
const UNFIT_FOR_IDS = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const identity = z.object({
  source: field((value) => identifier(value, 200)),
  nativeId: field((value) => identifier(value, 512)),
});

const schema = identity
  .extend({
    author: optional((value) => shortText(value, 500)),
    text: optional((value) => text(value, MAX_TEXT)),
    language: optional((value) => shortText(value, 64)),
    postedAt: field(date),
    url: optional((value) => checkUrl(shortText(value, 4096))),
    likes: optional(count),
    reposts: optional(count),
    replies: optional(count),
    images: optional(readPictures),
  })
  .refine((post) => post.text?.trim() || post.images?.length, 'expected text or images, got neither');

export interface CanonicalPost {
  readonly source: string;
  readonly nativeId: string;
  readonly author: string | null;
  readonly text: string;
  readonly language: string | null;
  readonly postedAt: Date;
  readonly url: string | null;
  readonly likes: number | null;
  readonly reposts: number | null;
  readonly replies: number | null;
  /** Its source marks it as not for everybody's eyes. */
  readonly sensitive: boolean;
  /** Null where the row says nothing of pictures: a post that is known keeps those it has. */
  readonly images: readonly PostPicture[] | null;
  /** The row as it is kept: without the pictures' bytes. */
  readonly raw: unknown;
}

/** Reads a row; `source` is taken where the row names none. What cannot be used comes back as a reason naming every bad field. */
export function canonicalPost(
  value: unknown,
  { source }: { source: string },
): { post: CanonicalPost } | { reason: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: `expected an object, got ${shown(value)}` };
  }
  let raw: unknown;
  try {
    // First: what is nested too deeply could not even be shown in a reason.
    raw = keptRaw(value);
  } catch (error) {
    return { reason: (error as Error).message };
  }
  const { names, fields } = pickFields(value as Record<string, unknown>);
  const parsed = schema.safeParse({ ...fields, source: fields.source ?? source });
  if (!parsed.success) return { reason: reasonOf(parsed.error, names) };
  const { text, ...post } = parsed.data;
  const sensitive = readSensitive(value as Record<string, unknown>);
  return { post: { ...post, text: text ?? '', sensitive, raw } };
}

/** Every bad field under its name in the row. */
function reasonOf({ issues }: z.ZodError, names: ReadonlyMap<string, string>): string {
  const reasons = issues.map(({ path: [key], message }) =>
    key === undefined ? message : `${names.get(String(key)) ?? usualName(String(key))}: ${message}`,
  );
  return reasons.join('; ');
}

/** Which post a row is about, whatever else is in it; or why that can't be read. */
export function postIdentity(
  row: Record<string, unknown>,
  { source }: { source: string },
): { source: string; nativeId: string } | { reason: string } {
  const { names, fields } = pickFields(row);
  const parsed = identity.safeParse({ ...fields, source: fields.source ?? source });
  return parsed.success ? parsed.data : { reason: reasonOf(parsed.error, names) };
}

/** What a field is called where it is described to users; only one has another name there. */
function usualName(key: string): string {
  return key === 'nativeId' ? 'id' : key;
}

/** The row's values under the canonical names, and the names that the row has for them. */
function pickFields(row: Record<string, unknown>): { names: Map<string, string>; fields: Record<string, unknown> } {
  const normal = new Map<string, string>();
  for (const key of Object.keys(row)) {
    const plain = key.toLowerCase().replace(/[\s_-]/g, '');
    if (!normal.has(plain) && !isEmpty(row[key])) normal.set(plain, key);
  }
  const names = new Map<string, string>();
  const fields: Record<string, unknown> = {};
  for (const [name, aliases] of Object.entries(ALIASES)) {
    const key = aliases.map((alias) => normal.get(alias)).find((found) => found !== undefined);
    if (key !== undefined) names.set(name, key);
    fields[name] = key === undefined ? undefined : row[key];
  }
  return { names, fields };
}

function isEmpty(value: unknown): boolean {
  return value == null || value === '';
}

/** A required field; what `read` throws becomes the issue. */
function field<T>(read: (value: unknown) => T) {
  return z.unknown().transform((value, context): T => {
    try {
      return read(value);
    } catch (error) {
      context.addIssue((error as Error).message);
      return z.NEVER;
    }
  });
}

/** A field that may be missing, and is null then. */
function optional<T>(read: (value: unknown) => T) {
  return field((value) => (isEmpty(value) ? null : read(value)));
}

function identifier(value: unknown, longest: number): string {
  if (isEmpty(value)) throw new Error('missing');
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    // JSON numbers beyond 2^53 have lost their last digits by now: two posts would become one.
    if (!Number.isSafeInteger(value))
      throw new Error(`expected text or an exact whole number, got ${value}: put it in quotes`);
    return String(value);
  }
  if (typeof value !== 'string') throw new Error(`expected text, got ${shown(value)}`);
  // In a text such characters are replaced or left; two ids must not become one, nor look like one.
  if (UNFIT_FOR_IDS.test(value)) {
    throw new Error(
      `expected text without control characters, direction marks and halves of characters, got ${shown(value)}`,
    );
  }
  const trimmed = value.trim();
  if (trimmed === '') throw new Error('missing');
  if (trimmed.length > longest) throw new Error(`expected at most ${longest} characters, got ${trimmed.length}`);
  return trimmed;
}

function shortText(value: unknown, longest: number): string {
  // A number beyond 2^53 is no longer the one that was written.
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new Error(`expected text, got ${value}`);
  return text(typeof value === 'number' || typeof value === 'bigint' ? String(value) : value, longest).trim();
}

function text(value: unknown, longest: number): string {
  if (typeof value !== 'string') throw new Error(`expected text, got ${shown(value)}`);
  if (value.length > longest) throw new Error(`expected at most ${longest} characters, got ${value.length}`);
  return cleanText(value);
}

function date(value: unknown): Date {
  if (isEmpty(value)) throw new Error('missing');
  const time = readDate(value);
  if (!time) throw new Error(`expected an ISO 8601 time or a Unix time, got ${shown(value)}`);
  return time;
}

function count(value: unknown): number {
  const number = typeof value === 'string' && /^\s*\d+(\.0+)?\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > MAX_COUNT) {
    throw new Error(`expected a whole number from 0 to ${MAX_COUNT}, got ${shown(value)}`);
  }
  return number;
}
