// An alert as a page for readers of mail: one column, styles inline, pictures attached, nothing from elsewhere.
import { plainLine } from '../deliver/plainLine.js';
import { altOf } from '../ingest/smallCopies.js';
import { escapeMarkup } from '../markup.js';
import { type ShownAlert, type ShownPost, timeInWords } from './shownAlert.js';

const FONT = 'font-family: -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif';
const GREY = 'color: #5f6670';

export function alertHtml({
  title,
  link,
  shown,
}: {
  readonly title: string;
  readonly link: string;
  readonly shown: readonly ShownAlert[];
}): string {
  const all =
    shown.length === 1 ? '' : `<p><a href="${escapeMarkup(link)}">All ${shown.length} alerts in Hotlens</a></p>\n`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeMarkup(title)}</title></head>
<body style="${FONT}; color: #16191d; background: #fff; max-width: 640px; margin: 0 auto; padding: 16px; line-height: 1.45">
${shown.map(section).join('<hr style="border: 0; border-top: 1px solid #d9dde3; margin: 24px 0">\n')}${all}</body>
</html>
`;
}

function section({ alert, title, posts, authors, link, silenceLink, evidence }: ShownAlert): string {
  return `<h2 dir="auto" style="font-size: 20px; margin: 0 0 4px"><a href="${escapeMarkup(link)}" style="color: #0b57d0">${escapeMarkup(title)}</a></h2>
<p style="font-size: 16px; margin: 0 0 8px"><strong>${escapeMarkup(alert.reason)}</strong></p>
<p style="${GREY}; font-size: 13px; margin: 0 0 12px">Rule <bdi>${escapeMarkup(alert.ruleName)}</bdi>, severity ${alert.severity}, ${timeInWords(alert.at)}; ${posts} posts by ${authors} authors so far</p>
${evidence.map(post).join('')}<p style="font-size: 14px"><a href="${escapeMarkup(link)}">Open the hotspot</a> &nbsp; <a href="${escapeMarkup(silenceLink)}">Silence it</a></p>
`;
}

function post({ author, source, text, caption, url, postedAt, sensitive, cid }: ShownPost): string {
  const who = `<bdi>${escapeMarkup(plainLine(author ?? 'somebody', 60))}</bdi> on <bdi>${escapeMarkup(plainLine(source, 60))}</bdi>, ${timeInWords(postedAt)}`;
  const safe = url !== null && /^https?:\/\//i.test(url) ? url : null;
  const seen = plainLine(caption, 200);
  const words = plainLine(text, 280);
  return `<div style="margin: 0 0 14px">
${cid === undefined ? '' : `<img src="cid:${cid}" alt="${escapeMarkup(altOf({ caption: seen, sensitive }))}" style="max-width: 100%; max-height: 280px; border-radius: 4px; display: block">\n`}${
  words === '' ? '' : `<p dir="auto" style="margin: 4px 0 0">${escapeMarkup(words)}</p>\n`
}${seen === '' ? '' : `<p dir="auto" style="margin: 2px 0 0; font-style: italic">${escapeMarkup(seen)}</p>\n`}<p style="${GREY}; font-size: 12px; margin: 2px 0 0">${
    safe === null ? who : `<a href="${escapeMarkup(safe)}" style="${GREY}">${who}</a>`
  }</p>
</div>
`;
}
