// CSV as every export writes it: RFC 4180 for programs, and safe to open in a spreadsheet.
//
// Posts are strangers' words, and a spreadsheet runs what begins like a formula, also one that reads other cells or fetches an address
// (OWASP, CSV Injection). Such texts get an apostrophe in front, which spreadsheets do not show. Numbers are ours: they stay as they are.

export type CsvValue = string | number | bigint | boolean | Date | null | undefined;

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly CsvValue[]> | Iterable<readonly CsvValue[]>;
  /** A byte order mark in front, without which Excel takes UTF-8 for something else. */
  readonly mark?: boolean;
}

/** What a spreadsheet may take for the start of a formula; the full-width forms too, which some turn into the others. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** The table line by line, each with its end (CRLF). Throws where a row has another number of values than there are columns. */
export async function* csvTable({ columns, rows, mark = false }: CsvTable): AsyncGenerator<string> {
  yield (mark ? '\ufeff' : '') + csvLine(columns);
  for await (const row of rows) {
    if (row.length !== columns.length) {
      throw new Error(`csvTable: expected ${columns.length} values, got ${row.length}`);
    }
    yield csvLine(row);
  }
}

/** One line with its end. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: CsvValue): string {
  if (value == null) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'string') return String(value);
  // White space in front does not keep a spreadsheet from running it.
  const harmless = FORMULA.test(value.trimStart()) || FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n;\t]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
