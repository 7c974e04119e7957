import { describe, expect, it } from '@jest/globals';
import { canonicalPost } from '../../src/ingest/canonicalPost.js';

const read = (row: unknown) => {
  const result = canonicalPost(row, { source: 'import' });
  if ('reason' in result) throw new Error(result.reason);
  return result.post;
};
const reason = (row: unknown) => {
  const result = canonicalPost(row, { source: 'import' });
  return 'reason' in result ? result.reason : 'accepted';
};
const row = { id: '1', text: 'hello', createdAt: '2026-05-01T10:00:00Z' };

describe('canonicalPost', () => {
  it('reads a row under its canonical names', () => {
    const raw = {
      source: 'bluesky',
      nativeId: 'at://1',
      author: 'ana',
      text: 'a dog',
      language: 'en',
      postedAt: '2026-05-01T12:00:00.250+02:00',
      url: 'https://example.org/p/1',
      likes: 3,
      reposts: 2,
      replies: 0,
      images: ['https://example.org/a.jpg'],
    };
    expect(read(raw)).toEqual({
      ...raw,
      postedAt: new Date('2026-05-01T10:00:00.250Z'),
      images: [{ kind: 'url', url: 'https://example.org/a.jpg', altText: null }],
      sensitive: false,
      raw,
    });
  });

  it.each([
    ['nativeId', { id: 7 }, '7'],
    ['nativeId', { id: undefined, native_id: 'a' }, 'a'],
    ['nativeId', { id: '', item_id: 'b' }, 'b'],
    ['text', { text: undefined, body: 'from 4CAT' }, 'from 4CAT'],
    ['language', { lang: 'de' }, 'de'],
    ['likes', { like_count: '12' }, 12],
    ['reposts', { retweet_count: 4 }, 4],
    ['reposts', { shares: '4.0' }, 4],
    ['replies', { 'Reply Count': '1' }, 1],
    ['likes', { likes: '' }, null],
    ['source', {}, 'import'],
    ['source', { source: 'mastodon' }, 'mastodon'],
    ['sensitive', { sensitive: false }, false],
    ['sensitive', { sensitive: true }, true],
    ['sensitive', { possibly_sensitive: 'True' }, true],
    ['sensitive', { NSFW: '0' }, false],
    ['sensitive', { labels: [{ val: 'porn' }] }, true],
    ['sensitive', { labels: [{ val: 'porn', neg: true }, { val: 'spam' }] }, false],
    ['sensitive', { record: { labels: { values: [{ val: 'graphic-media' }] } } }, true],
    ['sensitive', { labels: 'summer, holiday', record: 7 }, false],
  ] as const)('finds %s in %j', (field, more, value) => {
    expect(read({ ...row, ...more })[field]).toEqual(value);
  });

  it.each([
    ['2026-05-01', '2026-05-01T00:00:00.000Z'],
    ['2026-05-01 10:00:00', '2026-05-01T10:00:00.000Z'],
    ['2026-05-01T10:00', '2026-05-01T10:00:00.000Z'],
    ['2026-05-01T10:00:00,5Z', '2026-05-01T10:00:00.500Z'],
    ['2026-05-01T10:00:00.123456+0530', '2026-05-01T04:30:00.123Z'],
    ['2026-05-01T10:00:00-03', '2026-05-01T13:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2026-05-01T24:00:00Z', '2026-05-02T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2017-01-01T05:29:60+05:30', '2017-01-01T00:00:00.000Z'],
    ['2199-12-31T23:59:59Z', '2199-12-31T23:59:59.000Z'],
    ['1970-01-01', '1970-01-01T00:00:00.000Z'],
    [1777629600, '2026-05-01T10:00:00.000Z'],
    [1777629600123, '2026-05-01T10:00:00.123Z'],
    ['1777629600', '2026-05-01T10:00:00.000Z'],
    ['1777629600.75', '2026-05-01T10:00:00.750Z'],
  ])('reads the time %j', (createdAt, expected) => {
    expect(read({ ...row, createdAt }).postedAt.toISOString()).toBe(expected);
  });

  it.each([
    '2026-02-30',
    '2026-13-01',
    '2026-05-01T25:00:00Z',
    'yesterday',
    '01/05/2026',
    20260501,
    '20260501',
    '2026',
    true,
    '2026-05-01T10:00:00+99:00',
    '2026-05-01T10:00:00+14:30',
    '2026-02-31',
    '2025-02-29',
    '2026-00-10',
    '2026-05-00',
    '0070-05-01',
    '9999-12-31T23:59:59Z',
    '10000-01-01',
    '2200-01-01',
    '1969-12-31T23:59:59Z',
    '2026-05-01T24:00:01Z',
    '2026-05-01T24:30:00Z',
    '2026-05-01T10:00:60Z',
    '2026-05-01T10:60:00Z',
    Number.MAX_SAFE_INTEGER,
    1777629600123456,
    -1,
  ])('refuses the time %j', (createdAt) => {
    expect(reason({ ...row, createdAt })).toMatch(/^createdAt: expected an ISO 8601 time or a Unix time, got/);
  });

  it.each([
    [{ id: undefined }, 'id: missing'],
    [{ id: '   ' }, 'id: missing'],
    [{ id: 'a\0b' }, /^id: expected text without control characters.*, got "a\\u0000b"$/],
    [{ id: 'a\nb' }, /^id: expected text without control characters/],
    [{ id: 'a\ud800' }, /^id: expected text without .*halves of characters/],
    [{ id: 'a\u202eb' }, /^id: expected text without .*direction marks/],
    [{ source: 'a\u2066' }, /^source: expected text without .*direction marks/],
    [{ id: 'x'.repeat(513) }, 'id: expected at most 512 characters, got 513'],
    [{ source: 'x'.repeat(201) }, 'source: expected at most 200 characters, got 201'],
    [{ id: Number.NaN }, 'expected numbers that can be kept, got NaN'],
    [{ id: 1.5 }, 'id: expected text or an exact whole number, got 1.5: put it in quotes'],
    [{ id: true }, 'id: expected text, got true'],
    [{ author: 2 ** 53 }, 'author: expected text, got 9007199254740992'],
    [{ author: {} }, 'author: expected text, got {}'],
    [{ author: 'x'.repeat(501) }, 'author: expected at most 500 characters, got 501'],
    [{ likes: 2 ** 31 }, /^likes: expected a whole number from 0 to 2147483647/],
    [{ likes: 1.5 }, /^likes: expected a whole number/],
    [{ likes: '1e3' }, /^likes: expected a whole number/],
    [{ likes: '٣' }, /^likes: expected a whole number/],
    [{ likes: true }, /^likes: expected a whole number/],
    [{ extra: JSON.parse('1e999') }, 'expected numbers that can be kept, got Infinity'],
    [
      JSON.parse('{"id":1234567890123456789}'),
      /^id: expected text or an exact whole number, got 1234567890123456800: put it in quotes/,
    ],
    [{ createdAt: undefined }, 'postedAt: missing'],
    [{ text: '', images: [] }, 'expected text or images, got neither'],
    [{ text: ' \n ' }, 'expected text or images, got neither'],
    [{ text: 5 }, 'text: expected text, got 5'],
    [{ text: 'x'.repeat(100_001) }, 'text: expected at most 100000 characters, got 100001'],
    [{ likes: -1 }, 'likes: expected a whole number from 0 to 2147483647, got -1'],
    [{ like_count: 'many' }, 'like_count: expected a whole number from 0 to 2147483647, got "many"'],
    [{ url: 'javascript:alert(1)' }, 'url: expected an http or https address, got "javascript:alert(1)"'],
    [
      { images: ['ftp://example.org/a.jpg'] },
      'images: expected an http or https address, got "ftp://example.org/a.jpg"',
    ],
    [{ images: ['file:///etc/passwd'] }, 'images: expected an http or https address, got "file:///etc/passwd"'],
    [{ images: [{ base64: '!!!' }] }, 'images: expected base64, got "!!!"'],
    [{ images: [{ base64: 'AAAAA' }] }, 'images: expected base64, got "AAAAA"'],
    [{ images: [{}] }, /^images: expected a picture with one of url, file, path, base64, data, got \{\}/],
    [{ images: [7] }, /^images: expected a picture as text or as an object, got 7/],
    [{ image: 'data:image/png,abc' }, /^image: expected a data: URL in base64/],
    [{ images: Array.from({ length: 21 }, (_, i) => `${i}.png`) }, 'images: expected at most 20 pictures, got 21'],
    [{ id: undefined, likes: 'x' }, 'id: missing; likes: expected a whole number from 0 to 2147483647, got "x"'],
  ])('refuses %j, naming the field and its value', (more, expected) => {
    if (typeof expected === 'string') expect(reason({ ...row, ...more })).toBe(expected);
    else expect(reason({ ...row, ...more })).toMatch(expected);
  });

  it.each([[null], [[]], ['text'], [5]])('refuses %j, which is no object', (value) => {
    expect(reason(value)).toMatch(/^expected an object, got/);
  });

  it('refuses what PostgreSQL could not parse for its depth', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 5000; i++) deep = [deep];
    expect(reason({ ...row, deep })).toBe('expected at most 100 levels of nesting');
  });

  it('keeps only text that PostgreSQL can store, in the raw row too', () => {
    const post = read({ ...row, text: 'a\0b\ud800c', 'k\0': ['\udc00', '🦊'] });
    expect(post.text).toBe('ab\ufffdc');
    expect(post.raw).toEqual({ ...row, text: 'ab\ufffdc', k: ['\ufffd', '🦊'] });
  });

  it('takes the keys __proto__ and constructor for data like any other', () => {
    const raw = JSON.parse(
      '{"id":"1","text":"a","createdAt":"2026-05-01","__proto__":{"author":"eve","polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    ) as object;
    const post = read(raw);
    expect(post.author).toBeNull();
    expect(JSON.parse(JSON.stringify(post.raw))).toEqual(raw);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('keeps direction marks in texts and names, which some languages need', () => {
    const text = '\u202eabc\u202c';
    expect(read({ ...row, text, author: '\u200fשם' })).toMatchObject({ text, author: '\u200fשם' });
  });

  it('says whether a row speaks of pictures at all', () => {
    expect(read(row).images).toBeNull();
    expect(read({ ...row, images: [] }).images).toEqual([]);
  });

  const picture = Buffer.from('picture').toString('base64');
  const bytes = expect.objectContaining({ kind: 'bytes', altText: null });
  it.each([
    ['https://e.org/a.jpg, https://e.org/b,c.jpg', ['https://e.org/a.jpg', 'https://e.org/b,c.jpg']],
    ['https://e.org/a.jpg https://e.org/b.jpg', ['https://e.org/a.jpg', 'https://e.org/b.jpg']],
    ['["https://e.org/a.jpg"]', ['https://e.org/a.jpg']],
  ])('reads the addresses in %j', (images, urls) => {
    expect(read({ ...row, images }).images).toEqual(urls.map((url) => ({ kind: 'url', url, altText: null })));
  });
  it.each([
    ['a b.png,sub/c.png', ['a b.png', 'sub/c.png']],
    [['x,y.png'.replace(',', '_')], ['x_y.png']],
  ])('reads the file names in %j', (images, files) => {
    expect(read({ ...row, images }).images).toEqual(files.map((file) => ({ kind: 'file', file, altText: null })));
  });
  it.each([
    [`data:image/png;base64,${picture}`],
    [[{ base64: picture }]],
    [{ data: picture }],
    [{ url: `data:;base64,${picture}` }],
  ])('reads the bytes in %j', (image) => {
    const { images, raw } = read({ ...row, image });
    expect(images).toEqual([bytes]);
    const [first] = images!;
    expect(first?.kind === 'bytes' && Buffer.from(first.bytes).toString()).toBe('picture');
    expect(raw).toBeDefined();
  });
  it('keeps the alt text, and no payload in the raw row', () => {
    const base64 = Buffer.alloc(3000, 1).toString('base64');
    const post = read({ ...row, media: [{ base64, alt: 'a dog' }, `data:image/png;base64,${base64}`] });
    expect(post.images?.[0]).toMatchObject({ kind: 'bytes', altText: 'a dog' });
    const left = '(4000 characters of base64 left out)';
    expect(post.raw).toMatchObject({
      media: [{ base64: left, alt: 'a dog' }, expect.stringContaining('characters of base64 left out')],
    });
  });
});
