// What a line means, read by other means than src/ingest does: a JSON parser by hand, and the rules of README.md again. It knows only what
// it is sure of: for a line that Hotlens takes, it must come to the same post.

export interface StrictPost {
  readonly source: string;
  readonly native_id: string;
  readonly author: string | null;
  readonly text: string;
  readonly language: string | null;
  readonly posted_at: number;
  readonly url: string | null;
  readonly likes: number | null;
  readonly reposts: number | null;
  readonly replies: number | null;
  readonly raw: unknown;
}

/** The post. Throws where the line is none. */
export function strictReading(line: Uint8Array): StrictPost {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(line);
  const row = readJson(text);
  if (!(row instanceof Map)) throw new Error('no object');
  return strictPost(row);
}

/** The post of a row's fields, in their order. */
export function strictPost(row: ReadonlyMap<string, unknown>): StrictPost {
  const raw = cleaned(row);
  const get = (...names: string[]) => {
    for (const name of names) {
      for (const [key, value] of row) {
        if (key.toLowerCase().replace(/[\s_-]/g, '') === name && value !== null && value !== '') return value;
      }
    }
    return undefined;
  };
  const string = (value: unknown, longest: number): string | null => {
    if (value === undefined) return null;
    const given = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
    if (typeof given !== 'string' || given.length > longest) throw new Error('no text');
    return wellFormed(given);
  };
  const identifier = (value: unknown, longest: number): string => {
    const id = string(value, Number.POSITIVE_INFINITY);
    if (id === null || id !== wellFormed(String(value))) throw new Error('no id');
    const trimmed = id.trim();
    for (const character of String(value)) {
      const code = character.codePointAt(0)!;
      const control = code < 32 || (code >= 127 && code < 160);
      const turning =
        [0x61c, 0x200e, 0x200f].includes(code) ||
        (code >= 0x202a && code <= 0x202e) ||
        (code >= 0x2066 && code <= 0x2069);
      if (control || turning || (code >= 0xd800 && code <= 0xdfff)) throw new Error('no id');
    }
    if (trimmed === '' || trimmed.length > longest) throw new Error('no id');
    return trimmed;
  };
  const count = (value: unknown): number | null => {
    if (value === undefined) return null;
    const number = typeof value === 'string' ? Number(/^\s*([0-9]+)(?:\.0+)?\s*$/.exec(value)![1]) : (value as number);
    if (!(number >= 0 && number <= 2147483647 && Math.floor(number) === number)) throw new Error('no count');
    return number === 0 ? 0 : number;
  };
  const url = string(get('url'), 4096)?.trim();
  const post = {
    source: identifier(get('source') ?? 'import', 200),
    native_id: identifier(get('nativeid', 'id', 'itemid'), 512),
    author: string(get('author'), 500)?.trim() ?? null,
    text: typeof get('text', 'body') === 'number' ? fail() : (string(get('text', 'body'), 100_000) ?? ''),
    language: string(get('language', 'lang'), 64)?.trim() ?? null,
    posted_at: time(get('postedat', 'createdat', 'timestamp', 'date')),
    url: url === undefined ? null : new URL(url).href,
    likes: count(get('likes', 'likecount')),
    reposts: count(get('reposts', 'repostcount', 'retweetcount', 'shares')),
    replies: count(get('replies', 'replycount')),
    raw,
  };
  if (post.url !== null && !/^https?:\/\//.test(post.url)) throw new Error('no address');
  return post;
}

function fail(): never {
  throw new Error('no text');
}

/** Milliseconds since 1970. By the calendar, counted out, where src/ingest asks Date.UTC. */
function time(value: unknown): number {
  const unix =
    typeof value === 'number' ? value : /^\s*\d{9,14}(\.\d+)?\s*$/.test(String(value)) ? Number(value) : undefined;
  if (unix !== undefined) {
    if (!(unix >= 1e8)) throw new Error('no time');
    return within(Math.floor(unix < 1e11 ? unix * 1000 : unix));
  }
  const match =
    /^\s*(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(?:(Z|UTC|GMT)|([+-])(\d\d)(?::?(\d\d))?))?)?\s*$/i.exec(
      String(value),
    );
  if (match === null || typeof value !== 'string') throw new Error('no time');
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const leap = (of: number) => (of % 4 === 0 && of % 100 !== 0) || of % 400 === 0;
  const months = [31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (year < 1969 || month < 1 || month > 12 || day < 1 || day > months[month - 1]!) throw new Error('no day');
  if (hour > 24 || minute > 59 || second > 60) throw new Error('no time of the day');
  let days = day - 1 + months.slice(0, month - 1).reduce((sum, length) => sum + length, 0);
  for (let before = 1970; before < year; before++) days += leap(before) ? 366 : 365;
  if (year === 1969) days -= 365;
  const offset =
    match[9] === undefined ? 0 : (match[9] === '-' ? -1 : 1) * (Number(match[10]) * 60 + Number(match[11] ?? 0));
  if (Math.abs(offset) > 14 * 60) throw new Error('no zone');
  const milliseconds = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
  if (hour === 24 && minute + second + milliseconds > 0) throw new Error('after midnight');
  const seconds = days * 86400 + hour * 3600 + (minute - offset) * 60 + second;
  if (second === 60 && seconds % 86400 !== 0) throw new Error('no leap second');
  return within(seconds * 1000 + milliseconds);
}

/** From 1970 to 2199. */
function within(milliseconds: number): number {
  if (!(milliseconds >= 0 && milliseconds < 7258118400000)) throw new Error('no time of ours');
  return milliseconds;
}

/** As it must lie in the database: no NUL, halves of characters replaced. */
function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [wellFormed(key), cleaned(item)]));
  // JSON has no -0 once PostgreSQL has read it.
  return value === 0 ? 0 : value;
}

function wellFormed(text: string): string {
  return [...text.replaceAll('\0', '')]
    .map((character) => (/^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character))
    .join('');
}

/** JSON with objects as Maps (the keys' order, and no prototype). Throws for equal keys, numbers beyond a double, more than 100 levels. */
function readJson(text: string): unknown {
  let at = 0;
  const expect = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw new Error(`no JSON at ${at}`);
    at += match[0].length;
    return match[0];
  };
  const space = () => expect(/[ \t\r\n]*/y);
  function value(depth: number): unknown {
    space();
    const start = text[at];
    if (start === '{' || start === '[') {
      if (depth === 100) throw new Error('too deep');
      at++;
      const items: unknown[] = [];
      const entries = new Map<string, unknown>();
      const end = start === '{' ? '}' : ']';
      space();
      if (text[at] === end) {
        at++;
        return start === '{' ? entries : items;
      }
      for (;;) {
        if (start === '{') {
          space();
          const key = string();
          space();
          expect(/:/y);
          if (entries.has(key)) throw new Error('a key twice');
          entries.set(key, value(depth + 1));
        } else items.push(value(depth + 1));
        space();
        if (expect(/[,\]}]/y) === ',') continue;
        if (text[at - 1] !== end) throw new Error('crossed brackets');
        return start === '{' ? entries : items;
      }
    }
    if (start === '"') return string();
    const word = expect(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    if (!Number.isFinite(Number(word))) throw new Error('a number beyond a double');
    return Number(word);
  }
  function string(): string {
    const literal = expect(/"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy);
    return literal
      .slice(1, -1)
      .replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, code: string) =>
        code.length > 1
          ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
          : ({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[code] ?? code),
      );
  }
  const result = value(0);
  space();
  if (at !== text.length) throw new Error('something follows');
  return result;
}
