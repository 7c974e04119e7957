// The rows that an import refused, for whoever has to mend them: read page by page, so that any number takes the memory of one page.
import type { Pool } from 'pg';
import { type PlacedRejection, rejectionsPage } from '../db/rejectionsPage.js';
import { type CsvValue, csvTable } from './csvTable.js';

const PAGE = 500;
const COLUMNS = ['line', 'field', 'reason', 'row_beginning'];

export interface ExportedRejection {
  /** 1-based line of the file, or 0-based index of what was given by the API. */
  readonly line: number;
  /** The first field that is wrong; null where the row as a whole is. */
  readonly field: string | null;
  readonly reason: string;
  /** As it was given, at most 500 characters of it. */
  readonly rowBeginning: string;
}

/** The export in pieces of text, in the order of the lines. */
export async function* exportRejections(
  pool: Pool,
  { importId, format }: { readonly importId: string; readonly format: 'csv' | 'ndjson' },
): AsyncGenerator<string> {
  if (format === 'csv') {
    yield* csvTable({ columns: COLUMNS, rows: csvRows(pool, importId), mark: true });
    return;
  }
  for await (const rejection of exported(pool, importId)) yield `${JSON.stringify(rejection)}\n`;
}

async function* csvRows(pool: Pool, importId: string): AsyncGenerator<readonly CsvValue[]> {
  for await (const { line, field, reason, rowBeginning } of exported(pool, importId))
    yield [line, field, reason, rowBeginning];
}

async function* exported(pool: Pool, importId: string): AsyncGenerator<ExportedRejection> {
  let after: PlacedRejection | undefined;
  for (;;) {
    const { rows, more } = await rejectionsPage(pool, { importId, limit: PAGE, after });
    for (const { place, reason, excerpt } of rows)
      yield { line: place, field: fieldOf(reason), reason, rowBeginning: excerpt };
    after = rows.at(-1);
    if (!more || after === undefined) return;
  }
}

/** A reason begins with the name of the field that it is about, as the row has it (ingest/canonicalPost.ts). */
export function fieldOf(reason: string): string | null {
  return /^([\p{L}_][\p{L}\p{N}_ .-]{0,60}): expected /u.exec(reason)?.[1] ?? null;
}
