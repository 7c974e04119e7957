// How far two ways of grouping the same things agree.

/** V-measure: harmonic mean of homogeneity and completeness. Source: A. Rosenberg and J. Hirschberg, EMNLP 2007, 410-420. */
export function vMeasure(truth: readonly string[], found: readonly string[]): number {
  const n = truth.length;
  const [a, b] = [tally(truth), tally(found)];
  const both = tally(truth.map((label, i) => `${label}\n${found[i]}`));
  const entropy = (counts: ReadonlyMap<string, number>) => {
    let sum = 0;
    for (const count of counts.values()) sum -= (count / n) * Math.log(count / n);
    return sum;
  };
  let mutual = 0;
  for (const [pair, count] of both) {
    const [x, y] = pair.split('\n') as [string, string];
    mutual += (count / n) * Math.log((count * n) / (a.get(x)! * b.get(y)!));
  }
  const [ha, hb] = [entropy(a), entropy(b)];
  const homogeneity = ha === 0 ? 1 : mutual / ha;
  const completeness = hb === 0 ? 1 : mutual / hb;
  return homogeneity + completeness > 0 ? (2 * homogeneity * completeness) / (homogeneity + completeness) : 0;
}

/** Adjusted Rand index. Source: L. Hubert and P. Arabie, Journal of Classification 2, 1985, 193-218. */
export function adjustedRand(truth: readonly string[], found: readonly string[]): number {
  const sum = (counts: ReadonlyMap<string, number>) => {
    let pairs = 0;
    for (const count of counts.values()) pairs += pairsOf(count);
    return pairs;
  };
  const together = sum(tally(truth.map((label, i) => `${label}\n${found[i]}`)));
  const [a, b] = [sum(tally(truth)), sum(tally(found))];
  const expected = (a * b) / Math.max(1, pairsOf(truth.length));
  return (a + b) / 2 === expected ? 1 : (together - expected) / ((a + b) / 2 - expected);
}

export function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

function tally(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
