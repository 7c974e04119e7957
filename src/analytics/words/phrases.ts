// The phrases of a post: runs of one to three of its words, as they are written.
import { FUNCTION_WORDS } from '../../evaluation/functionWords.js';

export interface Phrase {
  /** Lower case: what it is counted by. */
  readonly key: string;
  /** As it is written. */
  readonly text: string;
  readonly words: readonly string[];
}

const LONGEST = 3;
const LINK = /https?:\/\/\S+|www\.\S+/giu;
/** A word, a hashtag, or a break that no phrase goes over. */
const PIECE = /[#]?[\p{L}\p{M}\p{N}_]+(?:['’-][\p{L}\p{M}\p{N}]+)*|@[\p{L}\p{N}_]+|[.,;:!?…()[\]"“”\n]/gu;

/** Every phrase once. Those that begin or end with a function word are left out, and so are numbers alone and names of accounts. */
export function phrasesOf(text: string): Phrase[] {
  const found = new Map<string, Phrase>();
  let run: string[] = [];
  const flush = () => {
    for (let from = 0; from < run.length; from += 1)
      for (let length = 1; length <= LONGEST && from + length <= run.length; length += 1) {
        const words = run.slice(from, from + length);
        const lower = words.map((word) => word.toLowerCase());
        if (isEmpty(lower[0]!) || isEmpty(lower.at(-1)!)) continue;
        const key = lower.join(' ');
        if (!found.has(key)) found.set(key, { key, text: words.join(' '), words: lower });
      }
    run = [];
  };
  for (const [piece] of text.replace(LINK, '\n').matchAll(PIECE)) {
    if (/^[\p{L}\p{N}_#]/u.test(piece)) run.push(piece);
    else flush();
  }
  flush();
  return [...found.values()];
}

/** Words that say nothing at the edge of a phrase: function words, single letters, numbers alone. */
function isEmpty(word: string): boolean {
  return FUNCTION_WORDS.has(word) || MORE.has(word) || /^.$|^\d+$/u.test(word);
}

/** Function words that METEOR's list lacks, with what captions begin with. */
const MORE = new Set(
  `my me your our us them him hers am are do does did done get got go going gone just really very still now then here again even ever
only any these those than too off down over under into onto near next beside inside while during before because being having should
could may might must shall can't don't didn't isn't i'm it's he's she's we're they're you're that's there's let's photo picture
image view couple lot standing stands stand front`.split(/\s+/),
);
