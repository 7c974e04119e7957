// A report as the bytes of a file.
import type { ReportFormat } from '../db/generated/client.js';
import { type CopiedPicture, type PictureSource, smallCopies } from '../ingest/smallCopies.js';
import type { HotspotReport } from './hotspotReport/hotspotReport.js';
import { reportHtml } from './html/reportHtml.js';
import { reportPdf } from './pdf/reportPdf.js';

export async function renderReport(
  report: HotspotReport,
  format: ReportFormat,
  source: PictureSource,
): Promise<Buffer> {
  if (format === 'JSON') return Buffer.from(`${JSON.stringify(report, null, 1)}\n`);
  const copies = await smallCopies(source, picturesOf(report));
  return format === 'HTML' ? Buffer.from(reportHtml(report, copies)) : await reportPdf(report, copies);
}

export function picturesOf({
  new: fresh,
  grew,
  cooled,
}: Pick<HotspotReport, 'new' | 'grew' | 'cooled'>): CopiedPicture[] {
  return [...fresh, ...grew, ...cooled].flatMap(({ pictures }) => pictures);
}
