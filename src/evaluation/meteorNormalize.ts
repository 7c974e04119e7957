// A caption's tokens as METEOR 1.5 splits them with `-l en -norm`: punctuation set off, hyphenated words parted, initials without their dots ("u.s." is "us"). It runs on captions that the PTB tokenizer has been through.

/** Letters of the western scripts that METEOR knows. */
const ALPHA =
  'A-Za-z\u0160\u017D\u0161\u017E\u0178\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u017E\u0400-\u04FF\u0500-\u0527\uA640-\uA66E\uA67E-\uA697\u1D00-\u1D7F';

const LETTER = new RegExp(`[${ALPHA}]`, 'u');
const OTHER_SIGN = new RegExp(`([^0-9${ALPHA} \\t\\n\\v\\f\\r.'\`,\\-\u2018\u2019])`, 'gu');
const DASH_INSIDE = new RegExp(`([0-9${ALPHA}.])-([0-9${ALPHA}])`, 'gu');

/** Where an apostrophe is parted from what is on both sides, or from what is before it ("it 's"). One after the other. */
const APOSTROPHES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`([^${ALPHA}])'([^${ALPHA}])`, 'gu'), "$1 ' $2"],
  [new RegExp(`([^${ALPHA}0-9])'([${ALPHA}])`, 'gu'), "$1 ' $2"],
  [new RegExp(`([${ALPHA}])'([^${ALPHA}])`, 'gu'), "$1 ' $2"],
  [new RegExp(`([${ALPHA}])'([${ALPHA}])`, 'gu'), "$1 '$2"],
  [/([0-9])'(s)/g, "$1 '$2"],
];

/**
 * Words that keep the full stop after them, whatever follows. METEOR's list has many more, all with a capital letter, which lower-case
 * captions never meet; of those that keep it before a number only "pp" is lower-case.
 */
const KEEP_STOP = new Set(['v', 'vs', 'i.e', 'rev', 'e.g']);
const KEEP_STOP_BEFORE_NUMBER = new Set(['pp']);

/** The words of a caption given as its tokens joined by spaces. */
export function meteorWords(caption: string): string[] {
  let text = ` ${caption} `.replace(OTHER_SIGN, ' $1 ');
  text = text.replace(/\.{2,}/g, (dots) => ` ${dots} `);
  text = text.replace(/([^0-9]),([^0-9])/gu, '$1 , $2');
  text = text.replace(/([0-9]),([^0-9])/gu, '$1 , $2').replace(/([^0-9]),([0-9])/gu, '$1 , $2');
  text = text.replace(/[`\u2018\u2019]/g, "'").replace(/[\u201C\u201D]|''/g, ' " ');
  text = text.replaceAll('\u2013', '-').replaceAll('--', '-').replace(DASH_INSIDE, '$1 $2');
  for (const [pattern, parted] of APOSTROPHES) text = text.replace(pattern, parted);
  const words = text.split(/[ \t\n\f\r]+/).filter((word) => word !== '');
  return words
    .map((word, i) => withStop(word, words[i + 1]))
    .join(' ')
    .replace(/[\u2000-\u200A\u202F\u205F\u3000\u00A0]+/g, ' ')
    .toLowerCase()
    .split(/[ \t\n\f\r]+/)
    .filter((word) => word !== '');
}

/** A word that ends in a full stop: without its dots, with it, or parted from it. */
function withStop(word: string, next: string | undefined): string {
  if (word.length < 2 || !word.endsWith('.') || /^\.+$/.test(word)) return word;
  const bare = word.slice(0, -1);
  if (bare.includes('.') && LETTER.test(bare)) return word.replaceAll('.', '');
  if (KEEP_STOP.has(bare) || (next !== undefined && /^[a-z]/.test(next))) return word;
  if (KEEP_STOP_BEFORE_NUMBER.has(bare) && next !== undefined && /^[0-9]/.test(next)) return word;
  return `${bare} .`;
}
