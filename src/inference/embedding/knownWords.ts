// Whether a model reads a text by words that it has learnt, or has to spell them: what is spelled by a model that knows few
// words says little, however sure its vector looks.
import type { Tokenizer } from '../tokenizer.js';

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const UNKNOWN = ['[UNK]', '<unk>'];
/** A word in pieces shorter than this, in characters in the mean, is spelled. */
const PIECE = 2;

/** The share of a text's words that are known, 0 to 1; of one without words 1. */
export function knownShare(tokenizer: Tokenizer): (text: string) => number {
  const unknown = new Set(UNKNOWN.map((token) => tokenizer.idOf(token)));
  const known = new Map<string, boolean>();
  const knows = (word: string) => {
    let answer = known.get(word);
    if (answer === undefined) {
      const ids = tokenizer.encode(` ${word}`, { addSpecialTokens: false });
      const spelled = ids.length > 1 && word.length / ids.length < PIECE;
      answer = ids.length > 0 && !spelled && !ids.some((id) => unknown.has(id));
      if (known.size >= MOST) known.clear();
      known.set(word, answer);
    }
    return answer;
  };
  return (text) => {
    const words = text.toLowerCase().match(WORD) ?? [];
    return words.length === 0 ? 1 : words.filter(knows).length / words.length;
  };
}

/** Words remembered. */
const MOST = 50_000;
