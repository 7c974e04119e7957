// What is sent to see whether a destination works.
import { escapeMarkup } from '../markup.js';
import { VERSION } from '../version.js';
import type { Message, Subject } from './message.js';

export function testMessage(
  { id }: Subject,
  { publicUrl, at }: { readonly publicUrl: string; readonly at: Date },
): Message {
  const title = 'Test from Hotlens';
  const said = 'This destination works: alerts and reports that are sent here arrive.';
  const link = `${publicUrl}/alerts`;
  return {
    id,
    title,
    text: `${said}\n\n${link}\n`,
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body style="font-family: system-ui, sans-serif"><p>${said}</p><p><a href="${escapeMarkup(link)}">Open Hotlens</a></p></body></html>
`,
    json: { schema: 1, type: 'test', id, at: at.toISOString(), title, text: said, link, hotlens: VERSION },
    link,
    at,
    attachments: [],
  };
}
