// Batches of pictures with a caption each, for the first stage: what belongs together, and what may stand against it.
import type * as ort from 'onnxruntime-node';
import { floats, ids } from '../../onnx/tensors.js';
import { type Random, randomOf } from '../scenes/random.js';
import { shuffledIndex } from './captionBatch.js';
import type { CaptionData } from './captionData.js';
import { type Target, targetFeeds } from './documents.js';
import type { Features } from './features.js';

export interface RetrievalBatchOptions {
  readonly seed: number;
  readonly batch: number;
  /** Tokens of a text with those around it; longer texts are cut. */
  readonly length: number;
  /** Places at which the next token counts, over the whole batch. */
  readonly rows: number;
  readonly queries: number;
  readonly padId: number;
  /** Ids of a text with the tokens around it, at most `length`. */
  encode(text: string): readonly number[];
}

/** Feeds of stage1Objective for a step: pictures in an order shuffled anew each epoch, one caption of each at random. */
export function retrievalBatch(
  features: Features,
  options: RetrievalBatchOptions,
  step: number,
): Record<string, ort.Tensor> {
  const { seed, batch, length, queries } = options;
  const { data } = features;
  const random = randomOf('retrieval', seed, step);
  const chosen = Array.from({ length: batch }, (_, i) => shuffledIndex(seed, (step - 1) * batch + i, data.count));
  const captions = chosen.map((index) => random.pick(data.references(index)));
  const tokens = new Int32Array(batch * length).fill(options.padId);
  const padding = new Float32Array(batch * length).fill(1);
  const targets: Target[] = [];
  captions.forEach((caption, row) => {
    const text = options.encode(caption);
    tokens.set(text, row * length);
    padding.fill(0, row * length, row * length + text.length);
    const place = row * (queries + 2 * length) + queries + length;
    for (let i = 0; i + 1 < text.length; i += 1) targets.push({ row: place + i, label: text[i + 1]! });
  });
  const alike = sameness(data, chosen, captions);
  return {
    image_embeds: features.read(chosen),
    input_ids: ids(tokens, [batch, length]),
    padding: floats(padding, [batch, length]),
    ...pairFeeds(alike, random),
    ...targetFeeds(targets, options.rows),
  };
}

/** Whether text j is right for picture i too, [B][B]: the same picture, one of its captions, or a drawn scene of the same facts. */
export function sameness(
  data: Pick<CaptionData, 'references' | 'facts'>,
  chosen: readonly number[],
  captions: readonly string[],
): boolean[][] {
  const facts = chosen.map((index) => (data.facts === undefined ? String(index) : JSON.stringify(data.facts(index))));
  const own = chosen.map((index) => new Set(data.references(index)));
  const says = (i: number, j: number) => own[i]!.has(captions[j]!) || facts[i] === facts[j] || chosen[i] === chosen[j];
  return chosen.map((_, i) => chosen.map((__, j) => says(i, j) || says(j, i)));
}

/** Low enough that no noise brings it back. */
const FORBIDDEN = -1e4;

/** Feeds targets, noise and match_weights of stage1Objective, from a symmetric matrix of what is alike. */
export function pairFeeds(alike: readonly (readonly boolean[])[], random: Random): Record<string, ort.Tensor> {
  const batch = alike.length;
  const counts = alike.map((row) => row.filter(Boolean).length);
  const targets = new Float32Array(batch * batch);
  const noise = new Float32Array(batch * batch);
  for (let i = 0; i < batch; i += 1) {
    for (let j = 0; j < batch; j += 1) {
      const at = i * batch + j;
      const gumbel = -Math.log(-Math.log(random.next() + 2 ** -33));
      noise[at] = alike[i]![j] ? FORBIDDEN : gumbel;
      targets[at] = alike[i]![j] ? 1 / counts[i]! : 0;
    }
  }
  // Where all of a batch is alike there is no negative: such a row weighs nothing. Texts of the first half get other pictures,
  // pictures of the second other texts; sameness goes both ways, so that one count tells.
  const weights = Float32Array.from({ length: 2 * batch }, (_, i) => (i < batch || counts[i - batch]! < batch ? 1 : 0));
  const sum = weights.reduce((a, b) => a + b, 0);
  return {
    targets: floats(targets, [batch, batch]),
    noise: floats(noise, [batch, batch]),
    match_weights: floats(weights.map((weight) => weight / sum)),
  };
}
