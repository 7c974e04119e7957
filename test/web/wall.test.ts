// The wall of a hotspot's pictures in a real browser, over the server with some hundreds of them in its database.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { openDatabase } from '../../src/db/openDatabase.js';
import { describeChromium } from '../support/chromium.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { addPicturedPosts } from '../support/picturedHotspot.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';
import { axeFaults, watchedPages } from '../support/watchedPage.js';

const PICTURES = 330;
const AT = Date.UTC(2026, 2, 1);

describeChromium('the wall of pictures', () => {
  let services: TestServices;
  let server: TestServer;
  let images: string[];
  let page: Page;
  let said: string[];

  /** Each of another colour; every eighth is large. Written without waiting for the disk, which would take most of the test's time. */
  const keep = async (i: number) => {
    const [width, height] = i % 8 === 0 ? [900, 600] : [48 + (i % 5) * 16, 64];
    const background = { r: (i * 37) % 256, g: (i * 91) % 256, b: (i * 7) % 256 };
    const png = await sharp({ create: { width, height, channels: 3, background } })
      .png()
      .toBuffer();
    const bytes = Buffer.concat([png, Buffer.from(`${i}`)]);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const file = services.media.store.pathOf(sha256);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
    const row = { sha256, bytes: bytes.length, mimeType: 'image/png', width, height, phash: sha256.slice(0, 16) };
    await services.db.prisma.image.create({ data: row });
    return sha256;
  };
  beforeAll(async () => {
    const db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
    services = await openTestServices(db);
    server = await startTestServer(services);
    images = await Promise.all(Array.from({ length: PICTURES }, (_, i) => keep(i)));
    const posts = images.map((sha256, i) => ({ at: new Date(AT - i * 60_000), images: [sha256] }));
    // The 300th was posted five times.
    const again = Array.from({ length: 4 }, () => ({ at: new Date(AT - 300 * 60_000), images: [images[300]!] }));
    await addPicturedPosts(db.pool, 'h1', [...posts, ...again]);
  }, 240_000);
  afterAll(async () => {
    await server?.close();
    await services?.close();
    await services?.db.close();
  });
  watchedPages((watched) => {
    ({ page, said } = watched);
  });

  const wall = (shown: Page = page) => shown.getByRole('list', { name: `${PICTURES} pictures` });
  const square = (place: number, shown: Page = page) => wall(shown).locator(`li[aria-posinset="${place + 1}"]`);
  const link = (place: number, shown: Page = page) => square(place, shown).getByRole('link');
  const visit = async (where = '/hotspots/h1', shown: Page = page) => {
    await shown.goto(`${server.url}${where}`);
    await wall(shown).waitFor();
  };
  const hrefOf = (place: number) => `/pictures/${images[place]}`;
  const scroller = (shown: Page = page) => shown.getByRole('region', { name: 'Pictures', exact: true });
  const scrollTo = (top: number) => scroller().evaluate((element, to) => element.scrollTo(0, to), top);
  const heightOf = () => scroller().evaluate((element) => element.scrollHeight);
  /** Place of the first picture in sight. */
  const firstInSight = (shown: Page = page) =>
    scroller(shown).evaluate((element) => {
      const { top } = element.getBoundingClientRect();
      const all = [...element.querySelectorAll('li')].filter((one) => one.getBoundingClientRect().bottom > top + 20);
      return Math.min(...all.map((one) => Number(one.getAttribute('aria-posinset')) - 1));
    });

  it.each(['light', 'dark'] as const)('has nothing that axe or the console finds fault with, in %s', async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    await visit();
    await link(0).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    expect(said).toEqual([]);
  });

  it('is a list of all, of which only what is in sight is in the page, at a place that does not move when it comes', async () => {
    await visit();
    await page.getByRole('heading', { name: `Its ${PICTURES} pictures` }).waitFor();
    await link(0).waitFor();
    expect(await link(0).getAttribute('href')).toBe(hrefOf(0));
    expect(await square(0).getAttribute('aria-setsize')).toBe(String(PICTURES));
    expect(await wall().getByRole('listitem').count()).toBeLessThan(PICTURES / 4);
    const height = await heightOf();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('HotspotPictures')) await held;
      await route.continue();
    });
    await scrollTo(height);
    const last = square(PICTURES - 1);
    await last.getByText('not loaded yet').waitFor();
    const before = await last.boundingBox();
    release();
    await link(PICTURES - 1).waitFor();
    expect(await link(PICTURES - 1).getAttribute('href')).toBe(hrefOf(PICTURES - 1));
    expect(await last.boundingBox()).toEqual(before);
    expect(await heightOf()).toBe(height);
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('shows small copies of large pictures', async () => {
    await visit();
    const image = link(0).getByRole('img');
    await until('it is there', () => image.evaluate<boolean, { complete: boolean }>(({ complete }) => complete));
    const shown = await image.evaluate<string, { currentSrc: string }>(({ currentSrc }) => currentSrc);
    expect(new URL(shown).search).toBe('?edge=320');
  });

  it('lists the most posted first where the viewer wants that, and says how often', async () => {
    await visit();
    await page.getByRole('link', { name: 'Most posted' }).click();
    await page.waitForURL(/pictures=reposted/);
    await until('the most posted', async () => (await link(0).getAttribute('href')) === hrefOf(300));
    expect(await link(0).textContent()).toBe('×5, in 5 posts');
    expect(await link(1).textContent()).toBe('');
  });

  it('has its place in the address, which opens it there, as it was, also in another page', async () => {
    await visit();
    await scrollTo((await heightOf()) / 2);
    await page.waitForURL(/place=\d+/);
    await page.waitForLoadState('networkidle');
    const first = await firstInSight();
    expect(first).toBeGreaterThan(100);
    await addPicturedPosts(services.db.pool, 'h1', [
      { at: new Date(AT + 60_000), images: [images[0]!, await keep(7000)] },
    ]);
    try {
      const other = await page.context().newPage();
      await visit(page.url().slice(server.url.length), other);
      await link(first, other).waitFor();
      expect(await firstInSight(other)).toBe(first);
      expect(await link(first, other).getAttribute('href')).toBe(hrefOf(first));
      // Until the viewer wants what came since.
      await other.getByText('1 picture came since.').waitFor();
      await other.getByRole('button', { name: 'Show them' }).click();
      await other.getByRole('heading', { name: `Its ${PICTURES + 1} pictures` }).waitFor();
      await other.waitForURL((url) => !url.search.includes('place'));
      await other.close();
    } finally {
      await services.db.pool.query('DELETE FROM posts WHERE posted_at > $1', [new Date(AT)]);
    }
  });

  it('is gone through by the arrow keys, also to what is not loaded yet, and opened by Enter', async () => {
    await visit();
    await link(0).focus();
    const focused = async () => {
      const found = await page.evaluate(`document.activeElement.dataset.place`);
      return found === undefined ? undefined : Number(found);
    };
    const columns = await wall().evaluate((list) => {
      const tops = [...list.querySelectorAll('li')].map((one) => one.getBoundingClientRect().top);
      return tops.filter((top) => top === tops[0]).length;
    });
    const press = async (key: string, place: number) => {
      await page.keyboard.press(key);
      await until(`${key} leads to ${place}`, async () => (await focused()) === place);
    };
    await press('ArrowRight', 1);
    await press('ArrowDown', 1 + columns);
    await press('ArrowLeft', columns);
    await press('ArrowUp', 0);
    await press('ArrowUp', 0);
    await press('End', PICTURES - 1);
    await press('ArrowRight', PICTURES - 1);
    await link(PICTURES - 1).waitFor();
    await until('the focus is on the picture', () => link(PICTURES - 1).evaluate((one) => one.matches(':focus')));
    await press('Home', 0);
    await press('End', PICTURES - 1);
    // One way in for the tab key.
    expect(await wall().locator('[tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(hrefOf(PICTURES - 1)));
    expect(said).toEqual([]);
  });

  it.each([
    [360, 3],
    [2560, 10],
  ])('fits a window of %d pixels', async (width, least) => {
    await page.setViewportSize({ width, height: 800 });
    await visit();
    await link(0).waitFor();
    const boxes = await Promise.all(Array.from({ length: least }, (_, i) => square(i).boundingBox()));
    expect(new Set(boxes.map((box) => box!.y)).size).toBe(1);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await scroller().evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  });

  it('says what went wrong, and goes on when it is asked to', async () => {
    await visit();
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('HotspotPictures(')
        ? route.fulfill({ json: { errors: [{ message: 'the disk is on fire', extensions: { code: 'INTERNAL' } }] } })
        : route.continue(),
    );
    await scrollTo(await heightOf());
    await page.getByRole('alert').getByText('the disk is on fire').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByRole('button', { name: 'Try again' }).click();
    await link(PICTURES - 1).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
