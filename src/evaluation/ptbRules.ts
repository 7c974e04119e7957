// What the PTB tokenizer takes for one token, in the order that decides between patterns which match as much. The behaviour is
// that of Stanford's PTBTokenizer 3.4.1 (2014), which COCO's evaluation uses, with its oddities: "U.S." at the end of a sentence gives
// "U.S." and ".", symbols it does not know vanish, and what follows a token may change it, even on the next line.
import type { LexerRule } from './longestMatch.js';
import { ptbPattern } from './ptbPatterns.js';

/** The token, or nothing where the text is skipped, and how much of the text it uses up. */
export type Reading = readonly [token: string | undefined, length: number];

export interface PtbRule extends LexerRule {
  /** `text`: what matched, without what must follow it. */
  readonly read: (text: string) => Reading;
}

/** What ends a line. */
export const NEWLINE_TOKEN = '\n';

/** A rule; `match` and `before` are written in the notation of ptbPatterns.ts. */
function rule(match: string, read: PtbRule['read'], before?: string): PtbRule {
  return {
    match: ptbPattern(match),
    ...(before === undefined ? {} : { before: ptbPattern(before) }),
    read,
  };
}

const asIs = (text: string): Reading => [text, text.length];
const skip = (text: string): Reading => [undefined, text.length];
const as =
  (token: string) =>
  (text: string): Reading => [token, text.length];
const changed =
  (change: (text: string) => string) =>
  (text: string): Reading => [change(text), text.length];
/** The token is the text without its last `count` characters, which are read again. */
const without =
  (count: number) =>
  (text: string): Reading => [text.slice(0, -count), text.length - count];
/** The token has its full stop, and the full stop is read once more as the sentence's. */
const stopTwice = (text: string): Reading => [text, text.length - 1];

const noSoftHyphens = (text: string): string => text.replaceAll('\u00AD', '') || '-';
const plainAmpersand = (text: string): string => text.replace(/&amp;/gi, '&');
const roundBrackets = (text: string): string => text.replaceAll('(', '-LRB-').replaceAll(')', '-RRB-');
const solidSpaces = (text: string): string => text.replaceAll(' ', '\u00A0');

