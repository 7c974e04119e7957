// Messages as an Atom 1.0 feed (RFC 4287).
import { escapeMarkup } from '../markup.js';
import type { Message } from './message.js';

export interface FeedEntry {
  readonly message: Message;
  /** When it came into the feed. */
  readonly deliveredAt: Date;
}

/** `id` is the destination's: it stays when its address changes. The entries come the newest first. */
export function atomFeed({
  id,
  name,
  selfUrl,
  createdAt,
  entries,
}: {
  readonly id: string;
  readonly name: string;
  readonly selfUrl: string;
  readonly createdAt: Date;
  readonly entries: readonly FeedEntry[];
}): string {
  const updated = entries[0]?.deliveredAt ?? createdAt;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>urn:uuid:${id}</id>
<title>${escapeMarkup(name)}</title>
<updated>${updated.toISOString()}</updated>
<author><name>Hotlens</name></author>
<link rel="self" type="application/atom+xml" href="${escapeMarkup(selfUrl)}"/>
${entries.map(entry).join('')}</feed>
`;
}

function entry({ message: { id, title, text, html, link, at }, deliveredAt }: FeedEntry): string {
  return `<entry>
<id>urn:uuid:${id}</id>
<title type="text">${escapeMarkup(title)}</title>
<published>${at.toISOString()}</published>
<updated>${deliveredAt.toISOString()}</updated>
<link rel="alternate" href="${escapeMarkup(link)}"/>
<summary type="text">${escapeMarkup(text)}</summary>
<content type="html">${escapeMarkup(bodyOf(html))}</content>
</entry>
`;
}

/** Pictures are behind the dashboard's gate, and attached to nothing here. */
function bodyOf(html: string): string {
  const [, body = html] = /<body[^>]*>([\s\S]*)<\/body>/.exec(html) ?? [];
  return body.replace(/<img [^>]*src="cid:[^"]*"[^>]*>/g, '');
}
