// The rows of a file, by what kind of file it is.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { AppError, whyUnreadable } from '../errors.js';
import { csvRows } from './csvRows.js';
import type { ImportRow } from './importRow.js';
import { ndjsonRows } from './ndjsonRows.js';
import { isGzip, unpack } from './unpack.js';

const CHUNK_BYTES = 256 << 10;
const SNIFF_BYTES = 4096;
/** gzip packs a thousand times at most. */
const MAX_START_BYTES = 1100 * SNIFF_BYTES;

export interface OpenedRows {
  readonly rows: AsyncIterable<ImportRow>;
  /** Size of the file. */
  readonly bytes: number;
  /** How much of it has been read so far. */
  readonly bytesRead: () => number;
}

/**
 * Opens .ndjson, .jsonl, .csv and .tsv files, packed with gzip or not, and others by how they begin. Rejects with AppError BAD_USER_INPUT where the file
 * cannot be read or is of another kind.
 */
export async function openRows(file: string): Promise<OpenedRows> {
  const { start, bytes, packed } = await readStart(file);
  const format = formatOf(packed ? file.replace(/\.gz$/i, '') : file, start);
  let bytesRead = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      bytesRead += chunk.length;
      yield chunk;
    }
  }
  const content = packed ? unpack(chunks()) : chunks();
  const rows = format === 'ndjson' ? ndjsonRows(content) : csvRows(content);
  return { rows, bytes, bytesRead: () => bytesRead };
}

async function readStart(file: string): Promise<{ start: string; bytes: number; packed: boolean }> {
  try {
    const handle = await open(file);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Error('not a file');
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
      const head = buffer.subarray(0, bytesRead);
      const packed = isGzip(head);
      const text = (packed ? unpackedStart(head) : head).toString('utf8');
      return { start: text.replace(/^\ufeff/, '').trimStart(), bytes: stat.size, packed };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new AppError('BAD_USER_INPUT', `${file}: cannot be read (${whyUnreadable(cause)})`, { cause });
  }
}

/** What the beginning of a gzip file begins with; nothing where it is damaged, which reading it will tell. */
function unpackedStart(head: Uint8Array): Buffer {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_START_BYTES });
  } catch {
    return Buffer.alloc(0);
  }
}

function formatOf(file: string, start: string): 'ndjson' | 'csv' {
  const extension = path.extname(file).toLowerCase();
  if (extension === '.csv' || extension === '.tsv') return 'csv';
  if (start.startsWith('[')) {
    throw new AppError(
      'BAD_USER_INPUT',
      `${file}: a JSON array; expected one object a line (NDJSON), as \`jq -c '.[]'\` writes them`,
    );
  }
  if (extension === '.ndjson' || extension === '.jsonl' || start.startsWith('{')) return 'ndjson';
  if (extension === '.json' || start.includes('\0')) {
    throw new AppError('BAD_USER_INPUT', `${file}: neither NDJSON nor CSV`);
  }
  return 'csv';
}
