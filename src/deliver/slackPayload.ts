// A message as Slack's incoming webhooks take it, and those that are made after them (Mattermost, Rocket.Chat, Discord's /slack).
import type { Message } from './message.js';
import { plainLine, plainText } from './plainLine.js';

/** Longest texts that Slack takes: of a header, of a section, and of what is shown in its place. */
const HEADER = 150;
const SECTION = 2900;
const FALLBACK = 3900;

/** Blocks of plain text, in which nothing of a stranger's is markup; and the same as text, escaped, for whoever knows no blocks. */
export function slackPayload({ title, text, link }: Message): Readonly<Record<string, unknown>> {
  const head = plainLine(title, HEADER);
  const said = plainText(text, SECTION);
  return {
    text: `*${escaped(head)}*\n${escaped(plainText(text, FALLBACK - 10 * head.length))}\n<${escaped(link)}|Open in Hotlens>`,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: head, emoji: false } },
      { type: 'section', text: { type: 'plain_text', text: said === '' ? head : said, emoji: false } },
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open in Hotlens' }, url: link }],
      },
    ],
  };
}

/** As Slack has it: these three are all that its markup begins with. Its own marks lose their meaning beside a joiner of no width. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, (mark) => `\u2060${mark}\u2060`);
}
