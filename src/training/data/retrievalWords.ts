// The words that an embedder's text branch knows whole.
import { vocabulary } from '../scenes/caption.js';
import type { CaptionData } from './captionData.js';

/** Captions are counted up to this picture. */
const COUNTED = 5000;
/** A word seen less often is left to its letters. */
const TIMES = 3;
const MOST = 8000;

/** The words of drawn scenes' captions, and those that these captions use most, in alphabetical order. */
export function retrievalWords(data: CaptionData): string[] {
  const counts = new Map<string, number>();
  for (let i = 0; i < Math.min(COUNTED, data.count); i += 1) {
    for (const caption of data.references(i)) {
      for (const [word] of caption.toLowerCase().matchAll(/[a-z0-9]+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const used = [...counts].filter(([, count]) => count >= TIMES).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return [...new Set([...vocabulary(), ...used.slice(0, MOST).map(([word]) => word)])].sort();
}
