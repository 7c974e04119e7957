// The English stemmer Porter2 (M. Porter, Snowball, 2002, http://snowball.tartarus.org/algorithms/english/stemmer.html) in the version
// that METEOR 1.5 has. Lower-case words in, stems out; other scripts pass through nearly unchanged.

const WHOLE: Readonly<Record<string, string>> = {
  skis: 'ski',
  skies: 'sky',
  dying: 'die',
  lying: 'lie',
  tying: 'tie',
  idly: 'idl',
  gently: 'gentl',
  ugly: 'ugli',
  early: 'earli',
  only: 'onli',
  singly: 'singl',
};
const UNCHANGED = new Set(['sky', 'news', 'howe', 'atlas', 'cosmos', 'bias', 'andes']);
const DONE_AFTER_PLURAL = /^(inning|outing|canning|herring|earring|proceed|exceed|succeed)$/;

const DERIVED: Readonly<Record<string, string>> = {
  tional: 'tion',
  enci: 'ence',
  anci: 'ance',
  abli: 'able',
  entli: 'ent',
  izer: 'ize',
  ization: 'ize',
  ational: 'ate',
  ation: 'ate',
  ator: 'ate',
  alism: 'al',
  aliti: 'al',
  alli: 'al',
  fulness: 'ful',
  ousli: 'ous',
  ousness: 'ous',
  iveness: 'ive',
  iviti: 'ive',
  biliti: 'ble',
  bli: 'ble',
  ogi: 'og',
  fulli: 'ful',
  lessli: 'less',
  li: '',
};
const DERIVED_AGAIN: Readonly<Record<string, string>> = {
  tional: 'tion',
  ational: 'ate',
  alize: 'al',
  icate: 'ic',
  iciti: 'ic',
  ical: 'ic',
  ful: '',
  ness: '',
  ative: '',
};
const ENDINGS = 'al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize ion'.split(' ');

/** The stem of a word. */
export function porter2(word: string): string {
  if (Object.hasOwn(WHOLE, word)) return WHOLE[word]!;
  if (word.length < 3 || UNCHANGED.has(word)) return word;
  // A y that begins a word or follows a vowel is a consonant; Y stands for it.
  let stem = word.replace(/^'/, '').replace(/^y/, 'Y');
  for (let i = 1; i < stem.length; i++) {
    if (stem[i] === 'y' && 'aeiouy'.includes(stem[i - 1]!)) stem = `${stem.slice(0, i)}Y${stem.slice(i + 1)}`;
  }
  const first = /^(gener|commun|arsen)/.exec(stem)?.[0].length ?? afterVowelAndConsonant(stem, 0);
  const second = afterVowelAndConsonant(stem, first);

  stem = plural(stem);
  if (!DONE_AFTER_PLURAL.test(stem)) {
    stem = pastAndGerund(stem, first);
    stem = stem.replace(/(?<=.[^aeiouy])[yY]$/s, 'i');
    stem = derived(stem, first);
    stem = derivedAgain(stem, first, second);
    stem = ending(stem, second);
    stem = finalLetter(stem, first, second);
  }
  return stem.replaceAll('Y', 'y');
}

/** Where the region begins that follows the first consonant after a vowel, from `start` on. */
function afterVowelAndConsonant(stem: string, start: number): number {
  const match = /[aeiouy][^aeiouy]/s.exec(stem.slice(start));
  return match === null ? stem.length : start + match.index + 2;
}

function plural(word: string): string {
  const stem = word.replace(/('s'|'s|')$/, '');
  if (stem.endsWith('sses')) return stem.slice(0, -2);
  if (/ie[ds]$/.test(stem)) return stem.slice(0, stem.length > 4 ? -2 : -1);
  if (/[su]s$/.test(stem)) return stem;
  return /[aeiouy].+s$/s.test(stem) ? stem.slice(0, -1) : stem;
}

function pastAndGerund(word: string, first: number): string {
  const suffix = /(eedly|eed|ingly|edly|ing|ed)$/.exec(word)?.[0];
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (suffix.startsWith('ee')) return stem.length >= first ? `${stem}ee` : word;
  if (!/[aeiouy]/.test(stem)) return word;
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (/(bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) return stem.slice(0, -1);
  return stem.length <= first && endsShort(stem) ? `${stem}e` : stem;
}

function derived(word: string, first: number): string {
  const suffix = longestSuffix(word, Object.keys(DERIVED));
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (stem.length < first) return word;
  if (suffix === 'ogi' && !stem.endsWith('l')) return word;
  if (suffix === 'li' && !/[cdeghkmnrt]$/.test(stem)) return word;
  return stem + DERIVED[suffix]!;
}

function derivedAgain(word: string, first: number, second: number): string {
  const suffix = longestSuffix(word, Object.keys(DERIVED_AGAIN));
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  return stem.length < (suffix === 'ative' ? Math.max(first, second) : first) ? word : stem + DERIVED_AGAIN[suffix]!;
}

function ending(word: string, second: number): string {
  const suffix = longestSuffix(word, ENDINGS);
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (stem.length < second || (suffix === 'ion' && !/[st]$/.test(stem))) return word;
  return stem;
}

function finalLetter(word: string, first: number, second: number): string {
  const stem = word.slice(0, -1);
  if (word.endsWith('e') && (stem.length >= second || (stem.length >= first && !endsShort(stem)))) return stem;
  if (word.endsWith('ll') && stem.length >= second) return stem;
  return word;
}

/** Ends in a short syllable: consonant, vowel, consonant other than w, x and Y; or is a vowel and a consonant. */
function endsShort(stem: string): boolean {
  return /[^aeiouy][aeiouy][^aeiouywxY]$|^[aeiouy][^aeiouy]$/s.test(stem);
}

function longestSuffix(word: string, suffixes: readonly string[]): string | undefined {
  return suffixes
    .filter((suffix) => word.endsWith(suffix))
    .reduce<string | undefined>(
      (longest, suffix) => (suffix.length > (longest?.length ?? 0) ? suffix : longest),
      undefined,
    );
}
