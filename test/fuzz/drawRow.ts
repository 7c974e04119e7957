// Rows such as strangers send: most of their fields fit, some are nearly right, some are meant to harm.
import type { Draw } from './draw.js';

/** Written as JSON each; NaN and 1e999 are not from JSON.stringify. */
const ANY = [
  ...[
    'null',
    'true',
    '0',
    '-0',
    '-1',
    '1.0',
    '1.5',
    '1e3',
    '1e999',
    '-1e999',
    '1e-999',
    '2147483647',
    '2147483648',
    '9007199254740993',
  ],
  ...[
    '1234567890123456789',
    'NaN',
    '01',
    '[]',
    '{}',
    '[1]',
    '{"a":1,"a":2}',
    '{"__proto__":{"id":"x"}}',
    `${'['.repeat(101)}${']'.repeat(101)}`,
  ],
  ...[
    '""',
    '" "',
    '"a"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00x"',
    '"\\ud83e\\udd8a"',
    '"\\u202ex"',
    '"\\u200f"',
    '"\\ufeff"',
    '"e\\u0301"',
    '"é"',
    '"=1+1"',
  ],
  ...[`"${'x'.repeat(600)}"`, `"${'y'.repeat(100_001)}"`],
];
const TIMES = [
  ...[
    '"2026-05-01T10:00:00Z"',
    '"2026-05-01"',
    '"2026-05-01 10:00"',
    '"2026-05-01T10:00:00.123456+05:30"',
    '"2024-02-29"',
    '"2026-02-29"',
    '"2026-02-31"',
  ],
  ...[
    '"2026-00-10"',
    '"2026-13-01"',
    '"0070-05-01"',
    '"9999-01-01"',
    '"2199-12-31T23:59:59Z"',
    '"2026-05-01T24:00:00Z"',
    '"2026-05-01T24:00:01Z"',
  ],
  ...[
    '"2016-12-31T23:59:60Z"',
    '"2026-05-01T10:00:60Z"',
    '"1969-12-31"',
    '"2026-05-01T10:00:00+14:00"',
    '"2026-05-01T10:00:00-15:00"',
  ],
  ...[
    '1777629600',
    '1777629600.5',
    '1777629600123',
    '"1777629600"',
    '"1777629600123"',
    '99999999',
    '20260501',
    '1e12',
    '1e18',
  ],
];
const COUNTS = [
  '0',
  '7',
  '"12"',
  '"4.0"',
  '" 5 "',
  '"1e3"',
  '-1',
  '1.5',
  '2147483647',
  '2147483648',
  '"٣"',
  'null',
  '""',
];
const URLS = [
  ...[
    '"https://example.org/p/1"',
    '"HTTP://EXAMPLE.org:80/a b"',
    '"https://user:pw@example.org/"',
    '"javascript:alert(1)"',
    '"file:///etc/passwd"',
  ],
  ...['"http://127.1/"', '"https://例え.jp/。"', '"http://"', '"https://example.org/\\ud800"', '""'],
];
const LISTS = [
  ...[
    '[]',
    '[{"url":"https://example.org/a.jpg"}]',
    '[{"url":"https://example.org/a.jpg","alt":"a \\ud800"},{"url":"http://10.0.0.1/b.png"}]',
  ],
  ...[
    '["https://example.org/a.jpg"]',
    '"https://example.org/a.jpg"',
    '[{"base64":"!!"}]',
    '[{"file":"../../etc/passwd"}]',
    '[{}]',
    '[5]',
    'null',
    '["ftp://a/b"]',
  ],
];
const NAMES = [
  ['id', 'nativeId', 'native_id', 'item_id', 'ID'],
  ['source', 'Source'],
  ['author'],
  ['text', 'body'],
  ['lang', 'language'],
  ['createdAt', 'created_at', 'timestamp', 'Posted At', 'date'],
  ['url'],
  ['likes', 'like_count'],
  ['reposts', 'shares'],
  ['replies', 'Reply Count'],
  ['images', 'image_url', 'media'],
  ['extra', '__proto__', 'constructor', 'toString', 'x\\u0000', 'k\\ud800'],
] as const;

/** A row as a line of NDJSON; a few dozen ids, so that rows meet. */
export function drawRow(draw: Draw): string {
  const fine = [
    () => `"${draw.int(30)}"`,
    () => draw.one(['"bluesky"', '"mastodon"']),
    () => draw.one(['"ana"', '"ben"', '"שם"', '42']),
    () => draw.one(['"a fire by the river"', '"Größe 🦊"', '"two\\nlines, \\"quoted\\""', '"=cmd()"', '"\\u202eabc"']),
    () => draw.one(['"en"', '"pt-BR"']),
    () => draw.one(TIMES.slice(0, 5)),
    () => draw.one(URLS.slice(0, 2)),
    () => draw.one(COUNTS.slice(0, 5)),
    () => draw.one(COUNTS.slice(0, 5)),
    () => draw.one(COUNTS.slice(0, 5)),
    () => draw.one(LISTS.slice(0, 3)),
    () => draw.one(ANY),
  ];
  const odd = [ANY, ANY, ANY, ANY, ANY, TIMES, URLS, COUNTS, COUNTS, COUNTS, LISTS, ANY];
  const fields = NAMES.flatMap((names, i) => {
    // Of what a post needs little is left out, of the rest half.
    if (draw.chance(i === 0 || i === 3 || i === 5 ? 0.03 : 0.5)) return [];
    return [`"${draw.one(names)}":${draw.chance(0.06) ? draw.one(odd[i]!) : fine[i]!()}`];
  });
  if (draw.chance(0.03)) fields.push(draw.one(fields.length > 0 ? fields : ['"a":1']));
  return `{${fields.join(',')}}`;
}
