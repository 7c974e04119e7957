// A picture that a row names by its file, from under the import's folder and from nowhere else.
import { type BigIntStats, constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors.js';

/**
 * Reads `name` under `directory`. Rejects with AppError MEDIA_REFUSED where the name leads out of it (by "..", an absolute path or a
 * link) and BAD_IMAGE where there is no such file or it has more than `maxBytes` bytes.
 */
export async function readImageFile(name: string, options: ImageFileOptions): Promise<Uint8Array> {
  return (await readWithState(name, options)).bytes;
}

export interface ImageFileOptions {
  readonly directory: string | undefined;
  readonly maxBytes: number;
}

/** As readImageFile, with what the file was when it was read: equal to `stateOf` its stat as long as it is the same file, unchanged. */
export async function readWithState(
  name: string,
  { directory, maxBytes }: ImageFileOptions,
): Promise<{ readonly bytes: Uint8Array; readonly state: string; readonly changedAt: number }> {
  if (directory === undefined)
    throw new AppError('MEDIA_REFUSED', `${name}: files cannot be named here, only addresses and base64`);
  const file = await resolveInside(name, directory);
  // Not through a link that took the file's place since it was resolved, and without waiting: a named pipe in the folder would otherwise hold the import up for ever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new AppError('BAD_IMAGE', `${name}: cannot be read (${cause.code})`, { cause });
    },
  );
  try {
    const stat = await handle.stat({ bigint: true });
    if (!stat.isFile()) throw new AppError('BAD_IMAGE', `${name}: not a file`);
    if (stat.size > maxBytes) {
      throw new AppError('BAD_IMAGE', `${name}: the picture is too large: ${stat.size} bytes, at most ${maxBytes}`);
    }
    return { bytes: await handle.readFile(), state: stateOf(stat), changedAt: Number(stat.ctimeMs) };
  } finally {
    await handle.close();
  }
}

/** Which file it is and when it was changed last: no program can set the time of its change (ctime) by itself. */
export function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

async function resolveInside(name: string, directory: string): Promise<string> {
  const root = await realpath(directory).catch((cause) => {
    throw new AppError('BAD_IMAGE', `${name}: there is no folder ${directory}`, { cause });
  });
  const file = path.resolve(root, name);
  const outside = () => new AppError('MEDIA_REFUSED', `${name}: lies outside of the folder of the import's pictures`);
  // Before the disk is asked: what lies outside is not even looked for.
  if (!isInside(file, root)) throw outside();
  const real = await realpath(file).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('BAD_IMAGE', `${name}: there is no such file`, { cause });
  });
  if (!isInside(real, root)) throw outside();
  return real;
}

function isInside(file: string, root: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
