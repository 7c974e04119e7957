// A post's text in pieces that can carry feeling: words as people spell them, hashtags, emoticons and emoji; and where clauses end.
import { VALENCE } from './lexicon.js';

export interface Token {
  /** As it is written. */
  readonly raw: string;
  /** As it is looked up: lower case, drawn-out letters drawn in, of a hashtag the word that it carries. */
  readonly word: string;
  /** `other`: a link, or somebody's name. `end`: of a clause. */
  readonly kind: 'word' | 'emoticon' | 'comma' | 'end' | 'other';
}

const LINK = /https?:\/\/\S+|www\.\S+/giu;
const MENTION = /@[\p{L}\p{N}_]+/gu;
const EMOJI =
  /\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|\u200D\p{Extended_Pictographic})*|\p{Regional_Indicator}{2}/gu;
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~…«»¡¿';
const CLAUSE = /(\.\.+|…|[!?;]|--|\/(?=[\p{L}\p{N}])|,(?=[\p{L}\p{N}]))/u;
/** Letters of a word that a hashtag has to carry. */
const CARRIED = { end: 4, beginning: 5 };

export function tokensOf(text: string): Token[] {
  const spaced = text
    .replaceAll('’', "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll(LINK, ' \u0001 ')
    .replaceAll(MENTION, ' \u0001 ')
    .replaceAll(EMOJI, ' $& ');
  const tokens: Token[] = [];
  for (const raw of spaced.split(/\s+/u)) if (raw !== '') read(raw, tokens);
  return tokens;
}

function read(raw: string, tokens: Token[]): void {
  if (raw === '\u0001') {
    tokens.push({ raw, word: '', kind: 'other' });
    return;
  }
  const face = /^\p{L}+$/u.test(raw) ? null : emoticon(raw);
  if (face !== null) {
    tokens.push({ raw, word: face, kind: 'emoticon' });
    return;
  }
  let from = 0;
  let to = raw.length;
  while (from < to && PUNCTUATION.includes(raw[from]!)) from += 1;
  while (to > from && PUNCTUATION.includes(raw[to - 1]!)) to -= 1;
  const [before, inner, after] = [raw.slice(0, from), raw.slice(from, to), raw.slice(to)];
  if (inner === '') {
    if (/[.!?;…]/u.test(raw)) tokens.push({ raw, word: '', kind: 'end' });
    return;
  }
  for (const piece of inner.split(CLAUSE)) {
    if (piece === '') continue;
    if (CLAUSE.test(piece) || piece === '/' || piece === ',')
      tokens.push({ raw: piece, word: '', kind: piece === '/' || piece === ',' ? 'comma' : 'end' });
    else tokens.push({ raw: piece, word: before.endsWith('#') ? carriedBy(piece) : drawnIn(piece), kind: 'word' });
  }
  const glued = emoticon(after);
  if (glued !== null) tokens.push({ raw: after, word: glued, kind: 'emoticon' });
  else if (/[.!?;…]/u.test(after)) tokens.push({ raw: after, word: '', kind: 'end' });
  else if (after.includes(',')) tokens.push({ raw: after, word: '', kind: 'comma' });
}

/** An emoticon or emoji as the lexicon has it; null: it is none. */
function emoticon(text: string): string | null {
  if (text === '') return null;
  if (VALENCE.has(text)) return text;
  // A skin or a variant says the same; so does a wider mouth.
  const plain = text.replaceAll(/[\uFE0F\p{Emoji_Modifier}]/gu, '');
  for (const form of [plain, `${plain}\uFE0F`, text.replaceAll(/([)(\][dDpP/\\}{|0O])\1+/g, '$1')])
    if (form !== text && VALENCE.has(form)) return form;
  return text.startsWith('<3') ? '<3' : null;
}

/** "sooooo" and "Yaaay": letters drawn out come down to two or one, as the lexicon has the word. */
function drawnIn(raw: string): string {
  const word = raw.toLowerCase();
  if (VALENCE.has(word)) return word;
  for (const kept of ['$1$1', '$1']) {
    const shorter = word.replaceAll(/(\p{L})\1{2,}/gu, kept);
    if (shorter !== word && VALENCE.has(shorter)) return shorter;
  }
  return word.replaceAll(/(\p{L})\1{2,}/gu, '$1$1');
}

/** "#sadface": the longest word with a feeling at the tag's end, or at its beginning. */
function carriedBy(raw: string): string {
  const tag = raw.toLowerCase();
  if (VALENCE.has(tag)) return tag;
  for (let length = tag.length; length >= CARRIED.end; length -= 1) {
    const end = tag.slice(-length);
    if (/^[a-z]+$/.test(end) && VALENCE.has(end)) return end;
  }
  for (let length = tag.length; length >= CARRIED.beginning; length -= 1) {
    const beginning = tag.slice(0, length);
    if (/^[a-z]+$/.test(beginning) && VALENCE.has(beginning)) return beginning;
  }
  return tag;
}
