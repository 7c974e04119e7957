// A message as a folder of files: whoever looks sees all of it, or nothing.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError, isDiskFull, whyUnreadable } from '../errors.js';
import type { Message } from './message.js';

/**
 * Lays `TIME-ID/message.{txt,html,json}` and the attachments below `root`/`folder`; again, in the place of what is there. Rejects with
 * AppError DELIVERY_FAILED where that can't be written now.
 */
export async function sendToFolder(
  message: Message,
  { root, folder }: { readonly root: string; readonly folder: string },
): Promise<void> {
  const place = path.join(root, ...folder.split('/'));
  const name = nameOf(message);
  const unfinished = path.join(place, `.${name}.${randomUUID()}`);
  try {
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    const names = new Map<string, string>();
    for (const [i, { name: own, bytes, cid }] of message.attachments.entries()) {
      const file = fileName(own, i);
      if (cid !== undefined) names.set(cid, file);
      await writeSynced(path.join(unfinished, file), bytes);
    }
    const html = message.html.replace(/\bcid:([\w.@-]+)/g, (whole, cid: string) => names.get(cid) ?? whole);
    await writeSynced(path.join(unfinished, 'message.html'), html);
    await writeSynced(path.join(unfinished, 'message.txt'), message.text);
    await writeSynced(path.join(unfinished, 'message.json'), `${JSON.stringify(message.json, null, 2)}\n`);
    await replace(unfinished, path.join(place, name));
    // What it told of first may be gone, and its time with it.
    await removeFromFolder(message.id, { root, folder, but: name });
  } catch (error) {
    throw new AppError('DELIVERY_FAILED', `${folder}: cannot be written (${whyUnreadable(error)})`, {
      cause: error,
      retryable: true,
      kind: isDiskFull(error) ? 'DISK' : 'OTHER',
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Removes what lies there of a message, by its id; also what was left half written. */
export async function removeFromFolder(
  id: string,
  { root, folder, but }: { readonly root: string; readonly folder: string; readonly but?: string },
): Promise<void> {
  const place = path.join(root, ...folder.split('/'));
  const names = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names)
    if (name.includes(id) && name !== but) await rm(path.join(place, name), { recursive: true, force: true });
}

/** "20261129T102300Z-<id>": sorts by time. */
function nameOf({ at, id }: Message): string {
  return `${at
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')}-${id}`;
}

/** Ours, but it may be made of what strangers wrote. */
function fileName(name: string, place: number): string {
  const plain = name
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(-80);
  return plain === '' || plain.startsWith('message.') ? `attachment-${place + 1}` : plain;
}

async function writeSynced(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A folder takes no other's name while there is something in that. */
async function replace(from: string, to: string): Promise<void> {
  const old = `${from}.old`;
  const before = await rename(to, old).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return false;
    },
  );
  await rename(from, to);
  if (before) await rm(old, { recursive: true, force: true });
}
