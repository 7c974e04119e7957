// The K best continuations of the running beams, without sorting beams x vocabulary scores.
import { notNumbers } from './firstLargest.js';

export interface Candidate {
  readonly beam: number;
  readonly token: number;
  /** Running score of the beam plus the score of the token, in float32. */
  readonly score: number;
}

/** Keeps the best `size` candidates, best first; of equal ones the first offered comes first. */
export class TopCandidates {
  readonly #size: number;
  readonly #kept: Candidate[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Whether a row whose tokens all score `bound` or less could still contribute. */
  admits(bound: number): boolean {
    return this.#kept.length < this.#size || bound > this.#threshold();
  }

  /** Offers every token of one beam: `scores` [V] are added to `runningScore`. Throws AppError BAD_MODEL at a NaN. */
  offer(beam: number, runningScore: number, scores: Float32Array): void {
    const { length } = scores;
    let threshold = this.#threshold();
    for (let token = 0; token < length; token++) {
      // The sum in float64 comes first: nearly all tokens fail here. (No score is below -Infinity, the threshold until all places are taken.)
      const sum = scores[token]! + runningScore;
      if (sum < threshold) continue;
      // A NaN is not below anything: it comes this far.
      if (Number.isNaN(sum)) throw notNumbers();
      const score = Math.fround(sum);
      if (!this.admits(score)) continue;
      this.#insert({ beam, token, score });
      threshold = this.#threshold();
    }
  }

  /** Best first. */
  take(): readonly Candidate[] {
    return this.#kept;
  }

  #threshold(): number {
    return this.#kept.length < this.#size ? -Infinity : this.#kept[this.#size - 1]!.score;
  }

  #insert(candidate: Candidate): void {
    if (this.#kept.length === this.#size) this.#kept.pop();
    let at = this.#kept.length;
    while (at > 0 && this.#kept[at - 1]!.score < candidate.score) at--;
    this.#kept.splice(at, 0, candidate);
  }
}
