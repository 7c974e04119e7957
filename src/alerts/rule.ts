// What a rule asks for, checked.
import { z } from 'zod';
import type { AlertMetric, AlertRule } from '../db/generated/client.js';
import { plainLine } from '../deliver/plainLine.js';
import { AppError } from '../errors.js';
import { type Quiet, quietSchema } from './quietHours.js';

export interface RuleSettings
  extends Omit<
    AlertRule,
    'id' | 'createdAt' | 'updatedAt' | 'quiet' | 'sources' | 'languages' | 'keywords' | 'destinationIds'
  > {
  readonly quiet: Quiet | null;
  readonly sources: readonly string[];
  readonly languages: readonly string[];
  readonly keywords: readonly string[];
  readonly destinationIds: readonly string[];
}

/** Bounds of a metric's threshold, in its unit. */
const THRESHOLDS: Readonly<Record<AlertMetric, readonly [number, number]>> = {
  SCORE: [0.5, 300],
  GROWTH: [1.1, 1000],
  AUTHORS: [2, 1_000_000],
  KEYWORD: [1, 1_000_000],
  OPINION_SHIFT: [0.05, 2],
};

const word = z
  .string()
  .max(100)
  .refine((text) => !text.includes('\0'), 'NUL characters are not allowed')
  .transform((text) => plainLine(text, 100))
  .refine((text) => text !== '', 'expected 1 to 100 characters');
const words = z.array(word).max(50);

const schema = z.object({
  name: word,
  enabled: z.boolean(),
  metric: z.enum(['SCORE', 'GROWTH', 'AUTHORS', 'KEYWORD', 'OPINION_SHIFT']),
  threshold: z.number(),
  windowMinutes: z.number().int().min(15).max(1440),
  sources: words,
  languages: words,
  keywords: words,
  severity: z.number().int().min(1).max(10),
  cooldownMinutes: z.number().int().min(0).max(43_200),
  quiet: quietSchema.nullable(),
  tellsEnd: z.boolean(),
  destinationIds: z.array(z.uuid()).max(50),
});

/** The rule as it is kept. Throws AppError BAD_USER_INPUT naming all that is wrong. */
export function readRule(given: unknown): RuleSettings {
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const told = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new AppError('BAD_USER_INPUT', told.join('; '));
  }
  const { metric, threshold, keywords } = parsed.data;
  const [low, high] = THRESHOLDS[metric];
  if (!(threshold >= low && threshold <= high))
    throw new AppError('BAD_USER_INPUT', `threshold: expected ${low} to ${high} of ${metric}, got ${threshold}`);
  if (metric === 'KEYWORD' && keywords.length === 0)
    throw new AppError('BAD_USER_INPUT', 'keywords: KEYWORD needs one at least');
  return parsed.data;
}
