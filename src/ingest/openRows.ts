// The rows of a file, by what kind of file it is.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { AppError, whyUnreadable } from '../errors.js';
import { csvRows } from './csvRows.js';
import type { ImportRow } from './importRow.js';
import { ndjsonRows } from './ndjsonRows.js';

const CHUNK_BYTES = 256 << 10;
const SNIFF_BYTES = 4096;

export interface OpenedRows {
  readonly rows: AsyncIterable<ImportRow>;
  /** Size of the file. */
  readonly bytes: number;
  /** How much of it has been read so far. */
  readonly bytesRead: () => number;
}

/**
 * Opens .ndjson, .jsonl, .csv and .tsv files, and others by how they begin. Rejects with AppError BAD_USER_INPUT where the file
 * cannot be read or is of another kind.
 */
export async function openRows(file: string): Promise<OpenedRows> {
  const { start, bytes } = await readStart(file);
  const format = formatOf(file, start);
  let bytesRead = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      bytesRead += chunk.length;
      yield chunk;
    }
  }
  const rows = format === 'ndjson' ? ndjsonRows(chunks()) : csvRows(chunks());
  return { rows, bytes, bytesRead: () => bytesRead };
}

async function readStart(file: string): Promise<{ start: string; bytes: number }> {
  try {
    const handle = await open(file);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Error('not a file');
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
      return {
        start: buffer
          .toString('utf8', 0, bytesRead)
          .replace(/^\ufeff/, '')
          .trimStart(),
        bytes: stat.size,
      };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new AppError('BAD_USER_INPUT', `${file}: cannot be read (${whyUnreadable(cause)})`, { cause });
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
