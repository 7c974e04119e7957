// Copied texts: what many accounts say in much the same words is said once. Two texts of MIN words or more are the same piece where
// at least SHARE of their words are the same (Jaccard). Texts that alike share a word among the first few in any fixed order of
// words, so that only those need to be looked at. Source: prefix filtering, C. Xiao et al., WWW 2008, 131-140 (PPJoin).
import { HOUR } from './tuning.js';

/** Shorter texts are the same by chance. */
const MIN = 8;
const SHARE = 0.8;
/** Hours for which a text is remembered after it was first said. */
const REMEMBERED = 72;

interface Text {
  readonly piece: string;
  readonly at: number;
  readonly words: ReadonlySet<string>;
}

export interface Copies {
  /** The piece of an earlier text that this one is a copy of; null where it is none, and it is then `piece`. */
  find(words: readonly string[], piece: string, at: number): string | null;
  /** Forgets texts that are too old at a time. */
  forget(now: number): void;
}

export function createCopies(): Copies {
  const byWord = new Map<string, Text[]>();
  return {
    find(said, piece, at) {
      // "RT @name" says nothing of its own.
      const words = new Set(said.filter((word) => word !== 'rt' && !word.startsWith('@')));
      if (words.size < MIN) return null;
      const prefix = rarestFirst(words).slice(0, words.size - Math.ceil(SHARE * words.size) + 1);
      let found: Text | null = null;
      for (const word of prefix)
        for (const text of byWord.get(word) ?? [])
          if (Math.abs(at - text.at) <= REMEMBERED * HOUR && alike(words, text.words) && earlier(text, found))
            found = text;
      if (found !== null) return found.piece;
      for (const word of prefix) {
        const texts = byWord.get(word);
        if (texts === undefined) byWord.set(word, [{ piece, at, words }]);
        else texts.push({ piece, at, words });
      }
      return null;
    },
    forget(now) {
      for (const [word, texts] of byWord) {
        const kept = texts.filter(({ at }) => now - at <= REMEMBERED * HOUR);
        if (kept.length === 0) byWord.delete(word);
        else if (kept.length < texts.length) byWord.set(word, kept);
      }
    },
  };
}

function earlier(text: Text, than: Text | null): boolean {
  return than === null || text.at < than.at || (text.at === than.at && text.piece < than.piece);
}

/** Long words are rarer, and an order that never changes is what the prefixes rest on. */
function rarestFirst(words: Iterable<string>): string[] {
  return [...words].sort((a, b) => b.length - a.length || (a < b ? -1 : a > b ? 1 : 0));
}

function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  return shared >= SHARE * (a.size + b.size - shared);
}
