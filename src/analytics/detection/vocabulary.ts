// The words in use, with how often the background uses them. A word of captions and the same word of texts are two; whole texts
// are words too.
import { firstFrom } from './firstFrom.js';

export interface Word {
  /** Place in arrays of counts; given to another word when nobody uses this one any more. */
  readonly index: number;
  readonly of: 'caption' | 'text' | 'whole';
  readonly word: string;
  /** Tenths of a use by the background: a post's words count 10, and less once it belongs to a hotspot. */
  tenths: number;
  /** `tenths` when the vocabulary last settled. */
  settled: number;
  /** Numbers of the posts that use it, ascending. */
  readonly posts: number[];
}

/** What had been said by a time: posts of lower numbers, and how many words of each kind they have. */
export interface Past {
  readonly number: number;
  readonly words: Readonly<Record<Word['of'], number>>;
}

export const NOTHING_SAID: Past = { number: 0, words: { caption: 0, text: 0, whole: 0 } };

export interface Vocabulary {
  /** Indices are below this. */
  readonly capacity: number;
  /** The word; it stays while posts use it. */
  word(of: Word['of'], word: string): Word;
  /** Notes that a post uses these words. */
  use(words: readonly Word[], post: number): void;
  /** Takes a post back; words that no other uses are forgotten. */
  release(words: readonly Word[], post: number): void;
  /** Adds to the background's uses. */
  count(words: readonly Word[], tenths: number): void;
  /** Probability that a word of the background is this one; `without` so many of its uses, of so many of all words of its kind. */
  usual(word: Word, without?: { readonly uses: number; readonly all: number }): number;
  /** Probability that a word was this one in what was said before a time, by whoever. */
  before(word: Word, past: Past): number;
  /** Keeps the counts as they are for `rarity`. */
  settle(): void;
  /** -ln of the probability, as of the last time that the vocabulary settled: the same for all posts that come until the next. */
  rarity(word: Word): number;
}

/** Uses that the background is taken to have of any word before it has said one, and of all together. */
const PRIOR = { word: 0.5, all: 2000 };
const NOTHING = { uses: 0, all: 0 };
const itself = (number: number) => number;

export function createVocabulary(): Vocabulary {
  const known = { caption: new Map<string, Word>(), text: new Map<string, Word>(), whole: new Map<string, Word>() };
  const totals = { caption: 0, text: 0, whole: 0 };
  const settledTotals = { caption: 0, text: 0, whole: 0 };
  const free: number[] = [];
  let capacity = 0;
  return {
    get capacity() {
      return capacity;
    },
    word(of, word) {
      const found = known[of].get(word);
      if (found !== undefined) return found;
      const index = free.pop() ?? capacity++;
      const made: Word = { index, of, word, tenths: 0, settled: 0, posts: [] };
      known[of].set(word, made);
      return made;
    },
    use(words, post) {
      for (const word of words) word.posts.push(post);
    },
    release(words, post) {
      for (const word of words) {
        const place = word.posts.indexOf(post);
        if (place !== -1) word.posts.splice(place, 1);
        if (word.posts.length > 0) continue;
        known[word.of].delete(word.word);
        free.push(word.index);
      }
    },
    count(words, tenths) {
      for (const word of words) {
        word.tenths += tenths;
        totals[word.of] += tenths;
      }
    },
    usual: ({ tenths, of }, { uses, all } = NOTHING) =>
      (Math.max(0, tenths / 10 - uses) + PRIOR.word) / (totals[of] / 10 - all + PRIOR.all),
    before: ({ posts, of }, past) =>
      (firstFrom(posts, past.number, itself) + PRIOR.word) / (past.words[of] + PRIOR.all),
    settle() {
      for (const kind of ['caption', 'text', 'whole'] as const) {
        settledTotals[kind] = totals[kind];
        for (const word of known[kind].values()) word.settled = word.tenths;
      }
    },
    rarity: ({ settled, of }) => -Math.log((settled / 10 + PRIOR.word) / (settledTotals[of] / 10 + PRIOR.all)),
  };
}
