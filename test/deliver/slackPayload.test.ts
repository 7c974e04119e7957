import { describe, expect, it } from '@jest/globals';
import { slackPayload } from '../../src/deliver/slackPayload.js';
import { HOSTILE_TEXTS } from '../support/hostileTexts.js';
import { someMessage } from '../support/someMessage.js';

describe('what Slack is sent', () => {
  it('has the title, the text and the link, as blocks and as text', () => {
    expect(slackPayload(someMessage())).toMatchObject({
      text: expect.stringMatching(/^\*Fire at the mill\*\n31 authors in 15 min[\s\S]*\|Open in Hotlens>$/),
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'Fire at the mill' } },
        { type: 'section', text: { type: 'plain_text', text: expect.stringContaining('31 authors in 15 min') } },
        { type: 'actions', elements: [{ type: 'button', url: 'http://hotlens.test/hotspots/h1' }] },
      ],
    });
  });

  it.each(HOSTILE_TEXTS)('takes %s for words, within the lengths that Slack takes', (_name, hostile) => {
    const payload = slackPayload(someMessage({ title: hostile, text: hostile })) as {
      text: string;
      blocks: { type: string; text?: { type: string; text: string } }[];
    };
    // One mention or link there is, ours.
    expect(payload.text.match(/<[^>]*>/g)).toEqual(['<http://hotlens.test/hotspots/h1|Open in Hotlens>']);
    expect(payload.text.length).toBeLessThan(40_000);
    const [header, section] = payload.blocks;
    expect([...header!.text!.text].length).toBeLessThanOrEqual(150);
    expect([...section!.text!.text].length).toBeLessThanOrEqual(3000);
    expect(payload.blocks.filter(({ text }) => text !== undefined && text.type !== 'plain_text')).toEqual([]);
    expect(JSON.stringify(payload)).not.toMatch(/\\u202e|\u202e|\\u0007/);
  });
});
