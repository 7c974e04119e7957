import { describe, expect, test } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import type { CaptionData } from '../../../src/training/data/captionData.js';
import type { Features } from '../../../src/training/data/features.js';
import { pairFeeds, retrievalBatch, sameness } from '../../../src/training/data/retrievalBatch.js';
import { randomOf } from '../../../src/training/scenes/random.js';

const CAPTIONS = [['a dog', 'one dog'], ['a cat'], ['a dog', 'my dog'], ['two birds here'], ['a fish']];
const data: CaptionData = {
  name: 'test',
  count: CAPTIONS.length,
  idOf: String,
  references: (i) => CAPTIONS[i]!,
  write: async () => {},
  image: async () => ({ bytes: new Uint8Array() }),
};
const features: Features = {
  data,
  size: 1,
  read: (indices) => new ort.Tensor('float16', Uint16Array.from(indices), [indices.length, 1, 1]),
  close: async () => {},
};
const WORDS = ['[PAD]', '[CLS]', '[SEP]', ...new Set(CAPTIONS.flat().flatMap((text) => text.split(' ')))];
const options = {
  seed: 1,
  batch: 4,
  length: 6,
  rows: 20,
  queries: 3,
  padId: 0,
  encode: (text: string) => [1, ...text.split(' ').map((word) => WORDS.indexOf(word)), 2],
};

const numbers = (tensor: ort.Tensor | undefined) => Array.from(tensor!.data as BigInt64Array | Float32Array, Number);

describe('retrievalBatch', () => {
  test('what counts in the said text is each next token of its picture, the end included', () => {
    const batch = retrievalBatch(features, options, 1);
    const [tokens, rows, labels, weights] = ['input_ids', 'rows', 'labels', 'weights'].map((name) =>
      numbers(batch[name]),
    );
    const places = options.queries + 2 * options.length;
    const counted = weights!.filter((weight) => weight > 0).length;
    for (let i = 0; i < counted; i += 1) {
      const [row, place] = [Math.floor(rows![i]! / places), (rows![i]! % places) - options.queries - options.length];
      expect(place).toBeGreaterThanOrEqual(0);
      expect(labels![i]).toBe(tokens![row * options.length + place + 1]);
    }
    const padding = numbers(batch.padding);
    const real = padding.filter((each) => each === 0).length;
    expect(counted).toBe(real - options.batch);
    expect(padding.map((each) => each === 1)).toEqual(tokens!.map((id) => id === 0));
  });

  test('a picture stands with one of its own captions', () => {
    for (let step = 1; step < 10; step += 1) {
      const batch = retrievalBatch(features, options, step);
      const tokens = numbers(batch.input_ids);
      Array.from(batch.image_embeds!.data as unknown as Uint16Array).forEach((picture, row) => {
        const ids = tokens.slice(row * options.length, (row + 1) * options.length).filter((id) => id > 2);
        expect(CAPTIONS[picture]).toContain(ids.map((id) => WORDS[id]).join(' '));
      });
    }
  });

  test('the same step is the same batch, another step another', () => {
    const all = (step: number) =>
      Object.values(retrievalBatch(features, options, step)).map((tensor) => Array.from(tensor.data as Float32Array));
    expect(all(3)).toEqual(all(3));
    expect(all(3)).not.toEqual(all(4));
  });
});

describe('sameness', () => {
  test('goes both ways: the same picture, or a caption that is right for the other', () => {
    // Picture 0 as "one dog", picture 2 as "a dog", which picture 0 has too.
    const found = sameness(data, [0, 1, 2, 0], ['one dog', 'a cat', 'a dog', 'a dog']);
    expect(found).toEqual([
      [true, false, true, true],
      [false, true, false, false],
      [true, false, true, true],
      [true, false, true, true],
    ]);
  });

  test('scenes of the same facts are the same, whatever their words', () => {
    const facts = [{ actor: 'a' }, { actor: 'b' }, { actor: 'a' }] as never[];
    const scenes = { references: (i: number) => [`caption ${i}`], facts: (i: number) => facts[i]! };
    expect(sameness(scenes, [0, 1, 2], ['x', 'y', 'z'])).toEqual([
      [true, false, true],
      [false, true, false],
      [true, false, true],
    ]);
  });
});

describe('pairFeeds', () => {
  const yes = true;
  const no = false;

  test('targets are spread over what is alike, which no noise makes a negative', () => {
    const feeds = pairFeeds(
      [
        [yes, no, yes],
        [no, yes, no],
        [yes, no, yes],
      ],
      randomOf('test'),
    );
    expect(numbers(feeds.targets)).toEqual([0.5, 0, 0.5, 0, 1, 0, 0.5, 0, 0.5]);
    expect(numbers(feeds.noise).map((each) => each < -1000)).toEqual([yes, no, yes, no, yes, no, yes, no, yes]);
    expect(numbers(feeds.match_weights)).toEqual(Array<number>(6).fill(Math.fround(1 / 6)));
  });

  test('noise is Gumbel noise: the largest of two is the first as often as their softmax says', () => {
    const random = randomOf('many');
    let first = 0;
    for (let i = 0; i < 4000; i += 1) {
      const noise = numbers(
        pairFeeds(
          [
            [no, no],
            [no, no],
          ],
          random,
        ).noise,
      );
      if (1 + noise[0]! > noise[1]!) first += 1;
    }
    // 4,000 draws: a standard deviation of 0.007.
    expect(Math.abs(first / 4000 - Math.E / (Math.E + 1))).toBeLessThan(0.03);
  });

  test('a row without a negative weighs nothing', () => {
    const feeds = pairFeeds(
      [
        [yes, yes, no],
        [yes, yes, yes],
        [no, yes, yes],
      ],
      randomOf('test'),
    );
    expect(numbers(feeds.match_weights)).toEqual([1, 1, 1, 1, 0, 1].map((weight) => Math.fround(weight / 5)));
  });
});
