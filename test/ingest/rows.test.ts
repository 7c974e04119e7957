import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { csvRows } from '../../src/ingest/csvRows.js';
import type { ImportRow } from '../../src/ingest/importRow.js';
import { ndjsonRows } from '../../src/ingest/ndjsonRows.js';
import { openRows } from '../../src/ingest/openRows.js';
import { readLines } from '../../src/ingest/readLines.js';
import { readRecords } from '../../src/ingest/readRecords.js';

/** The bytes in pieces of `size`. */
async function* pieces(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content as string);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const collect = async <T>(items: AsyncIterable<T>) => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
const SIZES = [1, 2, 3, 7, 1000];
const brief = (rows: ImportRow[]) =>
  rows.map((row) => ('error' in row ? [row.place, row.error] : [row.place, row.value]));

describe('ndjsonRows', () => {
  it.each(SIZES)('gives rows with their lines, and errors by themselves (%d bytes at a time)', async (size) => {
    const content = Buffer.concat([
      Buffer.from('\ufeff{"a":"ä🦊"}\r\n\n  \n[1]\nnot json\n{"b":"'),
      Buffer.from([0xff]),
      Buffer.from('"}\n{"last":1}'),
    ]);
    expect(brief(await collect(ndjsonRows(pieces(content, size))))).toEqual([
      [1, { a: 'ä🦊' }],
      [4, [1]],
      [5, expect.stringContaining('the line is not JSON')],
      [6, 'the line is not valid UTF-8'],
      [7, { last: 1 }],
    ]);
  });

  it('refuses a line that is too long by itself, without holding it', async () => {
    const lines = await collect(readLines(pieces(`ab\n${'x'.repeat(50)}\ncd\n`, 4), 10));
    expect(lines.map((line) => ('tooLong' in line ? line.tooLong : Buffer.from(line.bytes).toString()))).toEqual([
      'ab',
      50,
      'cd',
    ]);
  });
});

describe('csvRows', () => {
  it.each([',', ';', '\t'])('finds the delimiter %j', async (d) => {
    const csv = `id${d}text${d}"a, b; c"\n1${d}hello${d}x\n`;
    expect(brief(await collect(csvRows(pieces(csv, 5))))).toEqual([[2, { id: '1', text: 'hello', 'a, b; c': 'x' }]]);
  });

  it.each(SIZES)(
    'reads quotes, line breaks within them, CRLF and a byte order mark (%d bytes at a time)',
    async (size) => {
      const csv = '\ufeff"id",text\r\n1,"two\r\nlines, ""quoted"""\r\n\r\n2,"ä"\r\n3,\r\n4,5" tall and ""wide""\r\n';
      expect(brief(await collect(csvRows(pieces(csv, size))))).toEqual([
        [2, { id: '1', text: 'two\r\nlines, "quoted"' }],
        [5, { id: '2', text: 'ä' }],
        [6, { id: '3', text: '' }],
        [7, { id: '4', text: expect.stringContaining('5" tall and') }],
      ]);
    },
  );

  it.each(SIZES)('refuses a bad row by itself (%d bytes at a time)', async (size) => {
    const csv = Buffer.concat([
      Buffer.from('id,text\n1\n2,b,c\n3,"'),
      Buffer.from([0xff]),
      Buffer.from('"\n4,good\n5,"never closed\n6,x\n'),
    ]);
    expect(brief(await collect(csvRows(pieces(csv, size))))).toEqual([
      [2, 'expected 2 columns as in the header, got 1'],
      [3, 'expected 2 columns as in the header, got 3'],
      [4, 'the row is not valid UTF-8'],
      [5, { id: '4', text: 'good' }],
      [6, 'a quote opens in this row and is never closed'],
    ]);
  });

  it('refuses a record that is too long by itself', async () => {
    const records = await collect(
      readRecords(pieces(`a\n"${'x\n'.repeat(20)}"\nb`, 4), { delimiter: 44, longest: 10 }),
    );
    expect(records).toEqual([
      { place: 1, bytes: Buffer.from('a'), open: false },
      { place: 2, tooLong: 42 },
      { place: 23, bytes: Buffer.from('b'), open: false },
    ]);
  });

  it('refuses a file without a usable header', async () => {
    await expect(collect(csvRows(pieces('id,id\n', 10)))).rejects.toThrow('names the column "id" twice');
    await expect(collect(csvRows(pieces(Buffer.from('\ufeffid', 'utf16le'), 10)))).rejects.toThrow('UTF-16');
    expect(await collect(csvRows(pieces('', 1)))).toEqual([]);
  });
});

describe('openRows', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'hotlens-rows-'));
  });
  afterAll(() => rm(directory, { recursive: true }));
  const file = async (name: string, content: string) => {
    await writeFile(path.join(directory, name), content);
    return path.join(directory, name);
  };

  it.each([
    ['a.ndjson', '{"id":1}\n'],
    ['a.jsonl', '{"id":1}\n'],
    ['a.txt', '\n {"id":1}\n'],
    ['a.csv', 'id\n1\n'],
    ['a.tsv', 'id\tx\n1\t2\n'],
    ['a.data', 'id,x\n1,2\n'],
  ])('reads %s', async (name, content) => {
    const { rows, bytes, bytesRead } = await openRows(await file(name, content));
    expect(await collect(rows)).toHaveLength(1);
    expect(bytesRead()).toBe(bytes);
  });

  it('says what a file is that it cannot read', async () => {
    await expect(openRows(await file('a.json', '[{"id":1}]'))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('JSON array'),
    });
    await expect(openRows(path.join(directory, 'missing.csv'))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('missing.csv: cannot be read (no such file)'),
    });
    await expect(openRows(directory)).rejects.toThrow('not a file');
    await expect(openRows(await file('a.bin', 'a\0b'))).rejects.toThrow('neither NDJSON nor CSV');
  });
});
