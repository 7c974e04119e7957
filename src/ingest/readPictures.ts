// The pictures of a post, in the shapes in which rows give them.

export type PostPicture = { readonly altText: string | null } & (
  | { readonly kind: 'url'; readonly url: string }
  /** A file's name, relative to the folder of the import's pictures. */
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
);

const MAX_PICTURES = 20;
const MAX_URL = 4096;
const MAX_ALT_TEXT = 10_000;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Reads a string (one address, file name or data: URL, or several separated by commas or, for addresses, white space), an
 * object {url | file | path | base64 | data, alt | altText | alt_text}, or a list of these. Throws an Error whose message
 * says what was expected and what was there.
 */
export function readPictures(value: unknown): PostPicture[] {
  const items = Array.isArray(value) ? value : [value];
  const pictures = items.flatMap((item) => (typeof item === 'string' ? readList(item) : [readObject(item)]));
  if (pictures.length > MAX_PICTURES)
    throw new Error(`expected at most ${MAX_PICTURES} pictures, got ${pictures.length}`);
  return pictures;
}

function readList(text: string): PostPicture[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  if (trimmed.startsWith('[')) return readPictures(parseList(trimmed));
  if (/^data:/i.test(trimmed)) return [readReference(trimmed, null)];
  // Addresses may hold commas themselves: they are cut only where another one begins.
  const parts = /^https?:/i.test(trimmed) ? trimmed.split(/[\s,;|]+(?=https?:\/\/)/i) : trimmed.split(/\s*,\s*/);
  return parts.filter(Boolean).map((part) => readReference(part.replace(/[\s,]+$/, ''), null));
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`expected a list in JSON, got ${shown(text)}`);
  }
}

function readObject(item: unknown): PostPicture {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw new Error(`expected a picture as text or as an object, got ${shown(item)}`);
  }
  const object = item as Record<string, unknown>;
  const altText = readAltText(object.altText ?? object.alt_text ?? object.alt);
  const base64 = object.base64 ?? object.data;
  const given = object.url ?? object.file ?? object.path;
  if (base64 != null) {
    if (typeof base64 !== 'string') throw new Error(`expected base64 as text, got ${shown(base64)}`);
    return { kind: 'bytes', bytes: decodeBase64(base64.replace(/^data:[^,]*,/i, '')), altText };
  }
  if (typeof given !== 'string' || given.trim() === '') {
    throw new Error(`expected a picture with one of url, file, path, base64, data, got ${shown(item)}`);
  }
  return object.url != null ? readUrl(given.trim(), altText) : readReference(given.trim(), altText);
}

function readReference(text: string, altText: string | null): PostPicture {
  // A scheme has two letters at least: "c:" is a drive, and then a file name that will be refused as one.
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) return readUrl(text, altText);
  if (text.includes('\0')) throw new Error('expected a file name, got one with a NUL character');
  if (text.length > MAX_URL) throw new Error(`expected a file name, got ${shown(text)} (${text.length} characters)`);
  return { kind: 'file', file: text, altText };
}

function readUrl(text: string, altText: string | null): PostPicture {
  const data = /^data:([^,]*?)(;base64)?,/i.exec(text);
  if (data) {
    if (!data[2]) throw new Error(`expected a data: URL in base64, got ${shown(text)}`);
    return { kind: 'bytes', bytes: decodeBase64(text.slice(data[0].length)), altText };
  }
  return { kind: 'url', url: checkUrl(text), altText };
}

/** An http or https address in its normal form. Throws an Error that shows what was there instead. */
export function checkUrl(text: string): string {
  if (text.length > MAX_URL)
    throw new Error(`expected an address of at most ${MAX_URL} characters, got ${text.length}`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`expected an http or https address, got ${shown(text)}`);
  }
  return url.href;
}

function decodeBase64(text: string): Uint8Array {
  // Line breaks and the URL-safe alphabet are common; anything else is not base64, which Buffer would silently skip.
  const compact = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  if (compact === '' || compact.replace(/=+$/, '').length % 4 === 1 || !BASE64.test(compact)) {
    throw new Error(`expected base64, got ${shown(text)}`);
  }
  return Buffer.from(compact, 'base64');
}

function readAltText(value: unknown): string | null {
  if (value == null || value === '') return null;
  if (typeof value !== 'string') throw new Error(`expected alt text as text, got ${shown(value)}`);
  if (value.length > MAX_ALT_TEXT)
    throw new Error(`expected alt text of at most ${MAX_ALT_TEXT} characters, got ${value.length}`);
  return value;
}

/** A value for a message: as JSON, shortened. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
