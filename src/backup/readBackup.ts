// A backup's manifest, once every byte of the file has been looked at.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../errors.js';
import { FORMAT, MANIFEST, MANIFEST_HASH, type Manifest, manifestSchema, pictureOf, tableOf } from './manifest.js';
import { damaged, type TarEntry, tarContent, tarEntries } from './tarFile.js';

/** A manifest names a file of rows every few megabytes: more is none of ours. */
const MAX_MANIFEST = 256 << 20;

/**
 * Reads the file through and compares all that it holds with what its manifest says. Rejects with AppError BAD_USER_INPUT where it is
 * damaged, cut off, or of a newer format. Against damage, not against forgery: whoever writes the file writes the hashes.
 */
export async function readBackup(handle: FileHandle): Promise<Manifest> {
  const parts: Manifest['parts'] = [];
  const pictures = { count: 0, bytes: 0 };
  let json: Buffer | undefined;
  let hash: string | undefined;
  for await (const entry of tarEntries(handle)) {
    const { name, size: bytes } = entry;
    if (hash !== undefined || (json !== undefined && name !== MANIFEST_HASH)) throw damaged(`${name} is out of place`);
    if (name === MANIFEST) json = await whole(handle, entry, MAX_MANIFEST);
    else if (name === MANIFEST_HASH) hash = (await whole(handle, entry, 64)).toString('latin1');
    else {
      const sha256 = await hashOf(handle, entry);
      if (tableOf(name) !== null) parts.push({ name, bytes, sha256 });
      else if (pictureOf(name) === null) throw damaged(`${JSON.stringify(name)} does not belong there`);
      else if (pictureOf(name) !== sha256) throw damaged(`the picture ${name}`);
      else {
        pictures.count += 1;
        pictures.bytes += bytes;
      }
    }
  }
  if (json === undefined || hash !== createHash('sha256').update(json).digest('hex')) throw damaged('its manifest');
  const manifest = parse(json);
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const wrong = parts.find((part, i) => !same(part, manifest.parts[i]));
  if (wrong !== undefined) throw damaged(wrong.name);
  if (parts.length !== manifest.parts.length || !same(pictures, manifest.pictures)) throw damaged('files are missing');
  return manifest;
}

function parse(json: Buffer): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(json.toString('utf8'));
  } catch (cause) {
    throw new AppError('BAD_USER_INPUT', damaged('its manifest is not JSON').message, { cause });
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > FORMAT)
    throw new AppError('BAD_USER_INPUT', `the backup is of a newer Hotlens (format ${format}): restore it with that`);
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw damaged(`its manifest, ${parsed.error.issues[0]?.path.join('.')}`);
  return parsed.data;
}

async function hashOf(handle: FileHandle, entry: TarEntry): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of tarContent(handle, entry)) hash.update(chunk);
  return hash.digest('hex');
}

/** The content in memory; refused where it is longer than it can be. */
export async function whole(handle: FileHandle, entry: TarEntry, longest: number): Promise<Buffer> {
  if (entry.size > longest) throw damaged(`${entry.name} has ${entry.size} bytes`);
  const chunks: Buffer[] = [];
  for await (const chunk of tarContent(handle, entry)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
