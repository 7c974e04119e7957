// The page Alerts in a real browser, over hotspots as detection stores them.
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { raiseAlerts } from '../../src/alerts/raiseAlerts.js';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import { deliverJob } from '../../src/jobs/deliverJob.js';
import { messagesFrom } from '../../src/messages.js';
import { describeChromium } from '../support/chromium.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { noJob } from '../support/noJob.js';
import { plantHotspot } from '../support/plantHotspot.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { axeFaults, watchedPages } from '../support/watchedPage.js';

const HOSTILE = '<img src=x onerror=alert(1)> fire';
const QUARTER = 15 * 60_000;

describeChromium('the page Alerts', () => {
  let db: Database;
  let services: TestServices;
  let server: TestServer;
  let page: Page;
  let said: string[];
  const at = new Date(Math.floor((Date.now() - 3_600_000) / QUARTER) * QUARTER);

  beforeAll(async () => {
    db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
    services = await openTestServices(db);
    server = await startTestServer(services);
    const bytes = await sharp({ create: { width: 320, height: 240, channels: 3, background: 'firebrick' } })
      .png()
      .toBuffer();
    const image = await services.media.store.put(bytes);
    await db.pool.query(
      `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) VALUES ($1, $2, 'image/png', 320, 240, '0123456789abcdef')`,
      [image, bytes.length],
    );
    await plantHotspot(db.pool, { id: 'h1', at, title: 'Burning mill', image });
    await plantHotspot(db.pool, { id: 'h2', at, title: HOSTILE, text: HOSTILE, score: 4 });
    // Typical posts of a hotspot are those whose pictures are known to detection.
    await db.pool.query(
      `UPDATE detection_posts d SET phash = '0123456789abcdef' FROM post_images i WHERE i.post_id = d.post_id`,
    );
    await db.pool.query(
      `INSERT INTO detection_state (id, at, version, embedder_digest, saved) VALUES (1, $1, 1, 'x', '{}')`,
      [at],
    );
    await withTransaction(db.pool, (client) => raiseAlerts(client, { at, log: services.log }));
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    await services?.close();
    await db?.close();
  });
  watchedPages((watched) => {
    ({ page, said } = watched);
  });
  afterEach(() => expect(said).toEqual([]));

  const open = (part = '') => page.goto(`${server.url}/alerts${part}`);
  const press = (name: string | RegExp) => page.getByRole('button', { name }).press('Enter');
  const pass = () => deliverJob({ ...services, pool: db.pool, messageOf: messagesFrom(services) }).run({}, noJob);
  const checkAxe = async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: colorScheme === 'dark' ? 360 : 1280, height: 900 });
      expect({ at: page.url(), colorScheme, violations: await axeFaults(page) }).toEqual({
        at: page.url(),
        colorScheme,
        violations: [],
      });
      const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      expect({ at: page.url(), colorScheme, wide }).toEqual({ at: page.url(), colorScheme, wide: false });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  };

  it('shows what was raised, why, with its pictures and posts, and leads to the hotspot', async () => {
    await open();
    const alert = page.getByRole('article').filter({ hasText: 'Burning mill' });
    await alert.getByText('12 authors in 1 h, 12x what this hour usually brings (surprise 5.0)').waitFor();
    await alert.getByText('the mill is burning').first().waitFor();
    await page.waitForFunction(`document.querySelector('article img')?.naturalWidth === 320`);
    // A stranger's words are words.
    await page.getByRole('link', { name: HOSTILE }).waitFor();
    await checkAxe();
    await alert.getByRole('link', { name: 'Burning mill' }).press('Enter');
    await page.waitForURL('**/hotspots/h1');
  });

  it('silences by one press, from a message’s link too, and ends it', async () => {
    await open();
    await page.getByRole('button', { name: 'Silence for a day: Burning mill' }).press('Enter');
    await page.getByText('Silenced').first().waitFor();
    const { alerts } = await server.data<{ alerts: { nodes: { id: string; hotspot: { id: string } }[] } }>(
      '{ alerts { nodes { id hotspot { id } } } }',
    );
    const other = alerts.nodes.find(({ hotspot }) => hotspot.id === 'h2')!;
    await open(`?silence=${other.id}`);
    await page.getByRole('heading', { name: 'To be silenced' }).waitFor();
    // A link alone has silenced nothing.
    expect(await server.data('{ silences { hotspot { id } } }')).toEqual({ silences: [{ hotspot: { id: 'h1' } }] });
    await open('?part=silences');
    await page.getByRole('link', { name: 'Burning mill' }).waitFor();
    await checkAxe();
    await press('End it: Burning mill');
    await page.getByText('Nothing is silenced').waitFor();
  });

  it('makes a rule beside what it would have raised, changes it, turns it off', async () => {
    await open('?part=rules');
    await page.getByText('Surprise of 3.5 or more, and two authors in 1 h').waitFor();
    await press('Make a rule');
    await page.getByLabel('Name').fill('Many authors');
    const preview = page.getByLabel('What it would have raised');
    await preview.getByText('2 alerts').waitFor();
    await page.getByLabel('From so many authors on').fill('13');
    await preview.getByText('nothing').waitFor();
    await page.getByLabel('From so many authors on').fill('12');
    await page.getByLabel('Quiet hours').check();
    await page.getByLabel('By the clock of').fill('Europe/Berlin');
    await preview.getByText('2 alerts').waitFor();
    await checkAxe();
    await press('Make it');
    await page.getByText('12 authors or more in 1 h').waitFor();
    await page.getByText('quiet from 22:00 to 07:00, Europe/Berlin').waitFor();
    await press('Turn off: Many authors');
    await page.getByText('Many authors (off)').waitFor();
    await press('Change: Many authors');
    await page.getByLabel('Only posts that say one of').fill('mill, nothing');
    await press('Save it');
    await page.getByText('of posts that say mill or nothing').waitFor();
    await checkAxe();
    await press('Delete: Many authors');
    await press('Delete it; its alerts stay');
    await page.getByText('Many authors (off)').waitFor({ state: 'detached' });
  });

  it('makes a feed whose address it shows once, and tells what became of messages', async () => {
    await open('?part=destinations');
    await page.getByText('There is none yet').waitFor();
    await page.getByLabel('Name').fill('Feed');
    await page.getByLabel('Kind').selectOption('FEED');
    await press('Make it');
    const address = await page.locator('code').innerText();
    expect(address).toMatch(new RegExp(`^${server.url}/feeds/[\\w-]{43}\\.xml$`));
    expect((await fetch(address)).status).toBe(200);
    await press('I have it');
    await page.locator('code').waitFor({ state: 'detached' });
    await page.getByLabel('Name').fill('Hook');
    await page.getByLabel('Kind').selectOption('WEBHOOK');
    await page.getByLabel('Address, https://').fill('http://127.0.0.1:9/secret-path');
    await press('Make it');
    await press('I have it');
    await page.getByText('http://127.0.0.1:9/…').waitFor();
    await press('Send a test: Hook');
    await page.getByText('On its way: the outbox says whether it arrived').waitFor();
    await checkAxe();
    await pass();
    await open('?part=outbox');
    await page.getByText('127.0.0.1: not a public address (HOTLENS_DELIVER_ALLOW can name it)').waitFor();
    await checkAxe();
    await press('Send again: Test to Hook');
    await page.getByRole('cell', { name: /^waiting/ }).waitFor();
  });

  it('tells what a hotspot became part of by its title, whatever that holds, and what fires still', async () => {
    await db.pool.query(`UPDATE hotspots SET state = 'MERGED', merged_into_id = 'h2', ended_at = $1 WHERE id = 'h1'`, [
      at,
    ]);
    const next = new Date(at.getTime() + QUARTER);
    await withTransaction(db.pool, (client) => raiseAlerts(client, { at: next, log: services.log }));
    await open('');
    await page.getByText(`it became part of “${HOSTILE}”`, { exact: true }).waitFor();
    await page.getByText(/by New hotspot, severity \d+, over since/).waitFor();
    await checkAxe();
    // What fires now is not that one.
    await page.getByLabel('Show').selectOption('firing now');
    await page.getByRole('article').filter({ hasText: 'Burning mill' }).first().waitFor({ state: 'detached' });
    await page.getByRole('article').first().waitFor();
    expect(await page.getByRole('article').allInnerTexts()).toEqual([expect.stringContaining('firing')]);
  });
});
