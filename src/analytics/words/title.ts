// What a hotspot is called: the phrase that tells it, and the caption (or text) that says the most of what it is about.
import type { Keyword, SpokenPost } from './keywords.js';
import { phrasesOf } from './phrases.js';

/** Words of a caption in a title at most. */
const WORDS = 9;
/** Of a found title to be replaced, a new one has to say so much more. */
const BETTER = 1.3;
const OPENINGS =
  /^(?:(?:a|an|the|this is|there is|there are)\s+)?(?:(?:photo|picture|image|view|close[- ]up)\s+(?:of|showing)\s+)?/iu;
/** Words that a caption is not cut after. */
const DANGLING = new Set(
  'a an the of in on at with and or to from by near next beside while under over for is are'.split(' '),
);

/** "Mill Street: burning house at night". `previous` stays while it says nearly as much; null where nothing is said. */
export function titleOf(
  posts: readonly SpokenPost[],
  keywords: readonly Keyword[],
  previous: string | null,
): string | null {
  const weights = new Map(keywords.flatMap(({ words, weight }) => words.map((word) => [word, weight] as const)));
  const said = posts
    .map(({ caption, text }) => (caption.trim() === '' ? text : caption))
    .filter((one) => one.trim() !== '');
  const best = central(said, weights);
  const [lead] = keywords.filter(({ words }) => !words[0]!.startsWith('#'));
  if (best === null) return lead === undefined ? previous : sentence(lead.text);
  const caption = shortened(best);
  const known = new Set(caption.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []);
  const adds = lead?.words.some((word) => !known.has(word)) === true;
  const title = sentence(adds ? `${lead!.text}: ${caption}` : caption);
  if (previous !== null && saidBy(title, weights) < BETTER * saidBy(previous, weights)) return previous;
  return title;
}

/** The one whose words weigh the most, in the mean over its words: long ones say no more than they say. */
function central(said: readonly string[], weights: ReadonlyMap<string, number>): string | null {
  let best: string | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (const one of new Set(said)) {
    const words = new Set(phrasesOf(shortened(one)).flatMap((phrase) => phrase.words));
    if (words.size === 0) continue;
    const score = saidBy(shortened(one), weights) / Math.sqrt(words.size + 1);
    if (score > most || (score === most && one < best!)) [most, best] = [score, one];
  }
  return best;
}

function saidBy(text: string, weights: ReadonlyMap<string, number>): number {
  const words = new Set(text.toLowerCase().match(/#?[\p{L}\p{M}\p{N}_]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu) ?? []);
  let sum = 0;
  for (const word of words) sum += weights.get(word) ?? 0;
  return sum;
}

/** Without how captions begin, hashtags at its end and what goes beyond the length of a title. */
function shortened(text: string): string {
  const plain = text
    .replaceAll(/https?:\/\/\S+/giu, ' ')
    .replaceAll(/(?:\s+#[\p{L}\p{N}_]+)+\s*$/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .replace(OPENINGS, '');
  const [first] = plain.split(/(?<=[.!?…])\s/u);
  const words = (first ?? plain).split(' ').slice(0, WORDS);
  while (words.length > 1 && DANGLING.has(words.at(-1)!.toLowerCase())) words.pop();
  return words.join(' ').replace(/[.,;:]+$/u, '');
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
