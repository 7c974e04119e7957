// Where uploads lie until they are read: one folder each, under DATA/uploads.
//
// A folder whose name ends in `.part` is still coming in; it is renamed when all of it is there, and takes nothing more then.
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { uuidv7 } from '../db/uuidv7.js';
import { AppError, isDiskFull, whyUnreadable } from '../errors.js';
import { freeBytes } from '../freeBytes.js';
import { later } from '../retryLater.js';
import { readUploadName } from './uploadName.js';

export interface UploadLimits {
  /** Of one upload, all files together. */
  readonly maxBytes: number;
  /** Room that the disk must keep. */
  readonly minFreeBytes: number;
}

export interface UploadedFile {
  /** Path below the upload's folder, with `/`. */
  readonly name: string;
  readonly bytes: number;
}

export interface UploadSpool {
  /** Opens an upload; resolves to its id. */
  create(): Promise<string>;
  /** Bytes that are there of a file, 0 where it has not begun. Rejects with AppError NOT_FOUND where no such upload is coming in. */
  sizeOf(id: string, name: string): Promise<number>;
  /**
   * Adds bytes behind the first `offset` of a file; resolves to how many it has then, which are on the disk. Where the bytes end early
   * it rejects with their error, and those that came are kept. Rejects with AppError CONFLICT where the file has another length, TOO_LARGE,
   * BAD_USER_INPUT for a name that can't be, and RETRY_LATER where the disk is full or another call still writes it.
   */
  append(at: UploadPlace, chunks: AsyncIterable<Uint8Array>): Promise<number>;
  /** What is there of it, whole or still coming in. Rejects with AppError NOT_FOUND. */
  files(id: string): Promise<readonly UploadedFile[]>;
  /** All of it is there: it takes nothing more. Safe to repeat. Rejects with AppError RETRY_LATER while a file is being written. */
  seal(id: string): Promise<void>;
  /** Where a file of a sealed upload lies. */
  pathOf(id: string, name: string): string;
  /** Deletes one that is still coming in; leaves one that is sealed. */
  giveUp(id: string): Promise<void>;
  /** Also one that is still coming in; resolves also where there is none. */
  remove(id: string): Promise<void>;
  /** What lies here; `changedAt` in epoch milliseconds. */
  list(): Promise<readonly { readonly id: string; readonly sealed: boolean; readonly changedAt: number }[]>;
}

export interface UploadPlace {
  readonly id: string;
  readonly name: string;
  readonly offset: number;
}

