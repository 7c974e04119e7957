import type { Tokenizer } from '../tokenizer.js';

/** Tokens that make a word, by their places in the caption. */
export interface CaptionWord {
  readonly text: string;
  /** Where it begins in the text of all tokens, trimmed; in UTF-16 code units. */
  readonly start: number;
  readonly places: readonly number[];
}

/**
 * The words of a generated caption: a token whose text begins with a space begins one. Tokens without text (the end, special
 * ones) belong to none; punctuation belongs to the word that it follows.
 */
export function wordsOf(tokenIds: readonly number[], tokenizer: Pick<Tokenizer, 'decode'>): CaptionWord[] {
  const words: { text: string; start: number; places: number[] }[] = [];
  let before = '';
  // Bytes of a character that is not complete yet change the text's end again: its length counts up to them.
  const complete = (text: string) => text.replace(/\ufffd+$/u, '').length;
  tokenIds.forEach((_, place) => {
    const text = tokenizer.decode(tokenIds.slice(0, place + 1));
    if (text === before) return;
    const from = complete(before);
    const piece = text.slice(from);
    // A space alone waits for its word; some tokenizers put one before the end token.
    if (piece.trim() === '') return;
    const last = words.at(-1);
    if (last === undefined || /^\s/u.test(piece)) {
      const start = from + piece.length - piece.trimStart().length;
      words.push({ text: piece, start, places: [place] });
    } else {
      last.text = last.text.replace(/\ufffd+$/u, '') + piece;
      last.places.push(place);
    }
    before = text;
  });
  const first = words[0]?.start ?? 0;
  return words.map(({ text, start, places }) => ({ text: text.trim(), start: start - first, places }));
}
