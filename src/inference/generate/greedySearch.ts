// Greedy search: always the likeliest token. transformers 5.18, `_sample` without sampling.
import { newTokenLimits } from './generationSettings.js';
import { createLogitsRules } from './logitsRules.js';
import { logNormalizer } from './logSoftmax.js';
import type { Search, SearchInput } from './search.js';

export function createGreedySearch({ prompt, settings, scratch }: SearchInput): Search {
  const limits = newTokenLimits(settings, prompt.length);
  const rules = createLogitsRules(settings, {
    length: prompt.length,
    minNewTokens: limits.min,
    maxNewTokens: limits.max,
  });
  const ids = [...prompt];
  const tokenLogProbs: number[] = [];

  return {
    advance([logits]) {
      const normalizer = logNormalizer(logits!);
      let token = normalizer.argMax;
      if (rules.length > 0) {
        scratch.set(logits!);
        for (const rule of rules) rule(scratch, ids);
        token = firstLargest(scratch);
      }
      ids.push(token);
      tokenLogProbs.push(logits![token]! - normalizer.max - normalizer.logSum);
      const finished = settings.eosTokenIds.includes(token) || tokenLogProbs.length === limits.max;
      return finished ? null : { parents: [0], tokens: [token] };
    },
    result() {
      const logProb = tokenLogProbs.reduce((sum, value) => sum + value, 0);
      return { tokenIds: ids.slice(prompt.length), tokenLogProbs, logProb, score: logProb, others: [] };
    },
  };
}

/** Index of the first largest score; 0 where every token is banned, as torch.argmax has it. */
function firstLargest(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}
