// Regular expressions for a lexer that takes the longest match, parsed into a tree.
//
// The notation is JavaScript's, cut down: literals (a dot is a dot), \ before a character that has a meaning, \n \t \r \f \v \0 \uXXXX, [...] and
// [^...], (...), |, ? * +, {m,n} with both ends. {name} stands for a set or a pattern that was given. Literals match in either
// case, characters in brackets only as written (so [M]r is not mr).
import { type CharSet, characters, complement, union } from './charSet.js';

export type Pattern =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly least: number; readonly most: number };

/** Letters that Unicode's case folding makes equal to an ASCII one: the Kelvin sign, the long s, Turkish dotted and dotless i. */
const FOLDED: Readonly<Record<string, string>> = { k: '\u212A', s: '\u017F', i: '\u0130\u0131' };

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', 0: '\0' };

/** Parses `source`. Throws on what it can't read: patterns are part of the program. */
export function parsePattern(source: string, named: ReadonlyMap<string, Pattern> = new Map()): Pattern {
  let at = 0;
  const pattern = choice();
  if (at < source.length) fail('nothing more');
  return pattern;

  function fail(expected: string): never {
    throw new Error(`parsePattern: expected ${expected} at ${at} of ${source}, got ${source[at] ?? 'the end'}`);
  }

  function choice(): Pattern {
    const parts = [sequence()];
    while (source[at] === '|') {
      at += 1;
      parts.push(sequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  function sequence(): Pattern {
    const parts: Pattern[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repeated());
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  function repeated(): Pattern {
    let part = single();
    for (;;) {
      const count = /^(?:([?*+])|\{(\d+),(\d+)\})/.exec(source.slice(at, at + 12));
      if (count === null) return part;
      at += count[0].length;
      const [least, most] = count[1] === undefined ? [Number(count[2]), Number(count[3])] : TIMES[count[1] as '?'];
      part = { kind: 'repeat', part, least, most };
    }
  }

  function single(): Pattern {
    if (source[at] === '(') {
      at += 1;
      const inner = choice();
      if (source[at] !== ')') fail(')');
      at += 1;
      return inner;
    }
    if (source[at] === '[') return { kind: 'set', set: brackets() };
    if (source[at] === '{') {
      const name = /^\{(\w+)\}/.exec(source.slice(at))?.[1];
      const pattern = name === undefined ? undefined : named.get(name);
      if (name === undefined || pattern === undefined) fail('a name that was given');
      at += name.length + 2;
      return pattern;
    }
    if ('?*+'.includes(source[at]!)) fail('something to repeat');
    const lower = character().toLowerCase();
    return { kind: 'set', set: characters(`${lower}${lower.toUpperCase()}${FOLDED[lower] ?? ''}`) };
  }

  function brackets(): CharSet {
    at += 1;
    const negated = source[at] === '^';
    if (negated) at += 1;
    let set: CharSet = [];
    while (source[at] !== ']') {
      const name = /^\{(\w+)\}/.exec(source.slice(at))?.[1];
      const member = name === undefined ? undefined : named.get(name);
      if (name !== undefined && member?.kind === 'set') {
        at += name.length + 2;
        set = union(set, member.set);
        continue;
      }
      const first = character().charCodeAt(0);
      let last = first;
      if (source[at] === '-' && source[at + 1] !== ']') {
        at += 1;
        last = character().charCodeAt(0);
      }
      set = union(set, [[first, last]]);
    }
    at += 1;
    return negated ? complement(set) : set;
  }

  function character(): string {
    const plain = source[at] ?? fail('a character');
    at += 1;
    if (plain !== '\\') return plain;
    const escaped = source[at] ?? fail('a character');
    at += 1;
    if (escaped !== 'u') return ESCAPES[escaped] ?? escaped;
    at += 4;
    return String.fromCharCode(Number.parseInt(source.slice(at - 4, at), 16));
  }
}

const TIMES = { '?': [0, 1], '*': [0, Number.POSITIVE_INFINITY], '+': [1, Number.POSITIVE_INFINITY] } as const;
