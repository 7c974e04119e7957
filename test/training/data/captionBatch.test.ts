import { beforeAll, describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { parseBlip2Config } from '../../../src/inference/blip2/config.js';
import { readJson } from '../../../src/inference/checkpoint/weights.js';
import { loadTokenizer, type Tokenizer } from '../../../src/inference/tokenizer.js';
import { captionBatch, captionIds, shuffledIndex } from '../../../src/training/data/captionBatch.js';
import type { CaptionData } from '../../../src/training/data/captionData.js';
import { openVocabulary } from '../../../src/training/data/captionVocabulary.js';
import { type CaptionVocabulary, targetFeeds } from '../../../src/training/data/documents.js';
import type { Features } from '../../../src/training/data/features.js';

const MODEL = 'test/fixtures/blip2-opt-tiny';
const QUERIES = 8;
const CAPTIONS = [['a dog runs', 'the dog is there'], ['two cats'], ['a man holds a very long umbrella in the rain']];

let vocabulary: CaptionVocabulary;
let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await loadTokenizer(MODEL);
  vocabulary = await openVocabulary(MODEL, parseBlip2Config(await readJson(`${MODEL}/config.json`), MODEL));
});

const data: CaptionData = {
  name: 'test',
  count: 3,
  idOf: String,
  references: (i) => CAPTIONS[i]!,
  write: () => Promise.resolve(),
  image: () => Promise.resolve({ bytes: new Uint8Array() }),
};
/** Features that say whose they are. */
const features: Features = {
  data,
  size: 1,
  read: (indices) => new ort.Tensor('float16', Uint16Array.from(indices), [indices.length, 1, 1]),
  close: () => Promise.resolve(),
};

const numbers = (tensor: ort.Tensor) => Array.from(tensor.data as BigInt64Array, Number);

function batchOf(step: number, more: { length?: number; rows?: number; prompt?: string; batch?: number } = {}) {
  const { length = 60, batch = 4, rows = 4 * 60, prompt = '' } = more;
  const options = { seed: 1, batch, length, rows, queries: QUERIES, prompt, slots: false };
  const feeds = captionBatch(features, vocabulary, options, step);
  const tokens = numbers(feeds.input_ids!);
  return {
    shown: Array.from(feeds.image_embeds!.data as unknown as Uint16Array),
    tokens: Array.from({ length: batch }, (_, row) => tokens.slice(row * length, (row + 1) * length)),
    rows: numbers(feeds.rows!),
    labels: numbers(feeds.labels!),
    weights: [...(feeds.weights!.data as Float32Array)],
  };
}

/** What counts in a row of the batch: place among its tokens, and label. */
function counted({ rows, labels, weights }: ReturnType<typeof batchOf>, row: number, length: number) {
  return rows.flatMap((place, i) => {
    const at = place - row * (QUERIES + length) - QUERIES;
    return weights[i]! > 0 && at >= 0 && at < length ? [{ at, label: labels[i]! }] : [];
  });
}

describe('captionBatch', () => {
  it('asks at each token for the next, from the begin token to the end of the caption', () => {
    for (let step = 1; step <= 3; step += 1) {
      const batch = batchOf(step);
      for (const [row, tokens] of batch.tokens.entries()) {
        const places = counted(batch, row, 60);
        const said = tokens.slice(1, places.length);
        expect(CAPTIONS[batch.shown[row]!]).toContain(tokenizer.decode(said));
        expect(tokens[0]).toBe(vocabulary.bosId);
        expect(places.map(({ at }) => at)).toEqual([...places.keys()]);
        expect(places.map(({ label }) => label)).toEqual([...said, vocabulary.endId]);
        expect(tokens[places.length]).toBe(vocabulary.endId);
        expect(new Set(tokens.slice(places.length + 1))).toEqual(new Set([vocabulary.padId]));
      }
      const sum = batch.weights.reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
      expect(new Set(batch.weights.filter((weight) => weight > 0)).size).toBe(1);
    }
  });

  it('puts the prompt before the caption and does not ask for it', () => {
    const prompt = 'a photo of';
    const before = tokenizer.encode(prompt, { addSpecialTokens: false });
    const batch = batchOf(1, { prompt });
    for (const [row, tokens] of batch.tokens.entries()) {
      const places = counted(batch, row, 60);
      expect(tokens.slice(1, 1 + before.length)).toEqual(before);
      expect(places[0]!.at).toBe(before.length);
      const labels = places.map(({ label }) => label);
      const caption = tokenizer.decode(labels.slice(0, -1));
      expect(CAPTIONS[batch.shown[row]!]).toContain(caption.trim());
      // As it is said after the prompt: with the space before its first word.
      expect(tokenizer.decode([...before, ...labels.slice(0, -1)])).toBe(`${prompt} ${caption.trim()}`);
    }
  });

  it('cuts what is too long, and leaves out targets beyond its rows', () => {
    const batch = batchOf(1, { length: 4, rows: 9 });
    expect(batch.tokens.every((tokens) => tokens.length === 4)).toBe(true);
    expect(batch.rows.length).toBe(9);
    expect(Math.max(...batch.rows)).toBeLessThan(4 * (QUERIES + 4));
    expect(batch.weights.filter((weight) => weight > 0)).toEqual(Array(9).fill(Math.fround(1 / 9)));
  });

  it('is the same for the same step, and another for another', () => {
    expect(batchOf(5)).toEqual(batchOf(5));
    expect(batchOf(5)).not.toEqual(batchOf(6));
  });

  it('shows every picture once an epoch, in an order of its own', () => {
    const epoch = (n: number) => Array.from({ length: 50 }, (_, i) => shuffledIndex(3, n * 50 + i, 50));
    const [first, second] = [epoch(0), epoch(1)];
    for (const order of [first, second]) expect([...order].sort((a, b) => a - b)).toEqual([...Array(50).keys()]);
    expect(first).not.toEqual(second);
    expect(epoch(0)).toEqual(first);
  });
});

describe('captionIds', () => {
  it('are what follows the prompt in one text, or the caption alone where the two melt together', () => {
    const bare = (text: string) => tokenizer.encode(text, { addSpecialTokens: false });
    expect(captionIds(vocabulary, '', 'a dog')).toEqual(bare('a dog'));
    expect(captionIds(vocabulary, 'a photo of', 'a dog')).toEqual(
      bare('a photo of a dog').slice(bare('a photo of').length),
    );
    const melting = { ...vocabulary, encode: (text: string) => (text === 'p c' ? [9] : text === 'p' ? [1] : [2]) };
    expect(captionIds(melting, 'p', 'c')).toEqual([2]);
  });
});

describe('targetFeeds', () => {
  it('weighs what counts alike, and the rest nothing', () => {
    const feeds = targetFeeds(
      [
        { row: 5, label: 7 },
        { row: 6, label: 8 },
      ],
      4,
    );
    expect([numbers(feeds.rows!), numbers(feeds.labels!), [...(feeds.weights!.data as Float32Array)]]).toEqual([
      [5, 6, 0, 0],
      [7, 8, 0, 0],
      [0.5, 0.5, 0, 0],
    ]);
  });
});
