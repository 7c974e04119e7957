import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { findReport } from '../../src/reports/hotspotReport/findReport.js';
import type { HotspotReport } from '../../src/reports/hotspotReport/hotspotReport.js';
import { readQuestion, windowOf } from '../../src/reports/hotspotReport/question.js';
import { tellReport } from '../../src/reports/hotspotReport/tellReport.js';
import { openFonts } from '../../src/reports/pdf/fonts.js';
import { layOutText } from '../../src/reports/pdf/layOutText.js';
import { renderReport } from '../../src/reports/renderReport.js';
import { describeDatabases } from '../support/databases.js';
import { HOSTILE, reportedCity } from '../support/reportedCity.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

describeDatabases('a report as a file', (open) => {
  let services: TestServices;
  let report: HotspotReport;
  const files = new Map<string, Buffer>();
  beforeAll(async () => {
    services = await openTestServices(open());
    const { until } = await reportedCity(services);
    const question = readQuestion({ grouping: 'SOURCE' });
    const { pool } = open();
    const findings = await findReport({ pool, config: services.config, question, window: windowOf(question, until) });
    report = await tellReport(pool, findings, {
      title: `Morning ${HOSTILE}`,
      timeZone: 'UTC',
      dueAt: until,
      missed: 2,
      baseUrl: 'https://hotlens.example',
      path: '/reports/x.html',
    });
    for (const format of ['HTML', 'PDF', 'JSON'] as const)
      files.set(format, await renderReport(report, format, { media: services.media.store, config: services.config }));
    const kept = process.env.HOTLENS_TEST_KEEP;
    if (kept !== undefined)
      for (const [format, bytes] of files) await writeFile(path.join(kept, `report.${format.toLowerCase()}`), bytes);
  }, 120_000);
  afterAll(() => services.close());

  it('is as JSON the document itself', () => {
    expect(JSON.parse(files.get('JSON')!.toString())).toEqual(JSON.parse(JSON.stringify(report)));
  });

  it('is as HTML one page that asks for nothing, whatever stands in posts', () => {
    const page = files.get('HTML')!.toString();
    expect(page).not.toMatch(/<script|<img src=x|onerror=alert\(1\)>/);
    expect(page).toContain('&lt;script&gt;alert(2)&lt;/script&gt;');
    // All that it would load is within it.
    const loaded = [...page.matchAll(/(?:\ssrc=|@import|\burl\()\s*["']?([^"'\s>)]+)/g)].map(([, from]) => from!);
    expect(loaded.filter((from) => !from.startsWith('data:image/jpeg;base64,') && from !== 'x')).toEqual([]);
    expect(page.match(/data:image\/jpeg;base64,/g)).toHaveLength(4);
    expect(page).toContain('Blurred, because it is marked as sensitive: a burning house 2');
  });

  it('is as PDF a tagged document with a title, a language and bookmarks', async () => {
    const pdf = await getDocument({ data: new Uint8Array(files.get('PDF')!), useSystemFonts: false, verbosity: 0 })
      .promise;
    const { info } = (await pdf.getMetadata()) as unknown as { info: Record<string, unknown> };
    expect(info).toMatchObject({ Language: 'en-GB', Author: report.madeBy });
    expect(info.Title).toContain('Morning <img');
    expect((await pdf.getMarkInfo())?.Marked).toBe(true);
    const outline = await pdf.getOutline();
    expect(outline.map(({ title }) => title)).toEqual([
      'New',
      'Grew',
      'Cooled',
      'Merged and split',
      'How much was seen',
      'How this was made',
    ]);
    const tree = JSON.stringify(await (await pdf.getPage(1)).getStructTree());
    expect(tree).toContain('"role":"Figure"');
    expect(tree).toContain('Posts over time');
    expect(pdf.numPages).toBeLessThan(8);
    await pdf.destroy();
  });

  it('has all of its text as PDF, in every script, and no letter that its font lacks', async () => {
    const pdf = await getDocument({ data: new Uint8Array(files.get('PDF')!), useSystemFonts: false, verbosity: 0 })
      .promise;
    let text = '';
    for (let i = 1; i <= pdf.numPages; i += 1) {
      const { items } = await (await pdf.getPage(i)).getTextContent();
      text += items.map((item) => ('str' in item ? item.str : '')).join('');
    }
    await pdf.destroy();
    for (const part of [
      'smoke over Mill Street 1, terrible',
      '<script>alert(2)</script>',
      '火事です',
      '한국어',
      'สวัสดี',
      'Page 1 of',
      'was silent from 8 May 2026, 23:00',
      'status 404',
    ])
      expect(text.replace(/\s+/g, ' ')).toContain(part);
    expect(text).not.toContain('\0');
  });

  it('shows what no font has as a sign of its own', async () => {
    await openFonts([HOSTILE, '\ufffd']);
    const shown = layOutText('a\u{10fffd}b', 200, { size: 10 }).lines.flatMap(({ runs }) =>
      runs.map(({ text }) => text),
    );
    expect(shown.join('')).toBe('a\ufffdb');
    const glyphs = layOutText(HOSTILE, 200, { size: 10 }).lines.flatMap(({ runs }) =>
      runs.flatMap(({ text, face }) => face.font.layout(text).glyphs.map(({ id }) => id)),
    );
    expect(glyphs.length).toBeGreaterThan(100);
    expect(glyphs).not.toContain(0);
  });
});