/** Files of one upload. */
const MAX_FILES = 50_000;
/** Bytes after which the disk is asked for its room again. */
const DISK_EVERY = 8 << 20;
const BUSY_RETRY_MS = 1000;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The uploads of a data directory. Nothing is made before the first one. */
export function openUploadSpool(dataDir: string, { maxBytes, minFreeBytes }: UploadLimits): UploadSpool {
  const root = path.resolve(dataDir, 'uploads');
  /** What uploads hold that this process writes to, so that it need not be counted anew for each piece. */
  const sums = new Map<string, { bytes: number; files: number }>();
  const busy = new Set<string>();

  const sealedAt = (id: string) => path.join(root, checked(id));
  const incomingAt = (id: string) => `${sealedAt(id)}.part`;

  async function sumOf(id: string): Promise<{ bytes: number; files: number }> {
    const known = sums.get(id);
    if (known !== undefined) return known;
    const files = await filesIn(incomingAt(id));
    if (files === undefined) throw new AppError('NOT_FOUND', `no upload ${id} is coming in here`);
    const sum = { bytes: files.reduce((all, { bytes }) => all + bytes, 0), files: files.length };
    sums.set(id, sum);
    return sum;
  }

  async function checkRoom(more: number): Promise<void> {
    if ((await freeBytes(root)) >= minFreeBytes + more) return;
    throw later(`the disk has less than ${minFreeBytes} bytes free: go on later`, { kind: 'DISK' });
  }

  async function write(file: string, offset: number, options: { chunks: AsyncIterable<Uint8Array>; id: string }) {
    const sum = await sumOf(options.id);
    // Only with its beginning a file begins.
    const begin = offset === 0 ? constants.O_CREAT : 0;
    const handle = await open(file, begin | constants.O_WRONLY | constants.O_NOFOLLOW, 0o600).catch(
      (error: unknown) => {
        if (offset > 0 && (error as NodeJS.ErrnoException).code === 'ENOENT')
          throw new AppError('CONFLICT', '0 bytes of this file are here: go on there');
        throw error;
      },
    );
    try {
      const { size } = await handle.stat();
      if (size !== offset) throw new AppError('CONFLICT', `${size} bytes of this file are here: go on there`);
      // An empty file is one as well, and known by its first piece.
      if (size === 0) sum.files += 1;
      if (sum.files > MAX_FILES) throw new AppError('TOO_LARGE', `an upload may have ${MAX_FILES} files`);
      let written = offset;
      let unasked = 0;
      try {
        for await (const chunk of options.chunks) {
          if (sum.bytes + chunk.length > maxBytes)
            throw new AppError('TOO_LARGE', `an upload may have ${maxBytes} bytes (HOTLENS_UPLOAD_MAX_BYTES)`);
          if (unasked >= DISK_EVERY || written === offset) {
            await checkRoom(chunk.length);
            unasked = 0;
          }
          await handle.write(chunk, 0, chunk.length, written);
          written += chunk.length;
          unasked += chunk.length;
          sum.bytes += chunk.length;
        }
      } finally {
        await handle.sync();
      }
      return written;
    } finally {
      await handle.close();
    }
  }

  return {
    async create() {
      const id = uuidv7();
      await mkdir(root, { recursive: true, mode: 0o700 });
      await checkRoom(0);
      await mkdir(incomingAt(id), { mode: 0o700 });
      return id;
    },
    async sizeOf(id, name) {
      await sumOf(id);
      const file = path.join(incomingAt(id), ...readUploadName(name));
      return await stat(file).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      );
    },
    async append({ id, name, offset }, chunks) {
      const parts = readUploadName(name);
      await sumOf(id);
      const file = path.join(incomingAt(id), ...parts);
      if (busy.has(file)) throw beingWritten();
      busy.add(file);
      try {
        // Not the upload's own folder: one that was sealed or removed meanwhile does not come back.
        for (let i = 1; i < parts.length; i++)
          await mkdir(path.join(incomingAt(id), ...parts.slice(0, i)), { mode: 0o700 }).catch(ifAFolder);
        return await write(file, offset, { chunks, id });
      } catch (error) {
        throw whatIsWrong(error, name, id);
      } finally {
        busy.delete(file);
      }
    },
    async files(id) {
      const files = (await filesIn(incomingAt(id))) ?? (await filesIn(sealedAt(id)));
      if (files === undefined) throw new AppError('NOT_FOUND', `there is no upload ${id}`);
      return files;
    },
    async seal(id) {
      const folder = incomingAt(id) + path.sep;
      if ([...busy].some((file) => file.startsWith(folder))) throw beingWritten();
      sums.delete(id);
      await rename(incomingAt(id), sealedAt(id)).catch(ifThere);
    },
    pathOf: (id, name) => path.join(sealedAt(id), ...readUploadName(name)),
    async giveUp(id) {
      sums.delete(id);
      await rm(incomingAt(id), { recursive: true, force: true });
    },
    async remove(id) {
      sums.delete(id);
      await rm(incomingAt(id), { recursive: true, force: true });
      await rm(sealedAt(id), { recursive: true, force: true });
    },
    async list() {
      const entries = (await readdir(root, { withFileTypes: true }).catch(ifThere)) ?? [];
      const found = [];
      for (const { name } of entries) {
        const id = name.replace(/\.part$/, '');
        if (!ID.test(id)) continue;
        const changedAt = await newestIn(path.join(root, name));
        if (changedAt !== undefined) found.push({ id, sealed: id === name, changedAt });
      }
      return found;
    },
  };
}

/** By a request whose connection is broken, as likely as not: that is noticed soon. */
function beingWritten(): AppError {
  const message = 'another request is still writing this file: try again later';
  return later(message, { kind: 'UNAVAILABLE', retryAfterMs: BUSY_RETRY_MS });
}

/** The id becomes a path: nothing else may. */
function checked(id: string): string {
  if (!ID.test(id)) throw new AppError('NOT_FOUND', 'there is no such upload');
  return id;
}

/** All files below the folder; undefined where there is none, or it went, by being sealed, while it was looked through. */
async function filesIn(folder: string): Promise<UploadedFile[] | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ifThere);
  if (entries === undefined) return undefined;
  const files: UploadedFile[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).split(path.sep).join('/');
    const found = await stat(file).catch(ifThere);
    if (found === undefined) return undefined;
    files.push({ name, bytes: found.size });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** When the folder, or one in it, last got a file, or the newest of its files was written (ms since 1970). */
async function newestIn(folder: string): Promise<number | undefined> {
  const own = await stat(folder).catch(ifThere);
  if (own === undefined) return undefined;
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true }).catch(ifThere)) ?? [];
  let newest = own.mtimeMs;
  for (const entry of entries) {
    const found = await stat(path.join(entry.parentPath, entry.name)).catch(ifThere);
    newest = Math.max(newest, found?.mtimeMs ?? 0);
  }
  return newest;
}

function ifThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function ifAFolder(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EEXIST') throw error;
}

/** What a system's error says of the upload; anything else as it is. */
function whatIsWrong(error: unknown, name: string, id: string): unknown {
  if (error instanceof AppError) return error;
  if (isDiskFull(error)) return later('the disk is full: go on later', { cause: error, kind: 'DISK' });
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new AppError('NOT_FOUND', `no upload ${id} is coming in here`, { cause: error });
  if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'ELOOP')
    return new AppError(
      'BAD_USER_INPUT',
      `name: ${JSON.stringify(name)} is in the way of another (${whyUnreadable(error)})`,
      {
        cause: error,
      },
    );
  return error;
}