/** Quotation marks as LaTeX writes them. */
function latexQuotes(text: string, opens: boolean): string {
  return text
    .replace(/&apos;|'/g, opens ? '`' : "'")
    .replace(/"|&quot;/g, opens ? '``' : "''")
    .replace(/[\u0091\u2018\u201B\u2039]/g, '`')
    .replace(/[\u0092\u2019\u203A]/g, "'")
    .replace(/[\u0093\u201C\u00AB]/g, '``')
    .replace(/[\u0094\u201D\u00BB]/g, "''");
}

const opening = changed((text) => latexQuotes(text, true));
const closing = changed((text) => latexQuotes(text, false));

const FRACTIONS: Readonly<Record<string, string>> = {
  '\u00BC': '1/4',
  '\u00BD': '1/2',
  '\u00BE': '3/4',
  '\u2153': '1/3',
  '\u2154': '2/3',
};

/** Money signs that a 1989 newspaper did not have. */
function dollars(text: string): string {
  return text
    .replaceAll('\u00A2', 'cents')
    .replaceAll('\u00A3', '#')
    .replace(/[\u0080\u00A4\u20A0\u20AC]/g, () => '$');
}

/** "U.S." before "The": the acronym, and a full stop that ends the sentence. A single letter gives its full stop away. */
function acronym(text: string): Reading {
  const bare = text.replace(/[ \t\n-\r\u0085]+$/, '');
  return bare.length === 2 ? [bare[0], 1] : stopTwice(bare);
}

export const PTB_RULES: readonly PtbRule[] = [
  rule("cannot|'twas", without(3)),
  rule("'tis|gonna|gotta|lemme|gimme|wanna", without(2)),
  rule('{markup}', changed(solidSpaces)),
  rule('&(MD|mdash|ndash);|[\\u0096\\u0097\\u2013\\u2014\\u2015]', as('--')),
  rule('&amp;', changed(plainAmpersand)),
  rule('&(HT|TL|UR|LR|QC|QL|QR|odq|cdq|#[0-9]+);', asIs),
  rule('{word}', changed(noSoftHyphens), '{contraction}'),
  rule('{beforeNot}', changed(noSoftHyphens), '{not}'),
  rule('{word}', changed(noSoftHyphens)),
  rule('{apostropheWord}', asIs),
  rule('y{apos}', asIs, '{letter}'),
  rule('{fullUrl}', asIs),
  rule('{likelyUrl}', asIs),
  rule('{email}', asIs),
  rule('{handle}|{hashtag}|(c|f)#|c\\+\\+', asIs),
  rule('{contraction}', closing, '[^A-Za-z]'),
  rule('{not}', closing, '[^A-Za-z]'),
  rule('{date}', asIs),
  rule('{signedNumber}', changed(noSoftHyphens)),
  rule('{raised}', asIs),
  rule('{fraction}', changed(solidSpaces)),
  rule(
    '[\\u00BC\\u00BD\\u00BE\\u2153-\\u215E]',
    changed((text) => FRACTIONS[text] ?? text),
  ),
  rule('{treebank}', changed(plainAmpersand)),
  rule('{slashed}', asIs),
  rule('[A-Z]*$|#', asIs),
  rule(
    '[\\u00A2\\u00A3\\u00A4\\u00A5\\u0080\\u20A0\\u20A4\\u20AC\\u060B\\u0E3F\\uFFE0\\uFFE1\\uFFE5\\uFFE6]',
    changed(dollars),
  ),
  rule('{acronym}', acronym, '{gap}+({starter}|{markup}){gap}'),
  rule('{abbreviation3}', asIs, '{gap}?{digit}'),
  rule('(pt[eyEY]|co).', asIs, '{space}(ltd|lim)'),
  rule('{abbreviation1}', stopTwice, '{sentenceEnd}'),
  rule('{abbreviation1}', asIs, '[^][^]'),
  rule('{abbreviation1}', stopTwice),
  rule('{abbreviation2}', asIs),
  rule('{stem2}', asIs, '{space}'),
  rule('{initials}', asIs, '{gap}'),
  rule('{apos}[0-9][0-9]', asIs, '{gap}'),
  rule('{fileName}', asIs, '{gap}|[.?!,]'),
  rule('{word}.', changed(noSoftHyphens), '{afterWord}'),
  rule(
    '{phone}',
    changed((text) => roundBrackets(solidSpaces(text))),
  ),
  rule('"|&quot;', opening, '[A-Za-z0-9$]'),
  rule('"|&quot;', closing),
  rule('\\u007F', skip),
  rule('<|&lt;', as('<')),
  rule('>|&gt;', as('>')),
  rule('{smiley}', changed(roundBrackets), '[^A-Za-z0-9]'),
  rule('{eastSmiley}', changed(roundBrackets)),
  rule('\\{', as('-LCB-')),
  rule('\\}', as('-RCB-')),
  rule('\\[', as('-LSB-')),
  rule('\\]', as('-RSB-')),
  rule('\\(', as('-LRB-')),
  rule('\\)', as('-RRB-')),
  rule(
    '-+',
    changed((text) => (text.length === 3 || text.length === 4 ? '--' : text)),
  ),
  rule('{dots}', as('...')),
  rule('@+|#+|_+', asIs),
  rule('\\*+|(\\\\\\*){1,3}', asIs),
  rule('{afterWord}', asIs),
  rule('[?!]+', asIs),
  rule('[.\\u00A1\\u00BF\\u037E\\u0589\\u061F\\u06D4\\u0700-\\u0702\\u07FA\\u3002]', asIs),
  rule('=', asIs),
  rule('/', asIs),
  rule('{hyphenated}.', changed(noSoftHyphens), '{afterWord}'),
  rule('{hyphenated}', changed(noSoftHyphens)),
  rule('{compound}.', asIs, '{afterWord}'),
  rule('{compound}', asIs),
  rule('{letterPlus}.', changed(plainAmpersand), '{afterWord}'),
  rule('{letterPlus}', changed(plainAmpersand)),
  rule("'", opening, '[A-Za-z][^ \\t\\n\\r\\u00A0]'),
  rule('{contraction}', closing),
  rule('{not}', closing),
  rule('{quotes}', closing),
  rule('<<|>>', asIs),
  rule('{symbol}', asIs),
  rule('\\0|{space}+|[\\u200B\\u200E-\\u200F\\uFEFF]', skip),
  rule('{newline}', as(NEWLINE_TOKEN)),
  rule('&nbsp;', skip),
  rule('[^\\n\\r\\v\\f\\u0085\\u2028\\u2029]', skip),
];
