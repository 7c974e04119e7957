// References by image -> their tokens.
import { tokenizeCaptions } from './ptbTokenizer.js';

/** The tokens of each caption of each image; the captions are tokenized as one text, in their order. */
export function tokenizeReferences(references: ReadonlyMap<string, readonly string[]>): Map<string, string[][]> {
  const tokens = tokenizeCaptions([...references.values()].flat())[Symbol.iterator]();
  const take = (): string[] => tokens.next().value ?? [];
  return new Map([...references].map(([image, captions]) => [image, captions.map(take)]));
}
