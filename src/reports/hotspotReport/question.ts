// What a report asks: of which posts, of which time, grouped by what.
import { z } from 'zod';
import type { Span } from '../../db/reports/reportedPosts.js';
import { AppError } from '../../errors.js';

/** The database can't hold NUL. */
const text = z
  .string()
  .min(1)
  .max(1000)
  .refine((value) => !value.includes('\0'), 'NUL characters are not allowed')
  .optional();
const moment = z.coerce.date();

const schema = z.strictObject({
  /** Which posts, as `posts` takes it; all that is given must hold. */
  filter: z
    .strictObject({
      source: text,
      author: text,
      text,
      /** As the sources tell it: `en` is English of any country. */
      language: text,
      hasImage: z.boolean().optional(),
    })
    .default({}),
  /** `last`: the day or week that ends when the report is due. */
  window: z
    .union([
      z.strictObject({ last: z.enum(['DAY', 'WEEK']) }),
      z
        .strictObject({ since: moment, until: moment })
        .refine(({ since, until }) => since < until, 'since: expected a time before until'),
    ])
    .default({ last: 'DAY' }),
  /** What each hotspot's posts are counted by beside the whole. */
  grouping: z.enum(['NONE', 'SOURCE', 'LANGUAGE']).default('NONE'),
});

export type ReportQuestion = z.infer<typeof schema>;

/** The question in full. Throws AppError BAD_USER_INPUT that names what is wrong. */
export function readQuestion(given: unknown): ReportQuestion {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  throw new AppError('BAD_USER_INPUT', `question: ${[...issue!.path, issue!.message].join(': ')}`);
}

const DAY = 24 * 3_600_000;

/** The time that a question is about when it is asked at `due`. */
export function windowOf({ window }: ReportQuestion, due: Date): Span {
  if ('since' in window) return window;
  const length = window.last === 'DAY' ? DAY : 7 * DAY;
  return { since: new Date(due.getTime() - length), until: due };
}

/** The span of the same length before. */
export function before({ since, until }: Span): Span {
  return { since: new Date(2 * since.getTime() - until.getTime()), until: since };
}
