// The captions of test/fixtures/caption-metrics and what pycocoevalcap 1.2 computes for them.
import { readFileSync } from 'node:fs';
import { readReferences, readResults } from '../../src/evaluation/cocoCaptions.js';

export const FIXTURE = 'test/fixtures/caption-metrics';

export interface Expected {
  readonly tokens: { readonly references: Record<string, string[]>; readonly results: Record<string, string> };
  readonly corpus: Record<string, number>;
  readonly images: Record<string, Record<string, number>>;
  readonly meteor_statistics: Record<string, Record<string, string>>;
}

export const expected = JSON.parse(readFileSync(`${FIXTURE}/expected.json`, 'utf8')) as Expected;
export const references = readReferences(`${FIXTURE}/references.json`);
export const results = readResults(`${FIXTURE}/results.json`);

/** What METEOR prints as statistics, with the chunk of a caption that is its reference taken out, as sums have it. */
export function summable(printed: readonly number[]): number[] {
  const whole = printed[20] === 1 && printed[21] === printed[0] && printed[22] === printed[1];
  return printed.map((value, i) => (i === 20 && whole ? 0 : value));
}
