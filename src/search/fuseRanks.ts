// Several rankings as one: reciprocal rank fusion. A place counts 1 / (60 + place), whatever the numbers behind it mean, so that words and
// vectors need no common scale. Source: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
// Methods", SIGIR 2009, with its k of 60.
const K = 60;

/** Ids with their scores, the best first; of equal ones that first which an earlier ranking names first. */
export function fuseRanks(rankings: readonly (readonly string[])[]): { readonly id: string; readonly score: number }[] {
  const scores = new Map<string, number>();
  for (const ranking of rankings) {
    for (const [place, id] of ranking.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (K + place + 1));
  }
  // A sort keeps the order of equal ones.
  return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score);
}
