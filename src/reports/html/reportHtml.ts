// A report as one page that needs nothing else: no script, no network, its pictures within.

import { altOf, type SmallCopy } from '../../ingest/smallCopies.js';
import { opinionChart } from '../charts/opinionChart.js';
import { svgOf } from '../charts/svgOf.js';
import type {
  HotspotReport,
  NamedHotspot,
  ReportedHotspot,
  ReportedPicture,
  ReportedUnion,
} from '../hotspotReport/hotspotReport.js';
import { momentIn, spanIn } from '../hotspotReport/moment.js';
import {
  chartOf,
  type Fact,
  factsOf,
  keyFigures,
  NOTE,
  provenance,
  SECTIONS,
  SOURCES,
  sourceRows,
  unseen,
} from '../hotspotReport/tables.js';
import { number } from '../hotspotReport/wording.js';
import { html, type Markup, trusted } from './html.js';
import { STYLES } from './styles.js';

type Copies = ReadonlyMap<string, SmallCopy>;

/** The page. Of a picture without a copy its place and its words are shown. */
export function reportHtml(report: HotspotReport, copies: Copies): string {
  const { title, window, timeZone, madeAt, madeBy, summary, seen, merges, splits, link } = report;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${madeBy}">
<title>${title}: ${spanIn(timeZone, window)}</title>
<style>${trusted(STYLES)}</style>
</head>
<body>
<header>
<h1><bdi>${title}</bdi></h1>
<p class="soft">${spanIn(timeZone, window)} (${timeZone}). Made ${momentIn(timeZone, madeAt)} by ${madeBy}. <a href="${link}">Open in Hotlens</a></p>
${summary.map((said, i) => html`<p${trusted(i === 0 ? ' class="lead"' : '')}>${said}</p>\n`)}
<nav aria-label="Sections"><ul>
${SECTIONS.map(({ id, title, key }) => html`<li><a href="#${id}">${title} (${number(report[key].length)})</a></li>\n`)}
<li><a href="#joined">Merged and split</a></li>
<li><a href="#seen">How much was seen</a></li>
<li><a href="#made">How this was made</a></li>
</ul></nav>
</header>
<main>
<dl class="figures">${keyFigures(report).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<figure><figcaption>Posts in the window before (pale) and in this one (dark)</figcaption>${trusted(svgOf(chartOf(seen, report, { width: 720, height: 110 })))}</figure>
${SECTIONS.map(
  ({ key, id, title, empty }) => html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${report[key].length === 0 ? html`<p>${empty}</p>` : report[key].map((hotspot) => hotspotCard(hotspot, report, copies))}</section>
`,
)}
<section aria-labelledby="joined"><h2 id="joined">Merged and split</h2>
${merges.length + splits.length === 0 ? html`<p>No hotspot became part of another, and none came out of another.</p>` : null}
${unions(merges, 'became part of', timeZone)}${unions(splits, 'came out of', timeZone)}
</section>
<section aria-labelledby="seen"><h2 id="seen">How much was seen</h2>
${table(SOURCES.says, SOURCES.columns, sourceRows(report))}
${
  seen.failures.length === 0
    ? null
    : table(
        'Pictures without a caption, by reason',
        ['Reason', 'Pictures'],
        seen.failures.map(({ reason, pictures }) => [reason, number(pictures)]),
      )
}
<ul>${unseen(report).map((said) => html`<li><bdi>${said}</bdi></li>`)}</ul>
</section>
<section aria-labelledby="made"><h2 id="made">How this was made</h2>
${facts(provenance(report))}
</section>
</main>
<footer><p>${NOTE}</p></footer>
</body>
</html>
`;
  return page.text;
}

function hotspotCard(hotspot: ReportedHotspot, report: HotspotReport, copies: Copies): Markup {
  const { id, title, link, reason, keywords, pictures, evidence, opinion, opinionBefore } = hotspot;
  const opinions = opinionChart({ now: opinion, before: opinionBefore }, 320);
  return html`<article aria-labelledby="${id}"><h3 id="${id}"><a href="${link}"><bdi>${title}</bdi></a></h3>
<div class="body"><div>
<p>${reason}</p>
${facts(factsOf(hotspot))}
${keywords.length === 0 ? null : html`<p>${keywords.map((word) => html`<bdi class="tag">${word}</bdi>`)}</p>`}
</div><div>
${trusted(svgOf(chartOf(hotspot, report, { width: 330, height: 84 })))}
${opinions === null ? null : html`<p class="soft">Authors by opinion</p>${trusted(svgOf(opinions))}${OPINION_KEY}`}
</div></div>
${pictures.length === 0 ? null : html`<ul class="pictures">${pictures.map((picture) => html`<li>${figure(picture, copies)}</li>`)}</ul>`}
${
  evidence.length === 0
    ? html`<p class="soft">None of the posts that it rests on is there any longer.</p>`
    : html`<ul class="posts" aria-label="Posts that it rests on">${evidence.map(
        ({ source, author, postedAt, text, url }) =>
          html`<li><span class="soft"><bdi>${author ?? 'no name'}</bdi> at <bdi>${source}</bdi>, ${momentIn(report.timeZone, postedAt)}</span> <bdi>${text === '' ? 'without words' : text}</bdi>${url === null ? null : html` <a href="${url}" rel="noreferrer">the post</a>`}</li>`,
      )}</ul>`
}
</article>
`;
}

const OPINION_KEY = html`<ul class="key">${(
  [
    ['negative', 'against'],
    ['neutral', 'neither'],
    ['positive', 'for'],
    ['unknown', 'not readable'],
  ] as const
).map(
  ([tone, name]) =>
    html`<li>${trusted(`<svg width="10" height="10" aria-hidden="true"><rect class="tone-${tone}" width="10" height="10"/></svg>`)}${name}</li>`,
)}</ul>`;

function figure({ sha256, caption, sensitive, link }: ReportedPicture, copies: Copies): Markup {
  const copy = copies.get(sha256);
  const words = caption ?? 'No caption yet';
  // Not the caption alone, which stands below.
  const alt = altOf({ caption: sensitive ? words : `Picture: ${words}`, sensitive });
  const image =
    copy === undefined
      ? html`<div class="gone">its file is not there</div>`
      : html`<img alt="${alt}" width="${copy.width}" height="${copy.height}" src="data:image/jpeg;base64,${trusted(copy.jpeg.toString('base64'))}">`;
  return html`<figure>${image}<figcaption><a href="${link}"><bdi>${words}</bdi></a>${sensitive ? ' (marked as sensitive, blurred)' : null}</figcaption></figure>`;
}

function unions(list: readonly ReportedUnion[], did: string, timeZone: string): Markup | null {
  if (list.length === 0) return null;
  return html`<ul>${list.map(
    ({ at, hotspot, other, reason }) =>
      html`<li>${momentIn(timeZone, at)}: ${named(hotspot)} ${did} ${named(other)} <span class="soft">(${reason})</span></li>`,
  )}</ul>`;
}

function named({ id, title, link }: NamedHotspot): Markup {
  return title === '' ? html`${id}` : html`<a href="${link}"><bdi>${title}</bdi></a>`;
}

function facts(list: readonly Fact[]): Markup {
  return html`<dl class="facts">${list.map(([name, value]) => html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>`)}</dl>`;
}

function table(says: string, columns: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return html`<div class="scroll" role="region" aria-label="${says}" tabindex="0"><table><caption>${says} ${rows.length === 0 ? 'None.' : null}</caption>
<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, i) => (i === 0 ? html`<th scope="row"><bdi>${cell}</bdi></th>` : html`<td>${cell}</td>`))}</tr>`)}</tbody></table></div>`;
}
