// METEOR's paraphrases: `paraphrase-en.gz` of METEOR 1.5, 5.3 million pairs of phrases on three lines each (probability, phrase, paraphrase).

/** By phrase (words joined by a space), in the file's order: its paraphrases, as words. */
export type Paraphrases = ReadonlyMap<string, readonly (readonly string[])[]>;

const NEWLINE = 10;
const SPACE = 32;

/** Bits of the hash by which most pairs are sorted out before a string is made of them. */
const HASH_BITS = 20;

/**
 * Reads the unpacked file, keeping only pairs made of `words`: others can match nothing in captions that have no other words, and all of
 * them would take gigabytes.
 */
export function readParaphrases(file: Uint8Array, words: ReadonlySet<string>): Paraphrases {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const mayBeKnown = new Uint8Array(1 << HASH_BITS);
  for (const word of words) {
    const encoded = Buffer.from(word);
    mayBeKnown[firstWordHash(encoded, 0, encoded.length)] = 1;
  }
  const phraseOf = (start: number, end: number): string[] | undefined => {
    const parts = bytes.toString('utf8', start, end).split(/\s+/);
    return parts.every((word) => words.has(word)) ? parts : undefined;
  };
  const lineEnd = (from: number): number => {
    const end = bytes.indexOf(NEWLINE, from);
    return end === -1 ? bytes.length : end;
  };
  const paraphrases = new Map<string, string[][]>();
  for (let at = 0; at < bytes.length; ) {
    const phraseStart = lineEnd(at) + 1;
    const phraseEnd = lineEnd(phraseStart);
    const otherEnd = lineEnd(phraseEnd + 1);
    at = otherEnd + 1;
    if (mayBeKnown[firstWordHash(bytes, phraseStart, phraseEnd)] === 0) continue;
    if (mayBeKnown[firstWordHash(bytes, phraseEnd + 1, otherEnd)] === 0) continue;
    const phrase = phraseOf(phraseStart, phraseEnd)?.join(' ');
    const paraphrase = phrase === undefined ? undefined : phraseOf(phraseEnd + 1, otherEnd);
    if (phrase === undefined || paraphrase === undefined) continue;
    const list = paraphrases.get(phrase);
    if (list === undefined) paraphrases.set(phrase, [paraphrase]);
    else list.push(paraphrase);
  }
  return paraphrases;
}

/** FNV-1a of the bytes up to a space, folded. */
function firstWordHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end && bytes[i] !== SPACE; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash ^ (hash >>> HASH_BITS)) & ((1 << HASH_BITS) - 1);
}
