// Rows of an NDJSON file: one JSON object a line.
import { TextDecoder } from 'node:util';
import { messageOf } from '../errors.js';
import { EXCERPT_LENGTH, type ImportRow } from './importRow.js';
import { type Line, readLines } from './readLines.js';
import { parseStrictJson } from './strictJson.js';

/** One row a line, blank lines skipped; a line that cannot be read is a row with an error. */
export async function* ndjsonRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ImportRow> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const line of readLines(chunks)) {
    const row = readRow(line, decoder);
    if (row) yield row;
  }
}

function readRow(line: Line, decoder: TextDecoder): ImportRow | undefined {
  const { place } = line;
  if ('tooLong' in line) return { place, error: `the line is too long: ${line.tooLong} bytes`, excerpt: '' };
  let text: string;
  try {
    text = decoder.decode(line.bytes);
  } catch {
    return { place, error: 'the line is not valid UTF-8', excerpt: lossyExcerpt(line.bytes) };
  }
  if (text.trim() === '') return undefined;
  try {
    return { place, value: parseStrictJson(text), bytes: line.bytes.length };
  } catch (error) {
    return {
      place,
      error: error instanceof SyntaxError ? `the line is not JSON: ${error.message}` : messageOf(error),
      excerpt: text.slice(0, EXCERPT_LENGTH),
    };
  }
}

/** The beginning of bytes that are not what they should be. */
export function lossyExcerpt(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, EXCERPT_LENGTH)).toString('utf8').slice(0, EXCERPT_LENGTH);
}
