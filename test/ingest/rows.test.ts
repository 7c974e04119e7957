import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { csvRows } from '../../src/ingest/csvRows.js';
import type { ImportRow } from '../../src/ingest/importRow.js';
import { ndjsonRows } from '../../src/ingest/ndjsonRows.js';
import { openRows } from '../../src/ingest/openRows.js';
import { readLines } from '../../src/ingest/readLines.js';
import { readRecords } from '../../src/ingest/readRecords.js';
import { unpack } from '../../src/ingest/unpack.js';

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

  it.each([
    ['{"a":1,"a":2}', 'the key "a" is there twice'],
    ['{"a":1,"\\u0061":2}', 'the key "\\u0061" is there twice'],
    ['{"x":[{"b":1,"c":{},"b":2}]}', 'the key "b" is there twice'],
    ['{"a":1e999}', 'expected numbers that can be kept, got 1e999'],
    ['{"a":[-1E400]}', 'expected numbers that can be kept, got -1E400'],
    ['{"a":NaN}', /^the line is not JSON/],
    ['{"a":Infinity}', /^the line is not JSON/],
    ['{"a":01}', /^the line is not JSON/],
    ["{'a':1}", /^the line is not JSON/],
    ['{"a":1,}', /^the line is not JSON/],
    ['{"a":"\0"}', /^the line is not JSON/],
    [`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`, 'expected at most 100 levels of nesting'],
  ])('refuses %s', async (line, reason) => {
    expect(brief(await collect(ndjsonRows(pieces(`${line}\n{"last":1}`, 4096))))).toEqual([
      [1, typeof reason === 'string' ? reason : expect.stringMatching(reason)],
      [2, { last: 1 }],
    ]);
  });

  it.each([
    '{"a":{"a":{"a":1}},"b":{"a":2}}',
    '{"a":"\\"b\\":1,\\"b\\":2","b":"\\\\","c":"{\\"a\\":1"}',
    '[{"a":1},{"a":2},["a","a"]]',
    '{"a":-1.5e-3,"b":[1,2,3],"c":"1e999"}',
    '{"":1," ":2}',
  ])('accepts %s, whose keys only look alike', async (line) => {
    expect(brief(await collect(ndjsonRows(pieces(line, 3))))).toEqual([[1, JSON.parse(line)]]);
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

describe('a line without end', () => {
  // One piece of a mebibyte, over and over: nothing but what is kept of it could take memory (bench/hostile.js measures that).
  async function* huge(mebibytes: number, before: string, after: string): AsyncGenerator<Uint8Array> {
    const part = Buffer.alloc(1 << 20, 'x');
    yield Buffer.from(before);
    for (let i = 0; i < mebibytes; i++) yield part;
    yield Buffer.from(after);
  }

  it('is refused by itself in NDJSON, with its place and size: 2 GB', async () => {
    const rows = await collect(ndjsonRows(huge(2048, '{"a":1}\n{"b":"', '"}\n{"c":1}')));
    expect(brief(rows)).toEqual([
      [1, { a: 1 }],
      [2, `the line is too long: ${2 ** 31 + 8} bytes`],
      [3, { c: 1 }],
    ]);
  });

  it('is refused by itself in CSV: 64 MB', async () => {
    const rows = await collect(csvRows(huge(64, 'a\n1\n"', '"\n3\n')));
    expect(brief(rows)).toEqual([
      [2, { a: '1' }],
      [3, `the row is too long: ${2 ** 26 + 2} bytes`],
      [4, { a: '3' }],
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

  it('refuses a row whose end a NUL would hide', async () => {
    expect(brief(await collect(csvRows(pieces('id,text\n1,"a"\0b\n2,"a\0b"\n', 5))))).toEqual([
      [2, 'a NUL character stands in this row'],
      [3, { id: '2', text: 'a\0b' }],
    ]);
  });

  it('refuses a table of very many columns, and tells how many a row has too many', async () => {
    const wide = Array.from({ length: 1001 }, (_, i) => `c${i}`).join(',');
    await expect(collect(csvRows(pieces(`${wide}\n`, 4096)))).rejects.toThrow('the header has more than 1000 columns');
    expect(brief(await collect(csvRows(pieces(`a,b\n${','.repeat(2_000_000)}\n`, 65536))))).toEqual([
      [2, 'expected 2 columns as in the header, got 1001'],
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
  const file = async (name: string, content: string | Uint8Array) => {
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

  it.each([
    ['b.ndjson.gz', '{"id":1}\n'],
    ['b.csv.gz', 'id\n1\n'],
    ['b.gz', '{"id":1}\n'],
    ['packed-without-saying-so.ndjson', '{"id":1}\n'],
  ])('reads %s packed with gzip, also of several parts', async (name, content) => {
    const parts = [content.slice(0, 3), content.slice(3)].map((part) => gzipSync(part));
    const { rows, bytes, bytesRead } = await openRows(await file(name, Buffer.concat(parts)));
    expect(await collect(rows)).toHaveLength(1);
    expect(bytesRead()).toBe(bytes);
  });

  it('gives the rows of a packed file that is cut off or damaged, then says so', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `{"id":"${i}","x":"${Math.sin(i)}"}\n`).join('');
    const packed = gzipSync(lines);
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, packed.length - 2000, packed.length - 1900);
    for (const [name, content] of [
      ['cut.ndjson.gz', packed.subarray(0, packed.length / 2)],
      ['damaged.ndjson.gz', damaged],
    ] as const) {
      const { rows } = await openRows(await file(name, content));
      let read = 0;
      await expect(
        (async () => {
          for await (const row of rows) read += 'error' in row ? 0 : 1;
        })(),
      ).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('damaged or cut off') });
      expect(read).toBeGreaterThan(1000);
      expect(read).toBeLessThan(5000);
    }
  });

  it('ends a packed file that grows without end', async () => {
    const bomb = gzipSync(Buffer.alloc(4 << 20, '\n'));
    const unpacked = (limits: object) => collect(unpack(pieces(bomb, 1000), limits));
    expect((await unpacked({})).reduce((sum, chunk) => sum + chunk.length, 0)).toBe(4 << 20);
    const refusal = { code: 'BAD_USER_INPUT', message: expect.stringContaining('too much to be posts') };
    await expect(unpacked({ freeBytes: 1 << 20 })).rejects.toMatchObject(refusal);
    await expect(unpacked({ maxBytes: 1 << 20 })).rejects.toMatchObject(refusal);
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
