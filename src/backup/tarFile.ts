// Tar files of plain files, written as they come and read back to the byte: a header is what we would have written, or it is refused, so
// that nothing odd (links, absolute names, other lengths) has to be thought of. Any `tar` lists and unpacks them.
// Source: POSIX.1-2017, pax, "ustar Interchange Format".
import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../errors.js';

export interface TarEntry {
  readonly name: string;
  readonly size: number;
  /** Of the content from the start of the file. */
  readonly offset: number;
}

const BLOCK = 512;
const CHUNK = 1 << 20;
/** Two empty blocks. */
const END = 2 * BLOCK;
const NAME_BYTES = 100;
/** What eleven octal digits hold. */
const MAX_SIZE = 8 ** 11 - 1;

/** Appends files; `end` closes the archive. */
export function tarWriter(handle: FileHandle): {
  add(name: string, size: number, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  end(): Promise<void>;
} {
  return {
    async add(name, size, content) {
      await writeAll(handle, tarHeader(name, size));
      let written = 0;
      for await (const chunk of content) {
        await writeAll(handle, chunk);
        written += chunk.length;
      }
      if (written !== size) throw new Error(`tarWriter: ${name} was said to have ${size} bytes, and has ${written}`);
      await writeAll(handle, Buffer.alloc(padding(size)));
    },
    end: () => writeAll(handle, Buffer.alloc(END)),
  };
}

/** The files in their order. Rejects with AppError BAD_USER_INPUT where the archive is damaged, cut off, or not of `tarWriter`. */
export async function* tarEntries(handle: FileHandle): AsyncGenerator<TarEntry> {
  const { size: total } = await handle.stat();
  for (let at = 0; ; ) {
    const header = await readExactly(handle, at, BLOCK);
    if (header.every((byte) => byte === 0)) {
      const rest = at + END === total ? await readExactly(handle, at, END) : undefined;
      if (rest === undefined || rest.some((byte) => byte !== 0)) throw damaged('it does not end where it should');
      return;
    }
    const name = header.toString('utf8', 0, NAME_BYTES).replace(/\0.*$/s, '');
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
    if (!isFine(name, size) || !header.equals(tarHeader(name, size))) throw damaged(`at byte ${at}`);
    const offset = at + BLOCK;
    at = offset + size + padding(size);
    if (at > total) throw damaged('it is cut off');
    const filler = await readExactly(handle, offset + size, padding(size));
    if (filler.some((byte) => byte !== 0)) throw damaged(`at the end of ${name}`);
    yield { name, size, offset };
  }
}

/** The content of a file, in chunks of up to a mebibyte. */
export async function* tarContent(handle: FileHandle, { offset, size }: TarEntry): AsyncGenerator<Buffer> {
  for (let at = 0; at < size; at += CHUNK) yield await readExactly(handle, offset + at, Math.min(CHUNK, size - at));
}

export function damaged(what: string): AppError {
  return new AppError('BAD_USER_INPUT', `not a backup of Hotlens, or a damaged one: ${what}`);
}

function isFine(name: string, size: number): boolean {
  return (
    name !== '' && Buffer.byteLength(name) <= NAME_BYTES && Number.isInteger(size) && size >= 0 && size <= MAX_SIZE
  );
}

function tarHeader(name: string, size: number): Buffer {
  if (!isFine(name, size)) throw new Error(`tarHeader: expected a short name and a size, got ${name}, ${size}`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o600, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)} `, 148);
  return header;
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}

async function readExactly(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let got = 0; got < length; ) {
    const { bytesRead } = await handle.read(bytes, got, length - got, at + got);
    if (bytesRead === 0) throw damaged('it is cut off');
    got += bytesRead;
  }
  return bytes;
}
