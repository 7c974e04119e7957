// What every piece of a text says of feeling in its place: words of degree, negations, capitals and "but" change what they are near.
// Source: VADER's rules (C. J. Hutto and E. Gilbert, ICWSM 2014), with these differences, each for a kind of error on rated tweets
// (docs/decisions/0021): negation ends with the clause, and turns a bad word into less of a good one than a good word into a bad one;
// links and names don't count as words between.
import { DEGREES, negates, PHRASES, VALENCE } from './lexicon.js';
import type { Token } from './tokens.js';

const CAPITALS = 0.733;
/** Words before another that change it, and how much of its degree is left at each distance. */
const DEGREE_LEFT = [1, 0.95, 0.9] as const;
const NEGATED = { good: -0.74, bad: -0.4 };
const NEVER_SO = 1.25;
const BUT = { before: 0.5, after: 1.5 };

/** One number a token; 0: it says nothing. */
export function valencesOf(tokens: readonly Token[]): number[] {
  const texts = tokens.filter(({ kind }) => kind === 'word');
  const shouted = texts.filter(({ raw }) => isShouted(raw)).length;
  const capitalsSay = shouted > 0 && shouted < texts.length;
  const phrases = phrasesIn(tokens);
  const values = tokens.map((token, i) => {
    const valence = phrases.has(i) ? phrases.get(i)! : ownValence(tokens, i);
    if (valence === 0 || token.kind !== 'word') return valence;
    const louder = capitalsSay && isShouted(token.raw) ? valence + Math.sign(valence) * CAPITALS : valence;
    return inContext(louder, tokens, { at: i, capitalsSay });
  });
  const but = tokens.findIndex(({ word }) => word === 'but');
  if (but === -1) return values;
  return values.map((value, i) => (i < but ? value * BUT.before : i > but ? value * BUT.after : value));
}

function ownValence(tokens: readonly Token[], i: number): number {
  const { word, kind } = tokens[i]!;
  if (kind !== 'word' && kind !== 'emoticon') return 0;
  if (DEGREES.has(word)) return 0;
  const next = tokens[i + 1]?.word ?? '';
  if (word === 'kind' && next === 'of') return 0;
  // "no" before a word with a feeling turns it instead.
  if (word === 'no' && VALENCE.has(next)) return 0;
  return VALENCE.get(word) ?? 0;
}

/** By place: what a phrase says, at its first word; its other words say nothing. */
function phrasesIn(tokens: readonly Token[]): Map<number, number> {
  const said = new Map<number, number>();
  for (const { words, valence } of PHRASES)
    for (let i = 0; i + words.length <= tokens.length; i += 1) {
      const places = words.map((_, k) => i + k);
      if (!words.every((word, k) => tokens[i + k]!.word === word) || places.some((place) => said.has(place))) continue;
      for (const place of places) said.set(place, 0);
      said.set(i, valence);
    }
  return said;
}

function inContext(
  valence: number,
  tokens: readonly Token[],
  { at, capitalsSay }: { readonly at: number; readonly capitalsSay: boolean },
): number {
  let value = valence;
  let distance = 0;
  for (let j = at - 1; j >= 0 && distance < DEGREE_LEFT.length; j -= 1) {
    const { kind, word, raw } = tokens[j]!;
    if (kind === 'end' || kind === 'emoticon') break;
    if (kind !== 'word') continue;
    const degree = DEGREES.get(word) ?? 0;
    const turns = negates(word) || word === 'no';
    if (degree !== 0 || turns || !VALENCE.has(word)) {
      if (degree !== 0) {
        const shouted = capitalsSay && isShouted(raw) && degree > 0 ? CAPITALS : 0;
        value += Math.sign(value) * (degree + shouted) * DEGREE_LEFT[distance]!;
      }
      const between = tokens.slice(j + 1, at).map((token) => token.word);
      if (word === 'never' && between.some((one) => one === 'so' || one === 'this' || one === 'as')) value *= NEVER_SO;
      else if (word === 'without' && between.concat(tokens[at]!.word).includes('doubt')) continue;
      else if (turns) value *= value > 0 ? NEGATED.good : NEGATED.bad;
    }
    distance += 1;
  }
  return value;
}

function isShouted(raw: string): boolean {
  return raw.length > 1 && raw === raw.toUpperCase() && raw !== raw.toLowerCase();
}
