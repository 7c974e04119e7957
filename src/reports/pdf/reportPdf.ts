// A report on paper: A4, vector charts, bookmarks, a table of contents, and tags for screen readers.
import type { HotspotReport, ReportedUnion } from '../hotspotReport/hotspotReport.js';
import { momentIn, spanIn } from '../hotspotReport/moment.js';
import { NOTE, provenance, SECTIONS, SOURCES, sourceRows, unseen } from '../hotspotReport/tables.js';
import { number } from '../hotspotReport/wording.js';
import { BODY, facts, flow, SMALL, table } from './blocks.js';
import { openFonts } from './fonts.js';
import { type Contents, frontPage } from './frontPage.js';
import { type Copies, hotspotCard } from './hotspotCard.js';
import { type Element, openPaper, WIDTH } from './paper.js';

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
  const section = (
    id: string,
    name: string,
    first = 0,
  ): { readonly part: Element; readonly outline: PDFKit.PDFOutline } => {
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
    for (const hotspot of report[key]) hotspotCard(paper, hotspot, { report, copies, parent: part, outline });
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

function unionInWords({ at, hotspot, other, reason }: ReportedUnion, did: string, timeZone: string): string {
  const name = ({ id, title }: ReportedUnion['hotspot']) => (title === '' ? id : `“${title}”`);
  return `${momentIn(timeZone, at)}: ${name(hotspot)} ${did} ${name(other)} (${reason})`;
}
