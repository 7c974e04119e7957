// METEOR's synonyms: words that share a synset of WordNet. Files `english.synsets` and `english.exceptions` of METEOR 1.5: pairs of
// lines, a word and the numbers of its synsets; a base form and its irregular forms.

/** Regular endings and what stands in their place in a base form; the first that gives a known word. */
const ENDINGS: readonly (readonly [string, string])[] = [
  ['s', ''],
  ['ses', 's'],
  ['xes', 'x'],
  ['zes', 'z'],
  ['ches', 'ch'],
  ['shes', 'sh'],
  ['men', 'man'],
  ['ies', 'y'],
  ['es', 'e'],
  ['es', ''],
  ['ed', 'e'],
  ['ed', ''],
  ['ing', 'e'],
  ['ing', ''],
  ['er', ''],
  ['est', ''],
  ['er', 'e'],
  ['est', 'e'],
];

export interface Synonyms {
  /** Whether the words share a synset, as they are or by a base form. */
  readonly same: (a: string, b: string) => boolean;
}

/** Reads the texts of the two files. */
export function readSynonyms(synsets: string, exceptions: string): Synonyms {
  const setsOf = new Map<string, string>();
  for (const [word, sets] of linePairs(synsets)) setsOf.set(word, sets);
  const basesOf = new Map<string, string[]>();
  for (const [base, forms] of linePairs(exceptions)) {
    for (const form of splitWords(forms)) basesOf.set(form, [...(basesOf.get(form) ?? []), base]);
  }
  const known = new Map<string, ReadonlySet<string>>();

  function allSets(word: string): ReadonlySet<string> {
    let sets = known.get(word);
    if (sets === undefined) {
      const bases = basesOf.get(word) ?? [baseForm(word)];
      sets = new Set([word, ...bases].flatMap((form) => splitWords(setsOf.get(form) ?? '')));
      known.set(word, sets);
    }
    return sets;
  }

  function baseForm(word: string): string {
    if (word.endsWith('ss') || word.length <= 2) return word;
    const ending = ENDINGS.find(([from, to]) => word.endsWith(from) && setsOf.has(word.slice(0, -from.length) + to));
    return ending === undefined ? '' : word.slice(0, -ending[0].length) + ending[1];
  }

  return {
    same(a, b) {
      const setsB = allSets(b);
      if (setsB.size === 0) return false;
      for (const set of allSets(a)) if (setsB.has(set)) return true;
      return false;
    },
  };
}

function* linePairs(text: string): Generator<[string, string]> {
  const lines = text.split(/\r?\n/);
  for (let i = 0; i + 1 < lines.length; i += 2) yield [lines[i]!, lines[i + 1]!];
}

function splitWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
