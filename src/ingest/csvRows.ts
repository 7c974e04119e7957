// Rows of a CSV or TSV file with a header.
import { TextDecoder } from 'node:util';
import { parse } from 'csv-parse/sync';
import { AppError } from '../errors.js';
import { EXCERPT_LENGTH, type ImportRow } from './importRow.js';
import { lossyExcerpt } from './ndjsonRows.js';
import { type CsvRecord, readRecords } from './readRecords.js';

const DELIMITERS = [',', ';', '\t'] as const;
/** Of a header; more is no table of posts. */
const MAX_COLUMNS = 1000;
/** The header must end within the first this many bytes. */
const SNIFF_BYTES = 64 << 10;

/**
 * One row a record, as an object under the header's names; empty records are skipped, one that does not fit the header is a row
 * with an error. The delimiter (`,` `;` or tab) is the one that the header has most of. Rejects with AppError BAD_USER_INPUT
 * where there is no usable header.
 */
export async function* csvRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ImportRow> {
  const { start, rest } = await readStart(chunks);
  if (start.length === 0) return;
  const delimiter = sniffDelimiter(start);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let header: string[] | undefined;
  for await (const record of readRecords(rest, { delimiter: delimiter.charCodeAt(0) })) {
    const fields = readFields(record, { delimiter, decoder });
    if (fields === undefined) continue;
    if (header === undefined) header = checkHeader(fields);
    else yield 'error' in fields ? fields : toRow(fields, header);
  }
}

interface Fields {
  readonly place: number;
  readonly values: readonly string[];
  readonly bytes: number;
  readonly text: string;
}

type Unread = Extract<ImportRow, { error: string }>;

/** The fields of a record; undefined for an empty one. */
function readFields(
  record: CsvRecord,
  { delimiter, decoder }: { delimiter: string; decoder: TextDecoder },
): Fields | Unread | undefined {
  const { place } = record;
  if ('tooLong' in record) return { place, error: `the row is too long: ${record.tooLong} bytes`, excerpt: '' };
  let text: string;
  try {
    text = decoder.decode(record.bytes);
  } catch {
    return { place, error: 'the row is not valid UTF-8', excerpt: lossyExcerpt(record.bytes) };
  }
  if (text.trim() === '') return undefined;
  const excerpt = text.slice(0, EXCERPT_LENGTH);
  if (record.open) return { place, error: 'a quote opens in this row and is never closed', excerpt };
  // Most rows have no quotes; and a line break can only stand within them.
  if (!text.includes('"')) {
    return { place, values: text.split(delimiter, MAX_COLUMNS + 1), bytes: record.bytes.length, text };
  }
  try {
    const [values, more] = parse(text, {
      delimiter,
      record_delimiter: '\0',
      relax_column_count: true,
      relax_quotes: true,
    }) as string[][];
    // What follows a NUL would be a record of its own, and be lost.
    if (more !== undefined) return { place, error: 'a NUL character stands in this row', excerpt };
    return { place, values: values ?? [], bytes: record.bytes.length, text };
  } catch (error) {
    return { place, error: (error as Error).message.replace(/ at line \d+/, ''), excerpt };
  }
}

function toRow({ place, values, bytes, text }: Fields, header: readonly string[]): ImportRow {
  if (values.length !== header.length) {
    return {
      place,
      error: `expected ${header.length} columns as in the header, got ${values.length}`,
      excerpt: text.slice(0, EXCERPT_LENGTH),
    };
  }
  return { place, value: Object.fromEntries(header.map((name, i) => [name, values[i]])), bytes };
}

function checkHeader(fields: Fields | Unread): string[] {
  if ('error' in fields) throw new AppError('BAD_USER_INPUT', `the header cannot be read: ${fields.error}`);
  const names = fields.values.map((name) => name.trim());
  if (names.length > MAX_COLUMNS) {
    throw new AppError('BAD_USER_INPUT', `the header has more than ${MAX_COLUMNS} columns`);
  }
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i);
  if (twice !== undefined) throw new AppError('BAD_USER_INPUT', `the header names the column "${twice}" twice`);
  return names;
}

/** The file's beginning without its byte order mark, and all of the file from there. */
async function readStart(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ start: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < SNIFF_BYTES && !start.includes(10)) {
    const { done, value } = await iterator.next();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  if ((start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)) {
    throw new AppError('BAD_USER_INPUT', 'the file is UTF-16: save it as UTF-8');
  }
  const hasMark = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
  const first = hasMark ? start.subarray(3) : start;
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield first;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      yield value;
    }
  }
  return { start: first, rest: rest() };
}

/** By the first line alone: texts further down hold any character. */
function sniffDelimiter(start: Uint8Array): (typeof DELIMITERS)[number] {
  const text = Buffer.from(start).toString('utf8');
  const line = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}
