// What the language model reads while it learns to say what it is told.
import type * as ort from 'onnxruntime-node';
import { floats, ids } from '../../onnx/tensors.js';
import type { Facts } from '../scenes/facts.js';
import type { Random } from '../scenes/random.js';
import { slotsOf } from './slots.js';

export interface CaptionVocabulary {
  /** Ids of a caption, without begin and end tokens. */
  encode(text: string): readonly number[];
  readonly padId: number;
  readonly bosId: number;
  readonly endId: number;
}

export interface DocumentOptions {
  /** Tokens of a document. */
  readonly length: number;
  /** Places at which the next token counts, over the whole batch. */
  readonly rows: number;
  /** Places for keywords before the begin token: as many as the model has queries. */
  readonly slots: number;
}

/**
 * Feeds of languageObjective. Half: keywords in their slots, the begin token, a caption, with the loss on the caption. Three
 * in ten: a caption, the begin token, another caption of the same scene. Two in ten: a caption anywhere. Without the first
 * two the model has no use for what stands before the begin token, and the queries learn at a crawl.
 */
export function documentBatch(
  scenes: readonly { readonly facts: Facts; readonly references: readonly string[] }[],
  vocabulary: CaptionVocabulary,
  options: DocumentOptions,
  random: Random,
): Record<string, ort.Tensor> {
  const { length } = options;
  const batch = scenes.length;
  const tokens = new Int32Array(batch * length).fill(vocabulary.padId);
  const positions = new Int32Array(batch * length);
  const targets: Target[] = [];
  scenes.forEach(({ facts, references }, row) => {
    const kind = random.next();
    const said = [...vocabulary.encode(random.pick(references)), vocabulary.endId];
    const context = contextOf(kind, { facts, references }, vocabulary, options, random);
    const text = [...context, vocabulary.bosId, ...said].slice(0, length);
    const offset = kind < 0.8 ? 0 : random.below(length - text.length + 1);
    text.forEach((id, i) => {
      tokens[row * length + i] = id;
    });
    // Padding stands where nothing counts; its places must only exist in the table of positions.
    for (let i = 0; i < length; i += 1) positions[row * length + i] = Math.min(offset + i, length - 1);
    for (let i = context.length; i + 1 < text.length; i += 1) {
      targets.push({ row: row * length + i, label: text[i + 1]! });
    }
  });
  return {
    input_ids: ids(tokens, [batch, length]),
    position_ids: ids(positions, [batch, length]),
    ...targetFeeds(targets, options.rows),
  };
}

/** A place whose next token counts. */
export interface Target {
  readonly row: number;
  readonly label: number;
}

/** Feeds rows, labels and weights [R] of nextTokenLoss, weights with sum 1; where there are more than R, the last are left out. */
export function targetFeeds(targets: readonly Target[], rows: number): Record<string, ort.Tensor> {
  const kept = targets.slice(0, rows);
  const filled = (value: (target: Target) => number) => {
    const all = new Int32Array(rows);
    kept.forEach((target, i) => {
      all[i] = value(target);
    });
    return ids(all);
  };
  const weights = new Float32Array(rows);
  weights.fill(1 / kept.length, 0, kept.length);
  return { rows: filled(({ row }) => row), labels: filled(({ label }) => label), weights: floats(weights) };
}

function contextOf(
  kind: number,
  scene: { readonly facts: Facts; readonly references: readonly string[] },
  vocabulary: CaptionVocabulary,
  options: DocumentOptions,
  random: Random,
): number[] {
  if (kind < 0.5) return slotIds(scene.facts, vocabulary, options.slots);
  if (kind < 0.8) return [...vocabulary.encode(random.pick(scene.references))];
  return [];
}

/** The slots' keywords as ids, padding where there is nothing to say, up to `slots`. */
export function slotIds(facts: Facts, vocabulary: CaptionVocabulary, slots: number): number[] {
  const found = slotsOf(facts).map((word) => (word === undefined ? vocabulary.padId : vocabulary.encode(word)[0]!));
  return [...found, ...Array<number>(slots - found.length).fill(vocabulary.padId)];
}
