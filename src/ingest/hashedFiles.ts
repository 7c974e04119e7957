// The pictures that rows name by file, as hashes. Reposts name the same file again and again: it is read again only where it has
// changed since.
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type ImageFileOptions, readImageFile, readWithState, stateOf } from './readImageFile.js';
import { remember } from './remember.js';

export interface HashedFiles {
  /** SHA-256 of the file's content, in hex. Rejects as readImageFile does. */
  hash(name: string): Promise<string>;
  read(name: string): Promise<Uint8Array>;
}

/** A file that was changed so shortly before it was read may be changed again within the same tick of the file system's clock (ms). */
const SETTLED_MS = 2000;

export function openHashedFiles(options: ImageFileOptions): HashedFiles {
  const known = new Map<string, { readonly state: string; readonly sha256: string }>();
  return {
    async hash(name) {
      const before = known.get(name);
      // It was found to lie in the folder; another file in its place is another one by its state, and is looked for anew.
      if (before !== undefined && before.state === (await stateNow(name, options.directory))) return before.sha256;
      const readAt = Date.now();
      const { bytes, state, changedAt } = await readWithState(name, options);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (readAt - changedAt > SETTLED_MS) remember(known, name, { state, sha256 });
      return sha256;
    },
    read: (name) => readImageFile(name, options),
  };
}

/** Undefined where it can't be told, which reading the file will explain. */
async function stateNow(name: string, directory: string | undefined): Promise<string | undefined> {
  return await stat(path.resolve(directory!, name), { bigint: true }).then(stateOf, () => undefined);
}
