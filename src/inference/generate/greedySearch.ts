// Greedy search: always the likeliest token. transformers 5.18, `_sample` without sampling.

import { firstLargest } from './firstLargest.js';
import { newTokenLimits } from './generationSettings.js';
import { createLogitsRules } from './logitsRules.js';
import type { Search, SearchInput } from './search.js';

export function createGreedySearch({ prompt, settings, scratch }: SearchInput): Search {
  const limits = newTokenLimits(settings, prompt.length);
  const rules = createLogitsRules(settings, {
    length: prompt.length,
    minNewTokens: limits.min,
    maxNewTokens: limits.max,
  });
  // The penalty multiplies what is negative and divides what is not; every other rule bans or forces, and so would do with either.
  const wantsLogits = settings.repetitionPenalty !== 1;
  const ids = [...prompt];
  const tokenLogProbs: number[] = [];

  return {
    wantsLogits,
    advance([row]) {
      const { logProbs, logits } = row!;
      let scores = logProbs;
      if (rules.length > 0) {
        scratch.set(wantsLogits ? logits! : logProbs);
        for (const rule of rules) rule(scratch, ids);
        scores = scratch;
      }
      // 0 where every token is banned, as torch.argmax has it.
      const token = Math.max(0, firstLargest(scores));
      ids.push(token);
      tokenLogProbs.push(logProbs[token]!);
      const finished = settings.eosTokenIds.includes(token) || tokenLogProbs.length === limits.max;
      return finished ? null : { parents: [0], tokens: [token] };
    },
    result() {
      const logProb = tokenLogProbs.reduce((sum, value) => sum + value, 0);
      return { tokenIds: ids.slice(prompt.length), tokenLogProbs, logProb, score: logProb, others: [] };
    },
  };
}
