import { expect, it } from '@jest/globals';
import { disjointSets } from '../../../src/analytics/hdbscan/disjointSets.js';
import { uniforms } from '../../support/random.js';

it('keeps together what was joined, and nothing else, as plain labels do', () => {
  const uniform = uniforms(7);
  const below = (n: number) => Math.floor(uniform() * n);
  const sets = disjointSets(60);
  let labels = Array.from({ length: 60 }, (_, i) => i);
  for (let i = 0; i < 45; i += 1) {
    const [a, b] = [below(60), below(60)];
    const [from, into] = [labels[a]!, labels[b]!];
    expect(sets.join(a, b)).toBe(from !== into);
    // Who stood for the second set stands for both: `labels` are the representatives themselves.
    labels = labels.map((label) => (label === from ? into : label));
    expect(labels.map((_, member) => sets.find(member))).toEqual(labels);
  }
});
