// The bytes of pictures, each once, under the hash of its content. Small, so that it can lie elsewhere one day.
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { type AppError, isDiskFull } from '../errors.js';
import { freeBytes } from '../freeBytes.js';
import { later } from '../retryLater.js';

export interface MediaStore {
  /** Where the pictures lie. */
  readonly root: string;
  /**
   * Keeps the bytes; resolves to their SHA-256 in hex once they are on the disk. Again and at the same time: once. Rejects with
   * AppError RETRY_LATER where the disk is full.
   */
  put(bytes: Uint8Array): Promise<string>;
  /**
   * Whether there is such a picture. Its file counts as new from now on, so that the sweep (sweepMedia.ts) leaves it to whoever
   * is about to name it.
   */
  keep(sha256: string): Promise<boolean>;
  /** Rejects where there is none. */
  read(sha256: string): Promise<Uint8Array>;
  /** Where the file lies, whether it is there or not. */
  pathOf(sha256: string): string;
  has(sha256: string): Promise<boolean>;
  /** Resolves also where there was none. */
  delete(sha256: string): Promise<void>;
  /** What lies in one of the store's folders, by the first byte of the hashes (two hex digits). */
  list(byte: string): Promise<StoredFiles>;
}

export interface StoredFiles {
  /** `modifiedAt` in epoch milliseconds. */
  readonly pictures: readonly { readonly sha256: string; readonly modifiedAt: number }[];
  /** Files that were being written: still, or when their process ended. */
  readonly unfinished: readonly { readonly modifiedAt: number; delete(): Promise<void> }[];
}

/**
 * A store in `<dataDir>/media/ab/cd/<sha256>`, which nobody else on the machine may enter. It takes nothing new in where
 * less than `minFreeBytes` would be free: a database beside it suffers more from a full disk.
 */
export function openMediaStore(
  dataDir: string,
  { minFreeBytes = 0 }: { readonly minFreeBytes?: number } = {},
): MediaStore {
  const root = path.resolve(dataDir, 'media');

  function pathOf(sha256: string): string {
    // The hash becomes a path: nothing else may.
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new Error(`MediaStore: expected a SHA-256 in hex, got ${JSON.stringify(sha256)}`);
    return path.join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }

  async function has(sha256: string): Promise<boolean> {
    return await access(pathOf(sha256), constants.R_OK).then(
      () => true,
      () => false,
    );
  }

  return {
    root,
    pathOf,
    has,
    async put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const file = pathOf(sha256);
      if (await isKept(file)) return sha256;
      try {
        await mkdir(root, { recursive: true, mode: 0o700 });
        if (minFreeBytes > 0 && (await freeBytes(root)) < minFreeBytes + bytes.length)
          throw diskFull(`the disk has less than ${minFreeBytes} bytes free, which are kept for the database`);
        await writeWhole(file, bytes);
      } catch (error) {
        if (isDiskFull(error)) throw diskFull('the disk is full', error);
        throw error;
      }
      return sha256;
    },
    keep: (sha256) => isKept(pathOf(sha256)),
    read: (sha256) => readFile(pathOf(sha256)),
    delete: (sha256) => rm(pathOf(sha256), { force: true }),
    list: (byte) => list(path.join(root, byte)),
  };
}

/** The refusal of whoever brings something that the disk has no room for. */
export function diskFull(reason: string, cause?: unknown): AppError {
  return later(`${reason}: the picture could not be kept`, { cause, kind: 'DISK' });
}

async function isKept(file: string): Promise<boolean> {
  const now = new Date();
  return await utimes(file, now, now).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

async function list(folder: string): Promise<StoredFiles> {
  const pictures: { sha256: string; modifiedAt: number }[] = [];
  const unfinished: { modifiedAt: number; delete(): Promise<void> }[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ifThere);
  for (const entry of entries ?? []) {
    const [, sha256, id] = /^([0-9a-f]{64})(\.[0-9a-f-]{36})?$/.exec(entry.name) ?? [];
    if (!entry.isFile() || sha256 === undefined) continue;
    const file = path.join(entry.parentPath, entry.name);
    // Deleted, or renamed to what it was to be, since the folder was read.
    const found = await stat(file).catch(ifThere);
    if (found === undefined) continue;
    if (id === undefined) pictures.push({ sha256, modifiedAt: found.mtimeMs });
    else unfinished.push({ modifiedAt: found.mtimeMs, delete: () => rm(file, { force: true }) });
  }
  return { pictures, unfinished };
}

function ifThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** The file is there with all its bytes, or not at all: also after a power loss. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${randomUUID()}`;
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Two that write the same content at once replace each other's file with an equal one.
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
