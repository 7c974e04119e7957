// Captions -> tokens, as COCO's caption evaluation makes them (pycocoevalcap 1.2): Stanford's PTBTokenizer 3.4.1 with -preserveLines
// -lowerCase, and punctuation removed after it. The rules are in ptbRules.ts; every token that the original gives is given here.
import { longestMatch } from './longestMatch.js';
import { NEWLINE_TOKEN, PTB_RULES } from './ptbRules.js';
import { pythonTrimEnd } from './pythonSplit.js';

/** Tokens that COCO's evaluation removes. In upper case as it has them: brackets, which come out as -lrb- and -rrb-, stay. */
const REMOVED = new Set([
  "''",
  "'",
  '``',
  '`',
  '-LRB-',
  '-RRB-',
  '-LCB-',
  '-RCB-',
  '.',
  '?',
  '!',
  ',',
  ':',
  '-',
  '--',
  '...',
  ';',
]);

const OTHER_LINE_ENDS = /[\n\r\v\f\u2028\u2029]/g;

let lexer: ReturnType<typeof longestMatch> | undefined;

/**
 * The tokens of each caption, lower-case, without punctuation. The captions are read as the lines of one text, as the original
 * does: what follows a token may change it ("U.S." before "The"), also across the end of a caption, so that a caption's tokens can
 * depend in rare cases on the next one. A line end inside a caption counts as a space; the original lets all but \n shift the captions after it.
 * A token can hold a no-break space ("5 1/2").
 */
export function tokenizeCaptions(captions: readonly string[]): string[][] {
  const text = captions.map((caption) => caption.replace(OTHER_LINE_ENDS, ' ')).join('\n');
  const lines = ptbText(text).split('\n');
  return captions.map((_, i) =>
    pythonTrimEnd(lines[i] ?? '')
      .split(' ')
      .filter((token) => token !== '' && !REMOVED.has(token)),
  );
}

/** The tokens of a text with spaces between them, its lines kept. */
function ptbText(text: string): string {
  lexer ??= longestMatch(PTB_RULES);
  let tokens = '';
  let lineStart = true;
  let at = 0;
  while (at < text.length) {
    // The last rule takes any character, so that there is always a match.
    const { rule, end } = lexer(text, at)!;
    const [token, length] = PTB_RULES[rule]!.read(text.slice(at, end));
    at += length;
    if (token === undefined) continue;
    if (token === NEWLINE_TOKEN) tokens += '\n';
    else tokens += `${lineStart ? '' : ' '}${token.toLowerCase()}`;
    lineStart = token === NEWLINE_TOKEN;
  }
  return tokens;
}
