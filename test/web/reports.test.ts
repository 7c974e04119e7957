// The page Reports, and a report as a file from the disk, in a real browser over the real server.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { type Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { fileOfRun } from '../../src/reports/archive.js';
import { describeChromium } from '../support/chromium.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { type ReportedCity, reportedCity } from '../support/reportedCity.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';
import { axeFaults, watchedPages } from '../support/watchedPage.js';

describeChromium('reports', () => {
  let db: Database;
  let services: TestServices;
  let server: TestServer;
  let city: ReportedCity;
  let folder: string;
  let context: BrowserContext;
  let page: Page;
  let said: string[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-web-reports-'));
    db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
    services = await openTestServices(db);
    city = await reportedCity(services);
    // The page asks of the last day.
    await db.pool.query('UPDATE posts SET posted_at = posted_at + (now() - $1::timestamptz)', [city.until]);
    await db.pool.query('UPDATE hotspots SET emerged_at = emerged_at + (now() - $1::timestamptz)', [city.until]);
    await services.startWorker();
    server = await startTestServer(services);
  }, 300_000);
  afterAll(async () => {
    await server?.close();
    await services?.close();
    await db?.close();
    await rm(folder, { recursive: true, force: true });
  });
  watchedPages((watched) => {
    ({ context, page, said } = watched);
  });

  async function checkAxe(where: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect({ where, colorScheme, faults: await axeFaults(page) }).toEqual({ where, colorScheme, faults: [] });
    }
  }

  it('are built beside what they would say, made, read and deleted', async () => {
    await page.goto(`${server.url}/reports`);
    await page.getByText('No report is made by itself yet').waitFor();
    await checkAxe('no reports');
    await page.getByRole('button', { name: 'New report' }).press('Enter');
    await page.getByText('1 hotspot is new, 1 grew and 1 cooled.').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Morning <b>x</b>');
    await page.getByLabel('Words in the post or a caption').fill('terrible');
    await page.getByText('1 hotspot is new.').waitFor();
    await page.getByLabel('At', { exact: true }).fill('06:30');
    await page.getByLabel('Time zone').fill('Europe/Berlin');
    await checkAxe('builder');
    await page.getByRole('button', { name: 'Make it' }).press('Enter');
    const row = page.getByRole('region', { name: 'Reports, as a table' }).getByRole('row').nth(1);
    await row.getByText('every day at 06:30, Europe/Berlin').waitFor();
    await row.getByRole('button', { name: /^Make now/ }).press('Enter');
    await page
      .getByRole('region', { name: 'Archive, as a table' })
      .getByRole('link', { name: /as PDF$/ })
      .waitFor();
    await checkAxe('a report and its archive');
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      row.getByRole('link', { name: /as HTML$/ }).click(),
    ]);
    await opened.getByRole('heading', { name: 'Morning <b>x</b>' }).waitFor();
    await opened.close();
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1280, height: 900 });
    await row.getByRole('button', { name: /^Delete/ }).press('Enter');
    await row.getByRole('button', { name: 'Delete it' }).press('Enter');
    await page.getByText('No report is made by itself yet').waitFor();
    expect(said).toEqual([]);
  }, 240_000);

  it('open from the disk without a network, without fault, and run nothing', async () => {
    const { rows } = await db.pool.query<{ id: string }>('SELECT id::text FROM report_runs LIMIT 1');
    await until(
      'made',
      async () => (await db.pool.query(`SELECT FROM report_runs WHERE status = 'COMPLETED'`)).rows.length > 0,
    );
    const archive = {
      pool: db.pool,
      config: services.config,
      media: services.media.store,
      baseUrl: 'https://h.example',
    };
    const file = path.join(folder, 'report.html');
    await writeFile(file, await fileOfRun(archive, { id: rows[0]!.id, format: 'HTML' }));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await context.setOffline(true);
    await page.goto(pathToFileURL(file).href);
    await page.getByRole('heading', { name: 'How this was made' }).waitFor();
    const kinds = asked.map((url) => url.split(':')[0]);
    expect(kinds.every((kind) => kind === 'file' || kind === 'data')).toBe(true);
    await checkAxe('the file');
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(await page.evaluate('[...document.images].every(({ naturalWidth }) => naturalWidth > 0)')).toBe(true);
    await context.setOffline(false);
    expect(said).toEqual([]);
    expect((await readFile(file)).length).toBeLessThan(500_000);
  }, 120_000);
});
