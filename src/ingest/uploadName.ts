// What a file of an upload may be called: a path below the upload's folder, on any system.
import { AppError } from '../errors.js';

const MAX_BYTES = 1024;
/** Of one folder or file: what file systems take. */
const MAX_PART_BYTES = 255;
const MAX_PARTS = 32;
/** Controls; a backslash divides folders on some systems. */
const UNFIT = /[\p{Cc}\p{Cs}\\]/u;

/** The parts of the path. Throws AppError BAD_USER_INPUT where it could lead elsewhere, or is none. */
export function readUploadName(name: string): string[] {
  const refuse = (what: string) =>
    new AppError('BAD_USER_INPUT', `name: expected ${what}, got ${JSON.stringify(name.slice(0, 100))}`);
  if (name === '' || Buffer.byteLength(name) > MAX_BYTES) throw refuse(`a path of 1 to ${MAX_BYTES} bytes`);
  if (UNFIT.test(name)) throw refuse('a path without control characters and backslashes');
  const parts = name.split('/');
  if (parts.length > MAX_PARTS) throw refuse(`at most ${MAX_PARTS} folders`);
  for (const part of parts) {
    if (part === '' || part === '.' || part === '..') throw refuse('a path below the folder, such as pictures/a.jpg');
    if (Buffer.byteLength(part) > MAX_PART_BYTES) throw refuse(`names of at most ${MAX_PART_BYTES} bytes`);
  }
  return parts;
}

const ROWS = /\.(ndjson|jsonl|csv|tsv)(\.gz)?$/i;
const NO_ROWS = /\.(jpe?g|png|webp|gif|avif|tiff?|bmp|svg|heic)$/i;

/** Which of the files hold posts: those whose name says so; where none does, all that are neither pictures nor hidden. */
export function filesOfPosts(names: readonly string[]): string[] {
  const seen = names.filter((name) => !name.split('/').some((part) => part.startsWith('.')));
  const said = seen.filter((name) => ROWS.test(name));
  return said.length > 0 ? said : seen.filter((name) => !NO_ROWS.test(name));
}
