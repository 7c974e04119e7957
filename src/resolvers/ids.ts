// Ids and texts that clients send, checked before the database sees them.
import { AppError } from '../errors.js';

/** The id in lower case. Throws AppError BAD_USER_INPUT for anything but a UUID. */
export function uuidOf(id: string): string {
  const uuid = id.toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) {
    throw new AppError('BAD_USER_INPUT', `id: expected a UUID, got ${JSON.stringify(id.slice(0, 100))}`);
  }
  return uuid;
}

/** The id of a hotspot. Throws AppError BAD_USER_INPUT for anything that can't be one. */
export function hotspotIdOf(id: string): string {
  if (!/^h\d{1,12}$/.test(id)) {
    throw new AppError(
      'BAD_USER_INPUT',
      `id: expected a hotspot's, such as h12, got ${JSON.stringify(id.slice(0, 100))}`,
    );
  }
  return id;
}

/** The hash in lower case. Throws AppError BAD_USER_INPUT for anything but 64 hex digits. */
export function sha256Of(text: string): string {
  const sha256 = text.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new AppError('BAD_USER_INPUT', `sha256: expected 64 hex digits, got ${JSON.stringify(text.slice(0, 100))}`);
  }
  return sha256;
}

/** Tags of languages that posts may be in. Throws AppError BAD_USER_INPUT for none, for more than 20, and for what can't be a tag. */
export function languageTags(tags: readonly string[]): readonly string[] {
  if (tags.length < 1 || tags.length > 20)
    throw new AppError('BAD_USER_INPUT', `language: expected 1 to 20 tags, got ${tags.length}`);
  const wrong = tags.find((tag) => !/^[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,6}$/i.test(tag));
  if (wrong !== undefined)
    throw new AppError(
      'BAD_USER_INPUT',
      `language: expected BCP 47 tags such as pt-BR, got ${JSON.stringify(wrong.slice(0, 100))}`,
    );
  return tags;
}

/** The text, or undefined for null. Throws AppError BAD_USER_INPUT where it holds NUL, which the database cannot. */
export function plainText(name: string, text: string | null | undefined): string | undefined {
  if (text?.includes('\0')) throw new AppError('BAD_USER_INPUT', `${name}: NUL characters are not allowed`);
  return text ?? undefined;
}
