// Whether a text is in the language that the lexicon knows. What is not is unknown, never neutral.
import { eld } from 'eld/small';
import { DEGREES, negates, VALENCE } from './lexicon.js';

const LINK = /https?:\/\/\S+|www\.\S+/giu;
const TAG = /[@#][\p{L}\p{N}_]+/gu;
const WORD = /\p{L}+(?:['’]\p{L}+)*/gu;
/** Common English words without a feeling: of a short text they tell the language better than its letters do. */
const COMMON = new Set(
  `a about after again all am an and any are as at back be been before but by can could day did do does down first for from get getting
go going good got had has have he her here him his home how i i'm if in into is it it's its just know last like look made make me my new
next night not now of off on one or our out over people rt see she some still than that that's the their them then there they think this
time to today tomorrow tonight too up us want was we week weekend well went were what when where which who why will with work would year
you you're your yes yeah`.split(/\s+/),
);
/** Share of a text's words that are surely English, from which it is English whatever its letters say; of a few words less will do. */
const ENGLISH = { most: 0.45, few: 0.3, words: 3 };

/** True: English, or nothing but emoji, emoticons and numbers, which need no language. */
export function isReadable(text: string): boolean {
  const plain = text.replace(LINK, ' ').replace(TAG, ' ');
  const words = plain.toLowerCase().replaceAll('’', "'").match(WORD) ?? [];
  if (words.length === 0)
    return /\p{Extended_Pictographic}|[:;=8][-o']?[)(\][dp/\\|]|<3|[!?]/iu.test(plain) || tagged(text);
  if (/[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(words.join(''))) {
    const latin = words.filter((word) => /^[\p{Script=Latin}'’]+$/u.test(word)).length;
    if (latin < words.length / 2) return false;
  }
  // A word with a letter that English has not speaks against it.
  const english = words.reduce((sum, word) => sum + (isEnglish(word) ? 1 : /[^\p{ASCII}]/u.test(word) ? -1 : 0), 0);
  if (english / words.length >= (words.length <= ENGLISH.words ? ENGLISH.few : ENGLISH.most)) return true;
  return eld.detect(plain).language === 'en';
}

function isEnglish(word: string): boolean {
  return COMMON.has(word) || DEGREES.has(word) || negates(word) || VALENCE.has(word);
}

/** "#awesome" alone is read as its words. */
function tagged(text: string): boolean {
  const tags = text.replace(LINK, ' ').match(/#[\p{L}\p{N}_]+/gu) ?? [];
  return tags.some((tag) => isEnglish(tag.slice(1).toLowerCase()));
}
