// The first page of a report: what it is, its sum in words and figures, and what is where.
import type { HotspotReport } from '../hotspotReport/hotspotReport.js';
import { momentIn, spanIn } from '../hotspotReport/moment.js';
import { chartOf, keyFigures, SECTIONS } from '../hotspotReport/tables.js';
import { BODY, flow, SMALL } from './blocks.js';
import { type Paper, setText, WIDTH } from './paper.js';

/** Pages of the sections by their ids. */
export type Contents = ReadonlyMap<string, number>;

/** Writes it; a section that `known` has not yet stands in the table of contents without its page. */
export function frontPage(paper: Paper, report: HotspotReport, known: Contents): void {
  const { title, timeZone, window, madeAt, madeBy, summary, link, seen } = report;
  const part = paper.part('Sect');
  paper.y += 6;
  flow(paper, title, { type: 'H1', parent: part, words: { size: 24, bold: true, maxLines: 3 }, after: 2 });
  flow(paper, `${spanIn(timeZone, window)} (${timeZone})`, {
    type: 'P',
    parent: part,
    words: { size: 11, colour: 'soft' },
    after: 0,
  });
  flow(paper, `Made ${momentIn(timeZone, madeAt)} by ${madeBy}`, {
    type: 'P',
    parent: part,
    words: { size: SMALL + 0.5, colour: 'soft' },
    after: 14,
  });
  for (const [i, said] of summary.entries())
    flow(paper, said, {
      type: 'P',
      parent: part,
      words: i === 0 ? { size: 13, bold: true } : { size: 10.5 },
      after: 4,
    });
  paper.y += 10;
  const figures = keyFigures(report);
  const wide = WIDTH / figures.length;
  const tall = Math.max(
    ...figures.map(([name, value], i) => {
      const [x, width] = [i * wide, wide - 12];
      const big = setText(value, width, { size: 18, bold: true });
      paper.write(big, { x, y: paper.y }, { type: 'P', parent: part });
      const small = setText(name, width, { size: SMALL, colour: 'soft' });
      paper.write(small, { x, y: paper.y + big.height }, { type: 'P', parent: part });
      return big.height + small.height;
    }),
  );
  paper.y += tall + 16;
  flow(paper, 'Posts in the window before (pale) and in this one (dark)', {
    type: 'Caption',
    parent: part,
    words: { size: SMALL, colour: 'soft' },
    after: 2,
  });
  const chart = chartOf(seen, report, { width: WIDTH, height: 110 });
  paper.draw(chart, { x: 0, y: paper.y }, part);
  paper.y += chart.height + 22;
  const toc = paper.part('TOC', part);
  flow(paper, 'Contents', { type: 'Caption', parent: toc, words: { size: 11, bold: true }, after: 4 });
  const entries = [
    ...SECTIONS.map(({ id, key, title: name }) => [id, `${name} (${report[key].length})`] as const),
    ['joined', 'Merged and split'] as const,
    ['seen', 'How much was seen'] as const,
    ['made', 'How this was made'] as const,
  ];
  for (const [id, name] of entries) {
    const item = paper.part('TOCI', toc);
    const page = setText(String(known.get(id) ?? ''), 30, { size: BODY });
    const y = paper.y;
    flow(paper, name, {
      type: 'Reference',
      parent: item,
      words: { size: BODY, link: `#${id}`, colour: 'link' },
      after: 2,
    });
    paper.write(page, { x: 200, y }, { type: 'P', parent: item });
    item.end();
  }
  toc.end();
  paper.y += 10;
  flow(paper, 'Open this report in Hotlens', {
    type: 'P',
    parent: part,
    words: { size: SMALL + 0.5, colour: 'link', link },
    after: 0,
  });
  paper.y += 24;
}
