// The bytes of pictures, each once, under the hash of its content. Small, so that it can lie elsewhere one day.
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

export interface MediaStore {
  /** Keeps the bytes; resolves to their SHA-256 in hex once they are on the disk. Again and at the same time: once. */
  put(bytes: Uint8Array): Promise<string>;
  /** Rejects where there is none. */
  read(sha256: string): Promise<Uint8Array>;
  /** Where the file lies, whether it is there or not. */
  pathOf(sha256: string): string;
  has(sha256: string): Promise<boolean>;
  /** Resolves also where there was none. */
  delete(sha256: string): Promise<void>;
}

/** A store in `<dataDir>/media/ab/cd/<sha256>`, which nobody else on the machine may enter. */
export function openMediaStore(dataDir: string): MediaStore {
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
    pathOf,
    has,
    async put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (!(await has(sha256))) await writeWhole(pathOf(sha256), bytes);
      return sha256;
    },
    read: (sha256) => readFile(pathOf(sha256)),
    delete: (sha256) => rm(pathOf(sha256), { force: true }),
  };
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
