import { describe, expect, it } from '@jest/globals';
import { filesOfPosts, readUploadName } from '../../src/ingest/uploadName.js';

describe('the files of an upload that are read', () => {
  it('are those whose name says that they hold posts, wherever they lie', () => {
    const names = [
      'city/README.md',
      'city/a.CSV',
      'b.ndjson.gz',
      'c.jsonl',
      'd.tsv',
      'pictures/1.jpg',
      '.hidden/e.csv',
    ];
    expect(filesOfPosts(names)).toEqual(['city/a.CSV', 'b.ndjson.gz', 'c.jsonl', 'd.tsv']);
  });

  it('are all that are no pictures where no name says so, for their content may', () => {
    expect(filesOfPosts(['posts', 'export.txt', '1.jpeg', '.DS_Store'])).toEqual(['posts', 'export.txt']);
    expect(filesOfPosts(['1.jpeg', '2.png'])).toEqual([]);
  });
});

describe('the name of a file of an upload', () => {
  it('is a path below the folder, of names that file systems take', () => {
    expect(readUploadName('straße/übersicht 1.csv')).toEqual(['straße', 'übersicht 1.csv']);
    expect(readUploadName(`${'a'.repeat(255)}/..b`)).toEqual(['a'.repeat(255), '..b']);
    for (const wrong of [
      'ü'.repeat(128),
      `${'a/'.repeat(33)}a`,
      'x'.repeat(1025),
      '..',
      'a/../b',
      '/a',
      'a\nb',
      'a\\b',
    ])
      expect(() => readUploadName(wrong)).toThrow('name: expected');
  });
});
