// Logits against transformers 5.18.0 (test/fixtures/checkpoints/make_classifiers.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { openClassifier } from '../../src/inference/classification/classifier.js';
import { sentimentLabels } from '../../src/inference/classification/sentimentLabels.js';
import { maxDifference } from '../support/closeness.js';

describe.each(['bert', 'roberta', 'distilbert'])('a text classifier of %s', (name) => {
  const directory = `test/fixtures/checkpoints/classifier-${name}`;
  const { texts, logits } = JSON.parse(readFileSync(`${directory}/expected.json`, 'utf8')) as {
    texts: string[];
    logits: number[][];
  };

  it('has the logits of transformers to 1e-5, in a batch and alone', async () => {
    const classifier = await openClassifier(directory, { device: 'cpu', threads: 1 });
    for (const rows of [
      await classifier.logitsOf(texts),
      (await Promise.all(texts.map((text) => classifier.logitsOf([text])))).map(([row]) => row!),
    ])
      for (const [i, row] of rows.entries()) expect(maxDifference(row, logits[i]!)).toBeLessThan(1e-5);
    await classifier.dispose();
  });

  it('scores by what its labels say, and does not judge an empty text', async () => {
    const classifier = await openClassifier(directory, { device: 'cpu', threads: 1 });
    const opinions = await classifier.opinionsOf(texts);
    const values = name === 'distilbert' ? [-1, -0.5, 0, 0.5, 1] : [-1, 0, 1];
    for (const [i, row] of logits.entries()) {
      if (texts[i] === '') {
        expect(opinions[i]).toEqual({ score: null, class: 'unknown' });
        continue;
      }
      const likely = row.map(Math.exp);
      const all = likely.reduce((a, b) => a + b, 0);
      expect(opinions[i]!.score).toBeCloseTo(
        likely.reduce((sum, one, label) => sum + (one / all) * values[label]!, 0),
        5,
      );
      const best = values[row.indexOf(Math.max(...row))]!;
      expect(opinions[i]!.class).toBe(best > 0 ? 'positive' : best < 0 ? 'negative' : 'neutral');
    }
    await classifier.dispose();
  });
});

describe('sentimentLabels', () => {
  const of = (...names: string[]) => sentimentLabels({ id2label: { ...names } }, 'config.json');

  it('reads the names that models have', () => {
    expect(of('positive', 'neutral', 'negative')).toEqual([1, 0, -1]);
    expect(of('NEG', 'POS')).toEqual([-1, 1]);
    expect(of('Very Negative', 'Negative', 'Neutral', 'Positive', 'Very Positive')).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(of('1 star', '2 stars', '3 stars', '4 stars', '5 stars')).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(of('LABEL_0', 'LABEL_1', 'LABEL_2')).toEqual([-1, 0, 1]);
    expect(sentimentLabels({ num_labels: 2 }, 'config.json')).toEqual([-1, 1]);
  });

  it('refuses others, naming them', () => {
    expect(() => of('joy', 'anger')).toThrow(
      'config.json: expected labels such as negative, neutral and positive, not: joy, anger',
    );
    expect(() => of('LABEL_0', 'LABEL_1', 'LABEL_2', 'LABEL_3')).toThrow('expected 2, 3 or 5 labels without names');
    expect(() => sentimentLabels({ problem_type: 'regression' }, 'c')).toThrow('not regression');
  });
});

it('refuses a model that is no classifier', async () => {
  await expect(openClassifier('test/fixtures/checkpoints/sentence-bert-cls')).rejects.toMatchObject({
    code: 'BAD_MODEL',
    message: expect.stringMatching(/expected a model for sequence classification, not /),
  });
});
