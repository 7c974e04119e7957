// What is shown of an explanation: for each word small maps of the picture, not every query of every layer. A fifth of the numbers, or less.
import type { CaptionExplanation, EcmaLayerExplanation } from './explanation.js';
import { weightedMean } from './pictureMap.js';

/** Attention over the picture in side x side cells. */
export interface AttentionMap {
  readonly side: number;
  /** How much of the attention lies on it, 0..1. */
  readonly share: number;
  /** Row by row, by the highest of them: 0..1, to three digits. */
  readonly cells: readonly number[];
}

export interface ShownWord {
  readonly text: string;
  /** Its place in the caption, in UTF-16 code units; `end` is the first one behind it. */
  readonly start: number;
  readonly end: number;
  readonly logProb: number;
  readonly pictureShare: number;
  readonly queries: readonly number[];
  /** As ExplainedWord has them. */
  readonly map: AttentionMap;
  readonly ecmaMap: AttentionMap | null;
  /** ECMA's part scale by scale, coarse to fine, the patches last; empty where it adds nothing. Their shares sum to ecmaMap's. */
  readonly scales: readonly AttentionMap[];
}

export interface ShownExplanation {
  readonly text: string;
  readonly words: readonly ShownWord[];
  /** null without an adapter. */
  readonly ecma: readonly Omit<EcmaLayerExplanation, 'queries'>[] | null;
  readonly modelDigest: string;
  readonly adapterDigest: string;
}

export function shownExplanation(explanation: CaptionExplanation): ShownExplanation {
  const { caption, words, ecma, grid, modelDigest, adapterDigest } = explanation;
  return {
    text: caption,
    words: words.map(({ text, start, logProb, pictureShare, queries, map, ecmaMap }) => ({
      ...{ text, start, end: start + text.length, logProb, pictureShare },
      queries: queries.map(short),
      map: attentionMap(map, grid),
      ecmaMap: ecmaMap && attentionMap(ecmaMap, grid),
      scales: ecma === null ? [] : scaleMaps(ecma, queries, grid),
    })),
    ecma: ecma?.map(({ queries, ...rest }) => rest) ?? null,
    modelDigest,
    adapterDigest,
  };
}

/** Each query counts as for the word, and by how much the layer changes it, as in ecmaMap. */
function scaleMaps(ecma: readonly EcmaLayerExplanation[], counts: readonly number[], grid: number): AttentionMap[] {
  const weights = ecma.flatMap(({ changes }) => counts.map((count, n) => count * changes[n]!));
  const all = ecma.flatMap(({ queries }) => queries);
  const sides = [...all[0]!.scales.map(({ side }) => side), grid];
  return sides.flatMap((side, i) => {
    const mean = weightedMean(
      all.map(({ scales, patches }) => scales[i]?.cells ?? patches),
      weights,
    );
    return mean === null ? [] : [attentionMap(mean, side)];
  });
}

function attentionMap(shares: readonly number[], side: number): AttentionMap {
  const highest = Math.max(...shares);
  return {
    side,
    share: shares.reduce((a, b) => a + b, 0),
    cells: shares.map((value) => (highest > 0 ? short(value / highest) : 0)),
  };
}

/** Who draws sees no more than a thousandth. */
function short(value: number): number {
  return Math.round(1000 * value) / 1000;
}
