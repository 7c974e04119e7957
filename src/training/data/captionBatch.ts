// Batches of captioned pictures from cached features.
import type * as ort from 'onnxruntime-node';
import { ids } from '../../onnx/tensors.js';
import { randomOf } from '../scenes/random.js';
import { type CaptionVocabulary, slotIds, type Target, targetFeeds } from './documents.js';
import type { Features } from './features.js';
import { SLOTS } from './slots.js';

export interface CaptionBatchOptions {
  readonly seed: number;
  readonly batch: number;
  /** Tokens of a caption with its begin token; longer ones are cut. */
  readonly length: number;
  /** Places at which the next token counts, over the whole batch. */
  readonly rows: number;
  readonly queries: number;
  /** Put between the begin token and the caption, and not learned: how captions are prompted later. '': nothing. */
  readonly prompt: string;
  /** Whether the keywords of drawn scenes are fed too. */
  readonly slots: boolean;
}

/** Feeds of captioningObjective for a step: pictures in an order shuffled anew each epoch, one caption of each at random. */
export function captionBatch(
  features: Features,
  vocabulary: CaptionVocabulary,
  options: CaptionBatchOptions,
  step: number,
): Record<string, ort.Tensor> {
  const { seed, batch, length } = options;
  const prompt = options.prompt === '' ? [] : vocabulary.encode(options.prompt);
  const { data } = features;
  const random = randomOf('captions', seed, step);
  const chosen = Array.from({ length: batch }, (_, i) => shuffledIndex(seed, (step - 1) * batch + i, data.count));
  const tokens = new Int32Array(batch * length).fill(vocabulary.padId);
  const targets: Target[] = [];
  chosen.forEach((index, row) => {
    const caption = random.pick(data.references(index));
    const text = [
      vocabulary.bosId,
      ...prompt,
      ...captionIds(vocabulary, options.prompt, caption),
      vocabulary.endId,
    ].slice(0, length + 1);
    for (let i = 0; i < text.length; i += 1) {
      if (i < length) tokens[row * length + i] = text[i]!;
      if (i > prompt.length) {
        targets.push({ row: row * (options.queries + length) + options.queries + i - 1, label: text[i]! });
      }
    }
  });
  const slots = chosen.flatMap((index) => (options.slots ? slotIds(data.facts!(index), vocabulary, SLOTS) : []));
  return {
    image_embeds: features.read(chosen),
    input_ids: ids(tokens, [batch, length]),
    ...(options.slots ? { slots: ids(slots) } : {}),
    ...targetFeeds(targets, options.rows),
  };
}

/** Ids of a caption as it goes on after a prompt: most tokenizers have other tokens for a word after a space than for a first one. */
export function captionIds(vocabulary: CaptionVocabulary, prompt: string, caption: string): readonly number[] {
  if (prompt === '') return vocabulary.encode(caption);
  const before = vocabulary.encode(prompt);
  const whole = vocabulary.encode(`${prompt} ${caption}`);
  return before.every((id, i) => whole[i] === id) ? whole.slice(before.length) : vocabulary.encode(caption);
}

/** The n-th picture of an endless sequence in which each epoch is a permutation of its own. */
export function shuffledIndex(seed: number, n: number, count: number): number {
  const epoch = Math.floor(n / count);
  return permutation(seed, epoch, count)[n % count]!;
}

let kept: { key: string; order: Uint32Array } | undefined;

function permutation(seed: number, epoch: number, count: number): Uint32Array {
  const key = `${seed} ${epoch} ${count}`;
  if (kept?.key !== key) {
    const random = randomOf('epoch', seed, epoch);
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i -= 1) {
      const j = random.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    kept = { key, order };
  }
  return kept.order;
}
