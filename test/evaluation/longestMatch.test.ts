import { describe, expect, it } from '@jest/globals';
import { longestMatch } from '../../src/evaluation/longestMatch.js';
import { parsePattern } from '../../src/evaluation/pattern.js';

/** What the rules make of a text: each match with the number of its rule. */
function split(rules: readonly (string | [string, string])[], text: string): string[] {
  const match = longestMatch(
    rules.map((rule) =>
      typeof rule === 'string'
        ? { match: parsePattern(rule) }
        : { match: parsePattern(rule[0]), before: parsePattern(rule[1]) },
    ),
  );
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    const one = match(text, at);
    if (one === undefined) return [...found, 'nothing'];
    found.push(`${one.rule}:${text.slice(at, one.end)}`);
    at = one.end;
  }
  return found;
}

describe('longestMatch', () => {
  it('takes the longest match, and the first rule of those that match as much', () => {
    expect(split(['a', 'ab', 'abc|x', 'x|abd'], 'ababdabcx')).toEqual(['1:ab', '3:abd', '2:abc', '2:x']);
  });

  it('counts what must follow when it compares, and leaves it in the text', () => {
    expect(split([['a+', 'b'], 'a', 'ab', 'b'], 'aab')).toEqual(['0:aa', '3:b']);
    expect(split(['ab', ['a', 'bc'], 'bc'], 'abc')).toEqual(['1:a', '2:bc']);
  });

  it('lets a match take the most that leaves something for what must follow', () => {
    expect(split([['ab*', 'b*c'], 'c'], 'abbc')).toEqual(['0:abb', '1:c']);
    expect(split([['ab*', 'bb*c'], 'b', 'c'], 'abbc')).toEqual(['0:ab', '1:b', '2:c']);
  });

  it('ignores case but in brackets, also in letters that fold to ASCII ones', () => {
    expect(split(['kiss', '[M]iss', '[^]'], 'KISS')).toEqual(['0:KISS']);
    expect(split(['kiss', '[M]iss', '[^]'], '\u212Ai\u017FS')).toEqual(['0:\u212Ai\u017FS']);
    expect(split(['[M]iss', '[a-z]'], 'MISS')).toEqual(['0:MISS']);
    expect(split(['[M]iss', '[a-z]'], 'mi')).toEqual(['1:m', '1:i']);
  });

  it('repeats as often as it is told', () => {
    expect(split(['a{2,3}', 'b?c', 'a'], 'aaaaacbc')).toEqual(['0:aaa', '0:aa', '1:c', '1:bc']);
    expect(split(['(ab){0,2}c'], 'ababc')).toEqual(['0:ababc']);
  });

  it('gives nothing where no rule matches', () => {
    expect(split(['a'], 'ab')).toEqual(['0:a', 'nothing']);
  });
});

describe('parsePattern', () => {
  it('says where it can not read on', () => {
    for (const pattern of ['(a', 'a)', '*a', '{name}', '[a'])
      expect(() => parsePattern(pattern)).toThrow('parsePattern');
  });
});
