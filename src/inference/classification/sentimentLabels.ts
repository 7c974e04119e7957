// What the labels of a text classifier say of feeling.
import { z } from 'zod';
import { AppError } from '../../errors.js';

const raw = z.object({
  id2label: z.record(z.string(), z.string()).nullish(),
  num_labels: z.number().int().positive().nullish(),
  problem_type: z.string().nullish(),
});

const NAMES: Readonly<Record<string, number>> = {
  'very negative': -1,
  negative: -1,
  neg: -1,
  neutral: 0,
  neu: 0,
  positive: 1,
  pos: 1,
  'very positive': 1,
};
/** Of labels without names, by how many there are: as the models that people use have them. */
const NAMELESS: Readonly<Record<number, readonly number[]>> = { 2: [-1, 1], 3: [-1, 0, 1], 5: [-1, -0.5, 0, 0.5, 1] };

/**
 * One number a label, -1 to 1, in the order of the logits: negative, neutral and positive by name, "1 star" to "5 stars", or two, three or five
 * labels without names from worst to best. Throws AppError BAD_MODEL naming the labels where they say something else.
 */
export function sentimentLabels(json: unknown, source: string): readonly number[] {
  const parsed = raw.safeParse(json);
  if (!parsed.success) throw new AppError('BAD_MODEL', `${source}: id2label: expected names by number`);
  const { id2label, num_labels, problem_type } = parsed.data;
  const count = id2label == null ? (num_labels ?? 2) : Object.keys(id2label).length;
  const names = Array.from({ length: count }, (_, i) => id2label?.[String(i)] ?? `LABEL_${i}`);
  const fail = (why: string) => new AppError('BAD_MODEL', `${source}: ${why}: ${names.join(', ')}`);
  if (problem_type === 'regression' || problem_type === 'multi_label_classification')
    throw fail(`expected a classifier with one label a text, not ${problem_type}`);
  if (names.every((name, i) => name === `LABEL_${i}`)) {
    const values = NAMELESS[count];
    if (values === undefined) throw fail('expected 2, 3 or 5 labels without names, from negative to positive');
    return values;
  }
  const plain = names.map((name) => name.toLowerCase().replaceAll(/[_-]/g, ' ').trim());
  const stars = plain.map((name) => /^([1-5]) ?stars?$/.exec(name)?.[1]);
  if (stars.every((star) => star !== undefined)) return stars.map((star) => (Number(star) - 3) / 2);
  const fine = plain.some((name) => name.startsWith('very '));
  const values = plain.map((name) => {
    const value = NAMES[name];
    return value !== undefined && fine && !name.startsWith('very ') ? value / 2 : value;
  });
  if (values.some((value) => value === undefined))
    throw fail('expected labels such as negative, neutral and positive, not');
  return values as number[];
}
