// A report on paper: A4, vector charts, bookmarks, a table of contents, and tags for screen readers.

import { altOf, type SmallCopy } from '../../ingest/smallCopies.js';
import { opinionChart } from '../charts/opinionChart.js';
import type { HotspotReport, ReportedHotspot, ReportedPicture, ReportedUnion } from '../hotspotReport/hotspotReport.js';
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
import { openFonts } from './fonts.js';
import { type Element, openPaper, type Paper, setText, type Tag, WIDTH, type Words } from './paper.js';

type Copies = ReadonlyMap<string, SmallCopy>;
type Outline = PDFKit.PDFOutline;

/** Pages of the sections by their ids. */
type Contents = ReadonlyMap<string, number>;

const BODY = 9.5;
const SMALL = 8;

/** The document's bytes. It is laid out twice: the table of contents is on the first page, and what it tells is known after the last. */
export async function reportPdf(report: HotspotReport, copies: Copies): Promise<Buffer> {
  await openFonts(textsOf(report));
  const first = await fill(report, copies, new Map());
  return (await fill(report, copies, first.contents)).bytes;
}

/** All that may be written, and the characters that we add ourselves. */
function textsOf(report: HotspotReport): string[] {
  const texts = ['…\ufffd•−±·–“”’ '];
  const walk = (value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) walk(inner);
  };
  walk(report);
  // Ours is Latin, whatever else there is.
  texts.push(String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i)));
  return texts;
}

async function fill(
  report: HotspotReport,
  copies: Copies,
  known: Contents,
): Promise<{ readonly bytes: Buffer; readonly contents: Contents }> {
  const { title, timeZone, window, madeAt, madeBy, merges, splits, seen } = report;
  const span = spanIn(timeZone, window);
  const paper = openPaper({
    title: `${title}: ${span}`,
    subject: 'Hotspots of social media',
    madeBy,
    madeAt: new Date(madeAt),
  });
  const contents = new Map<string, number>();
  const section = (id: string, name: string, first = 0): { readonly part: Element; readonly outline: Outline } => {
    // A heading stands with what follows it.
    paper.room(Math.max(120, first));
    contents.set(id, paper.page);
    paper.doc.addNamedDestination(id, 'XYZ', null, paper.y - 6, null);
    const part = paper.part('Sect', undefined, { title: name });
    const outline = paper.doc.outline.addItem(name);
    flow(paper, name, { type: 'H2', parent: part, words: { size: 15, bold: true }, after: 3 });
    paper.rule(paper.y);
    paper.y += 10;
    return { part, outline };
  };

  frontPage(paper, report, known);
  for (const { key, id, title: name, empty } of SECTIONS) {
    const { part, outline } = section(id, name, report[key].length > 0 ? 330 : 0);
    if (report[key].length === 0) flow(paper, empty, { type: 'P', parent: part, words: { size: BODY }, after: 14 });
    for (const hotspot of report[key]) card(paper, hotspot, { report, copies, parent: part, outline });
  }
  const joined = section('joined', 'Merged and split');
  if (merges.length + splits.length === 0)
    flow(paper, 'No hotspot became part of another, and none came out of another.', {
      type: 'P',
      parent: joined.part,
      words: { size: BODY },
      after: 14,
    });
  for (const [list, did] of [
    [merges, 'became part of'],
    [splits, 'came out of'],
  ] as const)
    for (const union of list)
      flow(paper, unionInWords(union, did, timeZone), {
        type: 'P',
        parent: joined.part,
        words: { size: BODY, link: union.other.link },
        after: 5,
      });
  paper.y += 8;
  const coverage = section('seen', 'How much was seen');
  table(paper, { says: SOURCES.says, columns: SOURCES.columns, rows: sourceRows(report), parent: coverage.part });
  if (seen.failures.length > 0)
    table(paper, {
      says: 'Pictures without a caption, by reason',
      columns: ['Reason', 'Pictures'],
      rows: seen.failures.map(({ reason, pictures }) => [reason, number(pictures)]),
      parent: coverage.part,
      first: WIDTH - 60,
    });
  for (const said of unseen(report))
    flow(paper, `• ${said}`, { type: 'P', parent: coverage.part, words: { size: BODY }, after: 4 });
  paper.y += 10;
  const made = section('made', 'How this was made');
  facts(paper, provenance(report), { x: 0, width: WIDTH, name: 92, parent: made.part, size: SMALL + 0.5 });
  paper.y += 8;
  flow(paper, NOTE, { type: 'P', parent: made.part, words: { size: SMALL, colour: 'soft' }, after: 0 });
  const bytes = await paper.end(`${title} · ${span}`);
  return { bytes, contents };
}

