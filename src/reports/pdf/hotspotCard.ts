// A hotspot in a report on paper.
import { altOf, type SmallCopy } from '../../ingest/smallCopies.js';
import { opinionChart } from '../charts/opinionChart.js';
import type { HotspotReport, ReportedHotspot, ReportedPicture } from '../hotspotReport/hotspotReport.js';
import { momentIn } from '../hotspotReport/moment.js';
import { chartOf, factsOf } from '../hotspotReport/tables.js';
import { BODY, facts, factsHeight, flow, SMALL } from './blocks.js';
import { type Element, type Paper, setText, WIDTH } from './paper.js';

/** Small copies of pictures by the hashes of these. */
export type Copies = ReadonlyMap<string, SmallCopy>;

interface CardOptions {
  readonly report: HotspotReport;
  readonly copies: Copies;
  readonly parent: Element;
  readonly outline: PDFKit.PDFOutline;
}

const [RIGHT, GAP] = [208, 16];

/** A hotspot: its name, why and how much, beside the charts; its pictures; the posts. Its head and its pictures stay together. */
export function hotspotCard(
  paper: Paper,
  hotspot: ReportedHotspot,
  { report, copies, parent, outline }: CardOptions,
): void {
  const { title, link, reason, keywords, pictures, evidence, opinion, opinionBefore } = hotspot;
  const left = WIDTH - RIGHT - GAP;
  const name = setText(title, WIDTH, { size: 12.5, bold: true, link, maxLines: 3 });
  const why = setText(reason, left, { size: BODY });
  const rows = factsOf(hotspot);
  const keys = setText(keywords.slice(0, 10).join(' · '), left, { size: SMALL, colour: 'soft', maxLines: 3 });
  const chart = chartOf(hotspot, report, { width: RIGHT, height: 74 });
  const opinions = opinionChart({ now: opinion, before: opinionBefore }, RIGHT);
  const words = why.height + 5 + factsHeight(rows, { width: left, name: 50, size: SMALL + 0.5 }) + 4 + keys.height;
  const charts = chart.height + (opinions === null ? 0 : 18 + opinions.height + 12);
  const gallery = pictures.length === 0 ? 0 : PICTURE.height + 40;
  paper.room(Math.min(700, name.height + 4 + Math.max(words, charts) + 10 + gallery));

  const article = paper.part('Art', parent);
  outline.addItem(title.slice(0, 200));
  paper.write(name, { x: 0, y: paper.y }, { type: 'H3', parent: article });
  paper.y += name.height + 4;
  const top = paper.y;
  paper.write(why, { x: 0, y: paper.y }, { type: 'P', parent: article });
  paper.y += why.height + 5;
  facts(paper, rows, { x: 0, width: left, name: 50, parent: article, size: SMALL + 0.5 });
  paper.y += 4;
  paper.write(keys, { x: 0, y: paper.y }, { type: 'P', parent: article });
  paper.draw(chart, { x: left + GAP, y: top }, article);
  if (opinions !== null) {
    const y = top + chart.height + 6;
    const says = setText('Authors: against, neither, for, not readable', RIGHT, {
      size: 7.5,
      colour: 'soft',
      maxLines: 1,
    });
    paper.write(says, { x: left + GAP, y }, { type: 'P', parent: article });
    paper.draw(opinions, { x: left + GAP, y: y + 13 }, article);
  }
  paper.y = top + Math.max(words, charts) + 10;
  if (gallery > 0) pictureRow(paper, pictures, { copies, parent: article });
  for (const { source, author, postedAt, text, url } of evidence) {
    const says = `${author ?? 'no name'} at ${source}, ${momentIn(report.timeZone, postedAt)}: ${text === '' ? 'without words' : text}`;
    flow(paper, says, {
      type: 'P',
      parent: article,
      words: { size: SMALL, maxLines: 3, ...(url !== null && { link: url }) },
      after: 3,
    });
  }
  if (evidence.length === 0)
    flow(paper, 'None of the posts that it rests on is there any longer.', {
      type: 'P',
      parent: article,
      words: { size: SMALL, colour: 'soft' },
      after: 3,
    });
  article.end();
  paper.y += 6;
  paper.rule(paper.y);
  paper.y += 12;
}

const PICTURE = { width: (WIDTH - 3 * 10) / 4, height: 86 };

function pictureRow(
  paper: Paper,
  pictures: readonly ReportedPicture[],
  { copies, parent }: { readonly copies: Copies; readonly parent: Element },
): void {
  const tall = Math.max(
    ...pictures.map(({ sha256, caption, sensitive, link }, i) => {
      const x = i * (PICTURE.width + 10);
      const words = caption ?? 'No caption yet';
      const copy = copies.get(sha256);
      const alt = altOf({ caption: words, sensitive });
      if (copy !== undefined) paper.picture(copy, { x, y: paper.y, ...PICTURE }, { alt, parent });
      const below =
        copy === undefined
          ? `(its file is not there) ${words}`
          : sensitive
            ? `(blurred: marked as sensitive) ${words}`
            : words;
      const text = setText(below, PICTURE.width, { size: 7.5, maxLines: 3, link });
      paper.write(text, { x, y: paper.y + PICTURE.height + 3 }, { type: 'Caption', parent });
      return PICTURE.height + 3 + text.height;
    }),
  );
  paper.y += tall + 8;
}
