// Removes what killed processes left in the media store: files that were never finished, and pictures whose row was never
// written. A row is written after its file, so that a picture that was acknowledged always has both.
import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Pool } from 'pg';
import { knownImages } from '../db/knownImages.js';

export interface SweepOptions {
  /** The store's folder. */
  readonly root: string;
  readonly pool: Pool;
  /** Younger files are left alone: whoever wrote them may be about to write their row (ms). */
  readonly olderThanMs: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const HASH = /^[0-9a-f]{64}$/;
/** A file under way, or one that a sweep has put aside: its hash, then a UUID. */
const PASSING = /^[0-9a-f]{64}\.[0-9a-f-]{36}$/;
/** Longer than any transaction of ours between a picture's file and its row (ms). */
export const SWEEP_AGE_MS = 60 * 60_000;

/** Resolves to how many files were removed. Safe to run beside processes that write, and in many at once. */
export async function sweepMedia(options: SweepOptions): Promise<number> {
  let removed = 0;
  for (const first of await folders(options.root)) {
    for (const folder of await folders(first)) removed += await sweepFolder(folder, options);
  }
  return removed;
}

async function sweepFolder(folder: string, { pool, olderThanMs, now }: SweepOptions): Promise<number> {
  const isOld = async (file: string) => now - (await mtimeOf(file)) > olderThanMs;
  const names = await readdir(folder).catch(noSuchFolder);
  const hashes = names.filter((name) => HASH.test(name));
  const known = hashes.length === 0 ? new Set<string>() : await knownImages(pool, hashes);
  let removed = 0;
  for (const name of names) {
    const file = path.join(folder, name);
    if (PASSING.test(name) && (await isOld(file))) {
      await rm(file, { force: true });
      removed += 1;
    }
    if (!HASH.test(name) || known.has(name) || !(await isOld(file))) continue;
    // Put aside before it is looked at again: whoever needs this picture after all either finds no file and writes it anew, or
    // has touched it in between, and then it goes back to its place.
    const aside = `${file}.${randomUUID()}`;
    await rename(file, aside).catch(noSuchFile);
    if (await isOld(aside)) {
      await rm(aside, { force: true });
      removed += 1;
    } else await rename(aside, file).catch(noSuchFile);
  }
  return removed;
}

async function folders(root: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(root, { withFileTypes: true }).catch(noSuchFolder);
  return entries
    .filter((entry) => entry.isDirectory() && /^[0-9a-f]{2}$/.test(entry.name))
    .map(({ name }) => path.join(root, name));
}

/** Of a file that is gone: the end of time, which is young. */
async function mtimeOf(file: string): Promise<number> {
  const found = await stat(file).catch(noSuchFile);
  return found?.mtimeMs ?? Number.POSITIVE_INFINITY;
}

function noSuchFile(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function noSuchFolder(error: NodeJS.ErrnoException): never[] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}