function frontPage(paper: Paper, report: HotspotReport, known: Contents): void {
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

interface CardOptions {
  readonly report: HotspotReport;
  readonly copies: Copies;
  readonly parent: Element;
  readonly outline: Outline;
}

const [RIGHT, GAP] = [208, 16];

/** A hotspot: its name, why and how much, beside the charts; its pictures; the posts. Its head and its pictures stay together. */
function card(paper: Paper, hotspot: ReportedHotspot, { report, copies, parent, outline }: CardOptions): void {
  const { title, link, reason, keywords, pictures, evidence, opinion, opinionBefore } = hotspot;
  const left = WIDTH - RIGHT - GAP;
  const name = setText(title, WIDTH, { size: 12.5, bold: true, link, maxLines: 3 });
  const why = setText(reason, left, { size: BODY });
  const rows = factsOf(hotspot);
  const keys = setText(keywords.slice(0, 10).join(' · '), left, { size: SMALL, colour: 'soft', maxLines: 3 });
  const chart = chartOf(hotspot, report, { width: RIGHT, height: 74 });
  const opinions = opinionChart({ now: opinion, before: opinionBefore }, RIGHT);
  const words = why.height + 5 + heightOf(rows, { width: left, name: 50, size: SMALL + 0.5 }) + 4 + keys.height;
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

/** Words across the page, on the next one where they do not fit. */
function flow(
  paper: Paper,
  text: string,
  {
    type,
    parent,
    words,
    after,
  }: {
    readonly type: Tag;
    readonly parent: Element;
    readonly words: Words;
    readonly after: number;
  },
): void {
  const set = setText(text, WIDTH, words);
  paper.room(set.height);
  paper.write(set, { x: 0, y: paper.y }, { type, parent });
  paper.y += set.height + after;
}

interface FactsOptions {
  readonly x: number;
  readonly width: number;
  /** Width of the names. */
  readonly name: number;
  readonly parent: Element;
  readonly size: number;
}

function facts(paper: Paper, list: readonly Fact[], { x, width, name, parent, size }: FactsOptions): void {
  const whole = paper.part('L', parent);
  for (const [label, value] of list) {
    const text = setText(value, width - name, { size });
    paper.room(text.height);
    const item = paper.part('LI', whole);
    paper.write(setText(label, name - 6, { size, colour: 'soft' }), { x, y: paper.y }, { type: 'Lbl', parent: item });
    paper.write(text, { x: x + name, y: paper.y }, { type: 'LBody', parent: item });
    item.end();
    paper.y += Math.max(text.height, size * 1.38) + 1.5;
  }
  whole.end();
}

function heightOf(
  list: readonly Fact[],
  { width, name, size }: { readonly width: number; readonly name: number; readonly size: number },
): number {
  return list.reduce(
    (sum, [, value]) => sum + Math.max(setText(value, width - name, { size }).height, size * 1.38) + 1.5,
    0,
  );
}

interface TableOptions {
  readonly says: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly parent: Element;
  /** Width of the first column. */
  readonly first?: number;
}

function table(paper: Paper, { says, columns, rows, parent, first = 130 }: TableOptions): void {
  flow(paper, says, { type: 'Caption', parent, words: { size: SMALL, colour: 'soft' }, after: 3 });
  const whole = paper.part('Table', parent);
  const wide = (WIDTH - first) / Math.max(1, columns.length - 1);
  for (const [i, cells] of [columns, ...rows].entries()) {
    const set = cells.map((cell, j) =>
      setText(cell, (j === 0 ? first : wide) - 6, {
        size: SMALL + 0.5,
        bold: i === 0,
        maxLines: 3,
        ...(i === 0 && { colour: 'soft' as const }),
      }),
    );
    const tall = Math.max(...set.map(({ height }) => height)) + 3;
    paper.room(tall);
    const row = paper.part('TR', whole);
    for (const [j, text] of set.entries()) {
      // Numbers stand at the right of their columns.
      const right = j === 0 ? 0 : first + j * wide - Math.max(0, ...text.laidOut.lines.map(({ width }) => width));
      const cell =
        i === 0
          ? paper.part('TH', row, { scope: 'Column' })
          : paper.part(j === 0 ? 'TH' : 'TD', row, j === 0 ? { scope: 'Row' } : {});
      paper.write(text, { x: right, y: paper.y }, { type: 'P', parent: cell });
      cell.end();
    }
    row.end();
    paper.y += tall;
    paper.rule(paper.y - 1.5);
  }
  whole.end();
  paper.y += 10;
}

function unionInWords({ at, hotspot, other, reason }: ReportedUnion, did: string, timeZone: string): string {
  const name = ({ id, title }: ReportedUnion['hotspot']) => (title === '' ? id : `“${title}”`);
  return `${momentIn(timeZone, at)}: ${name(hotspot)} ${did} ${name(other)} (${reason})`;
}
