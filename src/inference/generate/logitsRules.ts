// What may not, or should not, come next: repetition penalty, n-grams, bad words, lengths, forced and suppressed tokens.
// Follows transformers 5.18's logits processors (generation/logits_process.py) in their order. Scores are raw logits in
// greedy search and log-probabilities in beam search, as there.
import type { GenerationSettings } from './generationSettings.js';

/** Changes the scores [V] of one row in place; `ids` are its prompt (image tokens included) and its tokens so far. */
export type LogitsRule = (scores: Float32Array, ids: readonly number[]) => void;

/** The rules of one prompt in the order they apply; none for plain decoding. */
export function createLogitsRules(
  settings: GenerationSettings,
  prompt: { readonly length: number; readonly minNewTokens: number; readonly maxNewTokens: number },
): readonly LogitsRule[] {
  const { eosTokenIds, repetitionPenalty, noRepeatNgramSize, forcedBosTokenId, forcedEosTokenIds } = settings;
  const rules: LogitsRule[] = [];
  if (repetitionPenalty !== 1) rules.push(repetitionRule(repetitionPenalty));
  if (noRepeatNgramSize > 0) rules.push(noRepeatNgramRule(noRepeatNgramSize));
  // An end token is no bad word: transformers takes it off the list.
  const badWords = settings.badWordsIds.filter((word) => !(word.length === 1 && eosTokenIds.includes(word[0]!)));
  if (badWords.length > 0) rules.push(badWordsRule(badWords));
  if (prompt.minNewTokens > 0 && eosTokenIds.length > 0) {
    rules.push(whenLength((length) => length < prompt.length + prompt.minNewTokens, banRule(eosTokenIds)));
  }
  if (forcedBosTokenId !== null) rules.push(whenLength((length) => length === 1, forceRule([forcedBosTokenId])));
  if (forcedEosTokenIds.length > 0) {
    rules.push(
      whenLength((length) => length === prompt.length + prompt.maxNewTokens - 1, forceRule(forcedEosTokenIds)),
    );
  }
  if (settings.suppressTokens.length > 0) rules.push(banRule(settings.suppressTokens));
  if (settings.beginSuppressTokens.length > 0) {
    const begin = prompt.length > 1 || forcedBosTokenId === null ? prompt.length : prompt.length + 1;
    rules.push(whenLength((length) => length === begin, banRule(settings.beginSuppressTokens)));
  }
  return rules;
}

/** Every token seen, prompt included, loses: negative scores times the penalty, others divided by it (CTRL, Keskar et al. 2019). */
function repetitionRule(penalty: number): LogitsRule {
  const factor = Math.fround(penalty);
  return (scores, ids) => {
    for (const id of new Set(ids)) {
      const score = scores[id];
      if (score !== undefined) scores[id] = score < 0 ? score * factor : score / factor;
    }
  };
}

/** Bans each token that would complete an n-gram which is there already, in the prompt or after it. */
function noRepeatNgramRule(size: number): LogitsRule {
  return (scores, ids) => {
    const prefix = ids.length - (size - 1);
    for (let start = 0; start + size <= ids.length; start++) {
      let i = 0;
      while (i < size - 1 && ids[start + i] === ids[prefix + i]) i++;
      if (i === size - 1) ban(scores, ids[start + i]!);
    }
  };
}

function badWordsRule(words: readonly (readonly number[])[]): LogitsRule {
  return (scores, ids) => {
    for (const word of words) {
      const prefix = word.length - 1;
      if (prefix > ids.length) continue;
      let i = 0;
      while (i < prefix && ids[ids.length - prefix + i] === word[i]) i++;
      if (i === prefix) ban(scores, word[prefix]!);
    }
  };
}

function banRule(tokens: readonly number[]): LogitsRule {
  return (scores) => {
    for (const token of tokens) ban(scores, token);
  };
}

function forceRule(tokens: readonly number[]): LogitsRule {
  return (scores) => {
    scores.fill(-Infinity);
    for (const token of tokens) scores[token] = 0;
  };
}

function whenLength(applies: (length: number) => boolean, rule: LogitsRule): LogitsRule {
  return (scores, ids) => {
    if (applies(ids.length)) rule(scores, ids);
  };
}

// An id beyond the logits (an image token that has no row in the head) cannot be generated anyway.
function ban(scores: Float32Array, token: number): void {
  if (token < scores.length) scores[token] = -Infinity;
}
