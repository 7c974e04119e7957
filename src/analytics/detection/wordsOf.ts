// The words of a caption or a post that detection counts.

/** More words than this a post need not be known by. */
const MOST = 200;
const LINK = /\b(?:https?:\/\/|www\.)\S+/giu;
const WORD = /[#@]?[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}]+)*/gu;
/** Scripts that put no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** Different words in the order of their first use: lower case, with hashtags and mentions as they are, without links. */
export function wordsOf(text: string): string[] {
  const words = new Set<string>();
  for (const word of text.normalize('NFKC').toLowerCase().replace(LINK, ' ').match(WORD) ?? []) {
    for (const part of UNSPACED.test(word) ? segmented(word) : [word.replaceAll('’', "'")]) words.add(part);
    if (words.size >= MOST) break;
  }
  return [...words];
}

function segmented(text: string): string[] {
  return [...segmenter.segment(text)].flatMap(({ segment, isWordLike }) => (isWordLike === true ? [segment] : []));
}
