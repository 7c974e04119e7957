// Beam search as transformers 5.18's `_beam_search` does it, for one prompt, with its float32 arithmetic.
// Running beams and finished ones live side by side: a step takes the best max(2, 1 + end tokens) x beams continuations,
// so that enough unfinished ones are among them; those among the first `beams` that end here compete with the finished
// ones by score / length ** lengthPenalty; the best unfinished ones run on. -1e9 marks what must not be chosen. (The reference
// goes on with prompts that are done while others of the batch are not, and marks their scores out; here they just stop.)
// Where the reference leaves the order of equal scores open, the lower beam and token come first.
import { newTokenLimits } from './generationSettings.js';
import { createLogitsRules } from './logitsRules.js';
import type { GeneratedSequence, NextToken, Search, SearchInput } from './search.js';
import { TopCandidates } from './topCandidates.js';

const OUT = -1e9;

/** A token, and what was said before it: beams share what they have in common. */
interface Said {
  readonly before: Said | null;
  readonly token: number;
  readonly logProb: number;
}

interface Beam {
  readonly said: Said | null;
  readonly score: number;
  readonly finished: boolean;
}

export function createBeamSearch({ prompt, settings, scratch }: SearchInput): Search {
  const { numBeams, lengthPenalty, earlyStopping } = settings;
  const limits = newTokenLimits(settings, prompt.length);
  const rules = createLogitsRules(settings, {
    length: prompt.length,
    minNewTokens: limits.min,
    maxNewTokens: limits.max,
  });
  const eos = new Set(settings.eosTokenIds);
  const keep = Math.max(2, 1 + settings.eosTokenIds.length) * numBeams;
  const empty: Beam = { said: null, score: OUT, finished: false };
  // All beams start from the same prompt: only the first may be continued, or they would all say the same.
  let running: readonly Beam[] = Array.from({ length: numBeams }, (_, beam) => ({
    ...empty,
    score: beam === 0 ? 0 : OUT,
  }));
  let finished: readonly Beam[] = Array.from({ length: numBeams }, () => empty);
  let generated = 0;

  function advance(rows: readonly NextToken[]) {
    const rowOf = (beam: number) => (rows.length === 1 ? rows[0]! : rows[beam]!).logProbs;
    const top = new TopCandidates(keep);
    for (let beam = 0; beam < numBeams; beam++) {
      const { score, said } = running[beam]!;
      // Scores of tokens are never above 0, whatever the rules did to them.
      if (!top.admits(score)) continue;
      const logProbs = rowOf(beam);
      if (rules.length > 0) {
        scratch.set(logProbs);
        const ids = [...prompt, ...sequenceOf(said).tokenIds];
        for (const rule of rules) rule(scratch, ids);
      }
      top.offer(beam, score, rules.length > 0 ? scratch : logProbs);
    }

    const length = generated + 1;
    const candidates = top.take().map(({ beam, token, score }, rank) => {
      const ends = length === limits.max || eos.has(token);
      const said: Said = { before: running[beam]!.said, token, logProb: rowOf(beam)[token]! };
      return { parent: beam, ends, counts: ends && rank < numBeams, score, said };
    });

    const next = best(
      numBeams,
      candidates.map((c) => ({ ...c, finished: false, score: c.ends ? Math.fround(c.score + OUT) : c.score })),
    );

    const ended = candidates.map((c) => {
      const score = penalised(c.score, length, lengthPenalty);
      return { said: c.said, score: c.counts ? score : Math.fround(score + OUT), finished: c.counts };
    });
    finished = best(numBeams, [...finished, ...ended]);
    running = next;
    generated = length;

    const done = earlyStopping === true && finished.every((beam) => beam.finished);
    if (!couldImprove() || done || candidates.every((c) => c.ends)) return null;
    return {
      parents: rows.length === 1 ? next.map(() => 0) : next.map((c) => c.parent),
      tokens: next.map((c) => c.said.token),
    };
  }

  /** Whether the best running beam could, at the best length assumed for it, still beat the worst finished one. */
  function couldImprove(): boolean {
    const length = earlyStopping === 'never' && lengthPenalty > 0 ? limits.max : generated;
    const hope = penalised(running[0]!.score, length, lengthPenalty);
    const worst = finished.reduce((low, beam) => Math.min(low, beam.score), Infinity);
    return finished.some((beam) => hope > (beam.finished ? worst : OUT));
  }

  return {
    wantsLogits: false,
    advance,
    result() {
      const [first, ...others] = finished;
      return { ...sequenceAt(first!), others: others.filter((beam) => beam.finished).map(sequenceAt) };
    },
  };
}

function sequenceAt({ said, score }: Beam): GeneratedSequence {
  const { tokenIds, tokenLogProbs } = sequenceOf(said);
  return { tokenIds, tokenLogProbs, logProb: tokenLogProbs.reduce((sum, value) => sum + value, 0), score };
}

/** All that was said, the first token first. */
function sequenceOf(said: Said | null): { readonly tokenIds: number[]; readonly tokenLogProbs: number[] } {
  const tokenIds: number[] = [];
  const tokenLogProbs: number[] = [];
  for (let each = said; each !== null; each = each.before) {
    tokenIds.push(each.token);
    tokenLogProbs.push(each.logProb);
  }
  return { tokenIds: tokenIds.reverse(), tokenLogProbs: tokenLogProbs.reverse() };
}

function penalised(score: number, length: number, lengthPenalty: number): number {
  return Math.fround(score / Math.fround(length ** lengthPenalty));
}

/** The `count` highest scores, best first; Array.prototype.sort is stable. */
function best<T extends { readonly score: number }>(count: number, of: readonly T[]): T[] {
  return [...of].sort((a, b) => (a.score === b.score ? 0 : b.score > a.score ? 1 : -1)).slice(0, count);
}
