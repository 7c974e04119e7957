// ROUGE-L (C.-Y. Lin, ROUGE: A Package for Automatic Evaluation of Summaries, 2004) as pycocoevalcap 1.2 computes it: best precision and best recall
// of the longest common subsequence over the references, each by itself.

/** How many times recall counts as much as precision. */
const BETA = 1.2;

/** The score of one candidate, 0..1. A caption without tokens counts as one empty token, as in the original: two empty ones agree. */
export function rougeL(candidate: readonly string[], references: readonly (readonly string[])[]): number {
  const tokens = candidate.length === 0 ? [''] : candidate;
  let precision = 0;
  let recall = 0;
  for (const reference of references) {
    const other = reference.length === 0 ? [''] : reference;
    const common = longestCommonSubsequence(tokens, other);
    precision = Math.max(precision, common / tokens.length);
    recall = Math.max(recall, common / other.length);
  }
  if (precision === 0 || recall === 0) return 0;
  return ((1 + BETA ** 2) * precision * recall) / (recall + BETA ** 2 * precision);
}

function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  const lengths = new Uint16Array(b.length + 1);
  for (const word of a) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = lengths[j]!;
      lengths[j] = word === b[j - 1] ? diagonal + 1 : Math.max(above, lengths[j - 1]!);
      diagonal = above;
    }
  }
  return lengths[b.length]!;
}
