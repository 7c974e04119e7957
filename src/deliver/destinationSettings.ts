// What each kind of destination has to be told, and what of that may be shown.
import { z } from 'zod';
import type { Destination, DestinationKind } from '../db/generated/client.js';
import { AppError } from '../errors.js';

const SEGMENT = String.raw`[\p{L}\p{N}_-][\p{L}\p{N}._ -]{0,99}`;
/** Below HOTLENS_DELIVER_DIR, and never out of it. */
const folder = z
  .string()
  .regex(
    new RegExp(`^${SEGMENT}(/${SEGMENT}){0,7}$`, 'u'),
    'expected a folder below HOTLENS_DELIVER_DIR, such as alerts or press/daily',
  );
/** Nothing that could be read as a second address or a header. */
const address = z
  .string()
  .max(254)
  .regex(/^[^\s@<>,;:"\\()[\]\p{Cc}]+@[^\s@<>,;:"\\()[\]\p{Cc}]+$/u, 'expected an address such as ann@example.org');
const url = z
  .url({ protocol: /^https?$/, error: 'expected http(s)://...' })
  .max(2000)
  .refine((text) => {
    const { username, password } = new URL(text);
    return username === '' && password === '';
  }, 'expected an address without a user name and password');

const SETTINGS = {
  FOLDER: z.strictObject({ path: folder }),
  EMAIL: z.strictObject({ to: z.array(address).min(1).max(50) }),
  WEBHOOK: z.strictObject({ url }),
  SLACK: z.strictObject({ url }),
  FEED: z.strictObject({}),
} as const satisfies Record<DestinationKind, z.ZodType>;

export type SettingsOf<K extends DestinationKind> = z.infer<(typeof SETTINGS)[K]>;

/** The settings, checked. Throws AppError BAD_USER_INPUT. */
export function readSettings<K extends DestinationKind>(kind: K, given: unknown): SettingsOf<K> {
  const parsed = SETTINGS[kind].safeParse(given);
  if (parsed.success) return parsed.data as SettingsOf<K>;
  const told = parsed.error.issues.map(({ path, message }) => `${['settings', ...path].join('.')}: ${message}`);
  throw new AppError('BAD_USER_INPUT', `${kind}: ${told.join('; ')}`);
}

/** Where it leads, in words. Of addresses on the web the host alone: the rest is what keeps others from writing there. */
export function targetInWords({ kind, settings }: Pick<Destination, 'kind' | 'settings'>): string {
  switch (kind) {
    case 'FOLDER':
      return (settings as SettingsOf<'FOLDER'>).path;
    case 'EMAIL':
      return (settings as SettingsOf<'EMAIL'>).to.join(', ');
    case 'WEBHOOK':
    case 'SLACK':
      return `${new URL((settings as SettingsOf<'WEBHOOK'>).url).origin}/…`;
    case 'FEED':
      return '/feeds/….xml';
  }
}
