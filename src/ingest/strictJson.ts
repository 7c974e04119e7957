// JSON of strangers, read so that nothing of it is taken for something else: JSON.parse lets the last of two equal keys win, in silence,
// and reads 1e999 as Infinity, which is kept as null.

/** Deeper rows would run PostgreSQL's JSON parser out of stack, and the batch they are in with them. */
export const MAX_DEPTH = 100;

/** The value. Throws an Error that says why the text is refused. */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  checkKeysAndNumbers(text);
  return value;
}

/** Goes through a text that is JSON by now. No recursion: its depth is the sender's choice. */
function checkKeysAndNumbers(text: string): void {
  /** The keys of the objects that are open; null for an array. */
  const open: (Set<string> | null)[] = [];
  let expectKey = false;
  for (let at = 0; at < text.length; ) {
    const character = text[at]!;
    if (character === '"') {
      const end = endOfString(text, at);
      if (expectKey) addKey(open.at(-1)!, text.slice(at, end));
      expectKey = false;
      at = end;
      continue;
    }
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      if (open.length > MAX_DEPTH) throw new Error(`expected at most ${MAX_DEPTH} levels of nesting`);
      expectKey = character === '{';
    } else if (character === '}' || character === ']') {
      open.pop();
      expectKey = false;
    } else if (character === ',') expectKey = open.at(-1) != null;
    else if (character === '-' || (character >= '0' && character <= '9')) {
      at = endOfNumber(text, at);
      continue;
    }
    at++;
  }
}

function addKey(keys: Set<string>, literal: string): void {
  // Most keys have no escapes; "\u0061" and "a" are the same.
  const key = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
  if (keys.has(key)) throw new Error(`the key ${literal.slice(0, 80)} is there twice`);
  keys.add(key);
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; ; at++) {
    const quote = text.indexOf('"', at);
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote + 1;
    at = quote;
  }
}

function endOfNumber(text: string, from: number): number {
  NUMBER.lastIndex = from;
  const [number] = NUMBER.exec(text)!;
  if (!Number.isFinite(Number(number)))
    throw new Error(`expected numbers that can be kept, got ${number.slice(0, 80)}`);
  return from + number.length;
}

const NUMBER = /[-+.0-9eE]+/y;
