import { describe, expect, it } from '@jest/globals';
import { scrub } from '../../src/access/scrub.js';
import { newKey, newOwnerKey } from '../../src/access/secrets.js';
import { createLogger } from '../../src/log.js';

const key = newKey().key;
const owner = newOwnerKey();

describe('scrub', () => {
  it.each([
    [`wrong key ${key}!`, /^wrong key hotlens_[0-9a-f]{12}_\[left out\]!$/],
    [owner, /^hotlens_owner_\[left out\]$/],
    [`Authorization: Bearer ${key.slice(8)}`, /^Authorization: Bearer \[left out\]$/],
    ['Cookie: a=b; hotlens_session=abc-DEF_1; c=d', /^Cookie: a=b; hotlens_session=\[left out\]; c=d$/],
    ['postgresql://ann:pa:s/s@w@db.example:5432/x', /^postgresql:\/\/ann:\[left out\]@db\.example:5432\/x$/],
    ['see https://ann:hunter2@example.org/a.png', /^see https:\/\/ann:\[left out\]@example\.org\/a\.png$/],
    [
      'postgresql://db/x?user=ann&password=hunter2&ssl=1',
      /^postgresql:\/\/db\/x\?user=ann&password=\[left out\]&ssl=1$/,
    ],
  ])('leaves the secret out of %j', (text, clean) => {
    expect(scrub(text)).toMatch(clean);
  });

  it.each([
    'http://127.0.0.1:4000/graphql for ann@example.org',
    'the bearer of this is ann',
    'hotlens_test_12_abcd is a database',
    'postgresql://db.example.org/hotlens',
    '{"level":30,"msg":"listening","url":"http://127.0.0.1:4000"}',
  ])('leaves %j as it is', (text) => {
    expect(scrub(text)).toBe(text);
  });
});

describe('a log line', () => {
  it('holds no secret, wherever it stands, and is JSON still', () => {
    const lines: string[] = [];
    const log = createLogger({ logLevel: 'info' }, { write: (line: string) => void lines.push(line) });
    const error = Object.assign(new Error(`cannot use "${key}" at postgresql://ann:hunter2@db/x`), {
      input: `postgresql://ann:hunter2@db/x`,
    });
    log.error(
      { err: error, request: { authorization: 'Bearer x', cookie: 'y' }, deep: { a: { b: [owner] } } },
      `with ${key}`,
    );
    log.child({ requestId: key }).info({ headers: [`hotlens_session=${'t'.repeat(43)}`] }, 'request');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ name: 'hotlens' });
      for (const secret of [key.slice(-43), owner.slice(-43), 'hunter2', 'Bearer x', 't'.repeat(43)])
        expect(line).not.toContain(secret);
    }
  });
});
