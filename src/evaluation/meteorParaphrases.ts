// METEOR's paraphrases: `paraphrase-en.gz` of METEOR 1.5, 5.3 million pairs of phrases on three lines each (probability, phrase, paraphrase).

/** By phrase (words joined by a space), in the file's order: its paraphrases, as words. */
export type Paraphrases = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Long files are read in pieces: a string of JavaScript holds no more than half a gigabyte. */
const PIECE = 1 << 24;

/**
 * Reads the unpacked file, keeping only pairs made of `words`: others can match nothing in captions that have no other words, and all of
 * them would take gigabytes.
 */
export function readParaphrases(file: Uint8Array, words: ReadonlySet<string>): Paraphrases {
  const paraphrases = new Map<string, string[][]>();
  const known = (phrase: string): string[] | undefined => {
    // Most pairs fail at their first word, before anything is split.
    const space = phrase.indexOf(' ');
    if (!words.has(space === -1 ? phrase : phrase.slice(0, space))) return undefined;
    const parts = phrase.split(/\s+/);
    return parts.every((word) => words.has(word)) ? parts : undefined;
  };
  let state = 0;
  let phrase: string | undefined;
  for (const line of linesOf(file)) {
    if (state === 1) phrase = known(line)?.join(' ');
    else if (state === 2 && phrase !== undefined) {
      const paraphrase = known(line);
      if (paraphrase !== undefined) {
        const list = paraphrases.get(phrase);
        if (list === undefined) paraphrases.set(phrase, [paraphrase]);
        else list.push(paraphrase);
      }
    }
    state = (state + 1) % 3;
  }
  return paraphrases;
}

function* linesOf(file: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for (let at = 0; at < file.length; at += PIECE) {
    const text = rest + decoder.decode(file.subarray(at, at + PIECE), { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      yield text.slice(start, end);
      start = end + 1;
    }
    rest = text.slice(start);
  }
  if (rest !== '') yield rest;
}
