// Counts of n-grams. An n-gram is one number, made from the number of its first n - 1 words and its last word, so that millions of them
// cost no strings.

/** Longest n-grams that BLEU and CIDEr look at. */
export const MAX_N = 4;

export interface NgramCounter {
  /** Of each n (position n - 1): how often each n-gram stands in the words. Numbers are the same in all captions that one counter saw. */
  readonly count: (words: readonly string[]) => readonly Map<number, number>[];
}

export function ngramCounter(): NgramCounter {
  const wordIds = new Map<string, number>();
  /** By prefix and word: a number of its own. The empty prefix is 0. */
  const gramIds = new Map<number, number>();
  let grams = 1;
  /** More words than any set of captions has, and small enough that a prefix times this stays a safe integer. */
  const WORDS = 2 ** 24;

  function gramId(prefix: number, word: number): number {
    const key = prefix * WORDS + word;
    let id = gramIds.get(key);
    if (id === undefined) {
      id = grams++;
      gramIds.set(key, id);
    }
    return id;
  }

  return {
    count(words) {
      const ids = words.map((word) => {
        let id = wordIds.get(word);
        if (id === undefined) {
          id = wordIds.size;
          wordIds.set(word, id);
        }
        return id;
      });
      const counts = Array.from({ length: MAX_N }, () => new Map<number, number>());
      for (let start = 0; start < ids.length; start++) {
        let gram = 0;
        for (let n = 0; n < MAX_N && start + n < ids.length; n++) {
          gram = gramId(gram, ids[start + n]!);
          counts[n]!.set(gram, (counts[n]!.get(gram) ?? 0) + 1);
        }
      }
      return counts;
    },
  };
}
