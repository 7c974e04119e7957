// The map in a real browser, over the real server with pictures that were posted to it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeChromium } from '../support/chromium.js';
import { askGraphQL, endAllHotlens, type RunningHotlens, runHotlens } from '../support/runHotlens.js';
import { until } from '../support/until.js';
import { axeFaults, watchedPages } from '../support/watchedPage.js';

/** Plain ones, each of another colour. */
const PICTURES = 24;

describeChromium('the map', () => {
  let folder: string;
  let server: RunningHotlens;
  let url: string;
  let context: BrowserContext;
  let page: Page;
  let said: string[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-map-'));
    server = runHotlens(['start', '--port', '0'], { HOTLENS_DATA: folder });
    url = await server.url();
    await until('ready', async () => (await fetch(`${url}/readyz`)).status === 200, 200_000);
    const sharp = (await import('sharp')).default;
    const posts = await Promise.all(
      Array.from({ length: PICTURES }, async (_, i) => {
        const background = { r: (i * 37) % 256, g: (i * 91) % 256, b: (i * 151) % 256 };
        const bytes = await sharp({ create: { width: 96, height: 96, channels: 3, background } })
          .png()
          .toBuffer();
        const postedAt = new Date(Date.now() - (i + 1) * 60_000).toISOString();
        return {
          source: 'test',
          id: `p${i}`,
          text: `post ${i}`,
          postedAt,
          images: [{ base64: bytes.toString('base64') }],
        };
      }),
    );
    const ingest = 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted rejected } }';
    expect(await askGraphQL(url, ingest, { posts })).toMatchObject({
      ingestPosts: { accepted: PICTURES, rejected: 0 },
    });
    await until(
      'all on the map',
      async () =>
        (await askGraphQL<{ map: { pictures: number } }>(url, '{ map { pictures } }')).map.pictures === PICTURES,
      240_000,
    );
  }, 500_000);
  afterAll(async () => {
    endAllHotlens();
    await server?.ended;
    await rm(folder, { recursive: true, force: true });
  });
  watchedPages((watched) => {
    ({ context, page, said } = watched);
  });

  const visit = async (where = '/map', shown: Page = page) => {
    await shown.goto(`${url}${where}`);
    await shown.locator(`canvas[data-points="${PICTURES}"][data-kind]`).waitFor();
    return shown.getByRole('application');
  };
  /** Pixels of the canvas that are drawn on. */
  const drawn = (shown: Page = page) =>
    shown.evaluate(`(async () => {
      const canvas = document.querySelector('canvas');
      const bitmap = await new Promise((resolve) => requestAnimationFrame(() => createImageBitmap(canvas).then(resolve)));
      const flat = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      flat.drawImage(bitmap, 0, 0);
      const { data } = flat.getImageData(0, 0, bitmap.width, bitmap.height);
      let count = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 0) count += 1;
      return count;
    })()`) as Promise<number>;

  it.each(['light', 'dark'] as const)('has nothing that axe or the console finds fault with, in %s', async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    await visit();
    await page.getByRole('button', { name: 'Choose what is in view' }).click();
    await page.getByRole('heading', { name: `${PICTURES} pictures chosen` }).waitFor();
    const violations = await axeFaults(page);
    expect(violations).toEqual([]);
    expect(said).toEqual([]);
  });

  it('draws its points by WebGL 2, and without that on a plain canvas', async () => {
    await visit();
    expect(await page.locator('canvas').getAttribute('data-kind')).toBe('webgl2');
    // The points alone: nothing that stands over them.
    await page.evaluate(
      `document.querySelectorAll('canvas ~ *').forEach((each) => { each.style.visibility = 'hidden'; })`,
    );
    const sharp = (await import('sharp')).default;
    const { data, info } = await sharp(await page.locator('canvas').screenshot())
      .raw()
      .toBuffer({ resolveWithObject: true });
    // Of the margin; the corners are rounded.
    const paper = data.readUIntBE((3 * info.width + 20) * info.channels, 3);
    let points = 0;
    for (let i = 0; i < data.length; i += info.channels) if (data.readUIntBE(i, 3) !== paper) points += 1;
    // Each is 7 pixels wide, and they may stand on one another.
    expect(points).toBeGreaterThan(100);
    expect(points).toBeLessThan(PICTURES * 100 + 200);
    const plain = await context.newPage();
    plain.setDefaultTimeout(60_000);
    await plain.addInitScript({
      content: `const get = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
          return kind === 'webgl2' ? null : get.call(this, kind, ...rest);
        };`,
    });
    await visit('/map', plain);
    expect(await plain.locator('canvas').getAttribute('data-kind')).toBe('2d');
    expect(await drawn(plain)).toBeGreaterThan(0);
    await plain.close();
    expect(said).toEqual([]);
  });

  it('chooses what a line is drawn round, by the mouse, and leads to these posts as a search and as a file', async () => {
    const surface = await visit();
    const { x, y, width, height } = (await surface.boundingBox())!;
    await page.getByRole('button', { name: 'Draw round some' }).click();
    await page.mouse.move(x + 3, y + 3);
    await page.mouse.down();
    for (const [toX, toY] of [
      [x + width - 3, y + 3],
      [x + width - 3, y + height - 3],
      [x + 3, y + height - 3],
      [x + 3, y + 10],
    ] as const)
      await page.mouse.move(toX, toY, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('heading', { name: `${PICTURES} pictures chosen` }).waitFor();
    await page.waitForURL(/area=/);
    const file = await page.getByRole('link', { name: 'NDJSON' }).getAttribute('href');
    expect((await (await fetch(`${url}${file}`)).text()).trim().split('\n')).toHaveLength(PICTURES);
    // The address is the selection: another page shows it too.
    await visit(new URL(page.url()).pathname + new URL(page.url()).search);
    await page.getByRole('heading', { name: `${PICTURES} pictures chosen` }).waitFor();
    await page.getByRole('link', { name: 'Open as search' }).click();
    await page.getByText('Only posts with the pictures of').waitFor();
    await page
      .getByRole('article')
      .nth(PICTURES - 1)
      .waitFor();
    expect(await page.getByRole('article').count()).toBe(PICTURES);
    expect(said).toEqual([]);
  });

  it('is of the span that a link names, or of exact times of the viewer’s zone, which are in the address', async () => {
    await visit();
    const spans = page.getByRole('navigation', { name: 'Span of time' });
    expect(await spans.getByRole('link', { name: 'Day' }).getAttribute('aria-current')).toBe('page');
    for (const [name, hours] of [
      ['Hour', '1'],
      ['Week', '168'],
      ['All', 'all'],
    ] as const) {
      await spans.getByRole('link', { name }).click();
      await page.waitForURL(new RegExp(`hours=${hours}$`));
      // All were posted within an hour.
      await page.locator(`canvas[data-points="${PICTURES}"]`).waitFor();
      expect(await spans.getByRole('link', { name }).getAttribute('aria-current')).toBe('page');
    }
    const { newest, local } = (await page.evaluate(`(() => {
      const newest = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 11 * 60_000);
      const local = new Date(newest - newest.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
      return { newest: newest.toISOString(), local };
    })()`)) as { newest: string; local: string };
    await page.getByLabel('Before', { exact: true }).fill(local);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.waitForURL((url) => url.searchParams.get('until')?.includes(newest) === true);
    const shown = page.locator('canvas[data-points]');
    await until('fewer', async () => {
      const points = Number(await shown.getAttribute('data-points'));
      return points > 0 && points < PICTURES;
    });
    expect(await page.getByLabel('Before', { exact: true }).inputValue()).toBe(local);
    expect(await spans.locator('[aria-current]').count()).toBe(0);
    // An end before the beginning is not asked for.
    await page.getByLabel(/^From/).fill(local);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    const invalid = page.getByLabel('Before', { exact: true });
    expect(await invalid.evaluate<boolean, { checkValidity(): boolean }>((field) => field.checkValidity())).toBe(false);
    expect(page.url()).not.toMatch(/since=/);
    expect(await axeFaults(page)).toEqual([]);
    expect(said).toEqual([]);
  });

  it('keeps its exact times folded away on a phone until they are asked for', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await visit();
    expect(await page.getByLabel(/^From/).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Exact times' }).click();
    await page.getByLabel(/^From/).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it('is gone about by the keyboard alone: moved, zoomed, told of, and what is in view chosen', async () => {
    const surface = await visit();
    await page.getByRole('button', { name: 'Choose what is in view' }).focus();
    await page.keyboard.press('Tab');
    expect(await surface.evaluate((element) => element.matches(':focus'))).toBe(true);
    await page.keyboard.press('ArrowRight');
    for (let i = 0; i < 3; i += 1) await page.keyboard.press('+');
    await page.waitForURL(/at=/);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/area=/);
    const chosen = await page.getByRole('heading', { name: /pictures? chosen/ }).textContent();
    expect(Number.parseInt(chosen!, 10)).toBeLessThan(PICTURES);
    expect(said).toEqual([]);
  });

  it('is moved by one finger, brought near by two, and drawn round by one', async () => {
    const surface = await visit();
    const { x, y, width, height } = (await surface.boundingBox())!;
    const touch = await context.newCDPSession(page);
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: [number, number][]) =>
      touch.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: points.map(([toX, toY], id) => ({ x: x + toX, y: y + toY, id })),
      });
    const scale = () => Number(decodeURIComponent(page.url()).replace(/.*at="?[^,]*,[^,]*,([\d.]+).*/, '$1'));
    const [middleX, middleY] = [width / 2, height / 2];
    await send('touchStart', [middleX, middleY]);
    for (let i = 1; i <= 5; i += 1) await send('touchMove', [middleX + 8 * i, middleY]);
    await send('touchEnd');
    await page.waitForURL(/at=/);
    const before = scale();
    await send('touchStart', [middleX - 30, middleY], [middleX + 30, middleY]);
    for (let i = 1; i <= 5; i += 1)
      await send('touchMove', [middleX - 30 - 6 * i, middleY], [middleX + 30 + 6 * i, middleY]);
    await send('touchEnd');
    // Twice as far apart, twice as near.
    await until('near', () => scale() > 1.8 * before && scale() < 2.2 * before);
    await page.getByRole('button', { name: 'Whole map' }).click();
    await page.getByRole('button', { name: 'Draw round some' }).click();
    await send('touchStart', [3, 3]);
    const corners: [number, number][] = [
      [width - 3, 3],
      [width - 3, height - 3],
      [3, height - 3],
      [3, 12],
    ];
    for (const corner of corners) await send('touchMove', corner);
    await send('touchEnd');
    await page.getByRole('heading', { name: `${PICTURES} pictures chosen` }).waitFor();
    expect(said).toEqual([]);
  });

  it('shows a picture and its caption where the mouse is, and the pictures themselves when it is near enough', async () => {
    const surface = await visit();
    // Few pictures are in view: all of them, one of each square, are shown.
    await page.locator('canvas ~ div img').first().waitFor();
    const { x, y } = (await surface.boundingBox())!;
    const at = (await page.evaluate(
      `new DOMMatrix(getComputedStyle(document.querySelector('canvas ~ div span')).transform).toJSON()`,
    )) as { e: number; f: number };
    await page.mouse.move(x + at.e, y + at.f);
    const tip = page.locator('p[dir="auto"]').last();
    await tip.waitFor();
    await until('the caption', async () => ((await tip.textContent()) ?? '') !== 'Asking for the picture');
    await page.mouse.click(x + at.e, y + at.f);
    await page.waitForURL(/\/pictures\//);
    expect(said).toEqual([]);
  });
});
