import { describe, expect, it } from '@jest/globals';
import { atomFeed } from '../../src/deliver/atomFeed.js';
import { HOSTILE_TEXTS } from '../support/hostileTexts.js';
import { someMessage } from '../support/someMessage.js';
import { readXml } from '../support/wellFormed.js';

describe('a feed', () => {
  it.each(HOSTILE_TEXTS)('is well-formed whatever it tells of: %s', (_name, hostile) => {
    const message = someMessage({ title: hostile, text: hostile, link: 'http://hotlens.test/?a=1&b=<2>' });
    const at = new Date('2026-03-14T16:00:00Z');
    const feed = { id: '0199aaaa-0000-7000-8000-000000000002', name: hostile, selfUrl: 'http://x/', createdAt: at };
    const { textsOf } = readXml(atomFeed({ ...feed, entries: [{ message, deliveredAt: at }] }));
    // What XML can't hold is shown as U+FFFD.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 excludes.
    const shown = hostile.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/gu, '\ufffd');
    expect(textsOf('title')).toEqual([shown, shown]);
    expect(textsOf('content')[0]).not.toContain('cid:');
  });
});
