// What is sent of a report: what happened in short, with a picture of each hotspot, and the whole as PDF; made of what is still there.
import type { Pool } from 'pg';
import type { Config } from '../config.js';
import { reportRunById } from '../db/reports/reportRuns.js';
import type { Attachment, Message, Subject } from '../deliver/message.js';
import { cidOf, pictureAttachment } from '../deliver/pictureAttachment.js';
import { plainLine } from '../deliver/plainLine.js';
import type { MediaStore } from '../ingest/mediaStore.js';
import { altOf, type SmallCopy, smallCopies } from '../ingest/smallCopies.js';
import { fileOfRun, reportOfRun } from './archive.js';
import type { HotspotReport, ReportedHotspot } from './hotspotReport/hotspotReport.js';
import { spanIn } from './hotspotReport/moment.js';
import { factsOf, NOTE, SECTIONS, unseen } from './hotspotReport/tables.js';
import { html, type Markup } from './html/html.js';

export interface ReportMessageDeps {
  readonly pool: Pool;
  readonly config: Pick<Config, 'dataDir' | 'media'>;
  readonly media: Pick<MediaStore, 'read'>;
  readonly publicUrl: string;
}

/** Hotspots of each kind that are shown; the others are in what is attached. */
const SHOWN = 5;

/** Null where the run is gone, or could not be made. */
export async function reportMessage(
  { id, subjectId }: Pick<Subject, 'id' | 'subjectId'>,
  { attachments: wanted = true }: { readonly attachments?: boolean | undefined },
  { pool, config, media, publicUrl }: ReportMessageDeps,
): Promise<Message | null> {
  const run = await reportRunById(pool, subjectId);
  if (run === null || run.findings === null) return null;
  const report = await reportOfRun({ pool, baseUrl: publicUrl }, run);
  const copies = wanted
    ? await smallCopies(
        { media, config },
        SECTIONS.flatMap(({ key }) => shownOf(report, key).flatMap(firstPicture)),
      )
    : new Map();
  const attachments: Attachment[] = [...copies].map(([sha256, { jpeg }]: [string, SmallCopy]) =>
    pictureAttachment(sha256, jpeg),
  );
  if (wanted && run.formats.includes('PDF')) {
    const archive = { pool, config, media, baseUrl: publicUrl };
    const bytes = await fileOfRun(archive, { id: run.id, format: 'PDF' });
    attachments.push({
      name: `hotlens-report-${run.until.toISOString().slice(0, 10)}.pdf`,
      mimeType: 'application/pdf',
      bytes,
    });
  }
  const title = plainLine(`${report.title}: ${report.summary[0] ?? ''}`, 200);
  return {
    id,
    title,
    text: textOf(report),
    html: pageOf(report, title, copies),
    json: {
      schema: 1,
      type: 'report',
      id,
      at: report.madeAt,
      title,
      text: report.summary.join(' '),
      link: report.link,
      report,
    },
    link: report.link,
    at: run.finishedAt ?? run.dueAt,
    attachments,
  };
}

function shownOf(report: HotspotReport, key: (typeof SECTIONS)[number]['key']): readonly ReportedHotspot[] {
  return report[key].slice(0, SHOWN);
}

function firstPicture({ pictures }: ReportedHotspot) {
  return pictures.slice(0, 1);
}

function textOf(report: HotspotReport): string {
  const parts = [
    `${plainLine(report.title, 200)}\n${spanIn(report.timeZone, report.window)} (${report.timeZone})`,
    report.summary.map((said) => plainLine(said, 500)).join('\n'),
    ...SECTIONS.map(({ key, title, empty }) => {
      const list = shownOf(report, key).map((hotspot) => {
        const [posts, authors] = factsOf(hotspot);
        return `- ${plainLine(hotspot.title, 200)}\n  ${posts![1]}; ${authors![1]}\n  ${plainLine(hotspot.reason, 500)}\n  ${hotspot.link}`;
      });
      return `${title.toUpperCase()}\n${list.length === 0 ? empty : list.join('\n')}`;
    }),
    `NOT SEEN\n${unseen(report)
      .map((said) => `- ${plainLine(said, 500)}`)
      .join('\n')}`,
    `All of it: ${report.link}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

const FONT = 'font-family: -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif';
const GREY = 'color: #50565f';

/** For readers of mail: one column, styles inline, pictures attached, nothing from elsewhere. */
function pageOf(report: HotspotReport, title: string, copies: ReadonlyMap<string, SmallCopy>): string {
  const { window, timeZone, summary, link } = report;
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body style="${FONT}; color: #16191d; background: #fff; max-width: 640px; margin: 0 auto; padding: 16px; line-height: 1.45">
<h1 dir="auto" style="font-size: 22px; margin: 0">${report.title}</h1>
<p style="${GREY}; font-size: 13px; margin: 2px 0 12px">${spanIn(timeZone, window)} (${timeZone})</p>
${summary.map((said, i) => html`<p style="margin: 0 0 6px; font-size: ${i === 0 ? 17 : 14}px"><bdi>${said}</bdi></p>\n`)}
<p><a href="${link}" style="color: #0b57d0">Open the report</a></p>
${SECTIONS.map(({ key, title: name, empty }) => {
  const list = shownOf(report, key);
  return html`<h2 style="font-size: 17px; margin: 20px 0 8px; border-bottom: 1px solid #d9dde3">${name}</h2>
${list.length === 0 ? html`<p>${empty}</p>` : list.map((hotspot) => part(hotspot, copies))}`;
})}
<h2 style="font-size: 17px; margin: 20px 0 8px; border-bottom: 1px solid #d9dde3">Not seen</h2>
<ul>${unseen(report).map((said) => html`<li><bdi>${said}</bdi></li>`)}</ul>
<p style="${GREY}; font-size: 12px">${NOTE}</p>
</body>
</html>
`.text;
}

function part(hotspot: ReportedHotspot, copies: ReadonlyMap<string, SmallCopy>): Markup {
  const { title, link, reason, pictures } = hotspot;
  const [picture] = pictures;
  const copy = picture === undefined ? undefined : copies.get(picture.sha256);
  const [posts, authors] = factsOf(hotspot);
  return html`<div style="margin: 0 0 18px">
<h3 dir="auto" style="font-size: 15px; margin: 0 0 4px"><a href="${link}" style="color: #0b57d0">${title}</a></h3>
${copy === undefined || picture === undefined ? null : html`<img src="cid:${cidOf(picture.sha256)}" alt="${altOf({ caption: picture.caption ?? '', sensitive: picture.sensitive })}" width="${copy.width}" height="${copy.height}" style="max-width: 100%; height: auto; border-radius: 4px; display: block">\n`}
<p style="margin: 4px 0; font-size: 14px">${posts![1]}; ${authors![1]}</p>
<p style="${GREY}; margin: 0; font-size: 13px">${reason}</p>
</div>
`;
}
