// The first second of the dashboard, in a real browser over the real server: what is there before any script, what is asked before all of it is
// there, and that it takes over without anybody seeing it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page, Request } from 'playwright-core';
import { openChromium } from '../../scripts/browser/openChromium.js';
import { describeChromium } from '../support/chromium.js';
import { endAllHotlens, type RunningHotlens, runHotlens } from '../support/runHotlens.js';
import { until } from '../support/until.js';
import { watchedPages } from '../support/watchedPage.js';

/** An address of each page, and what it asks by itself as it opens. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  '/': ['Now'],
  '/?list=largest': ['Now'],
  '/hotspots/h1?bar=15': ['Hotspot', 'HotspotTimeline'],
  // No hash: the picture itself, which the page would fetch at once, is not there.
  '/pictures/0': ['PictureDetail'],
  '/search': ['FilteredPosts'],
  '/search?q=fire&author=ana&since=2026-03-01T00%3A00': ['SearchPosts'],
  '/search?q=42': ['SearchPosts'],
  '/map': ['CaptionMap'],
  '/map?hours=168': ['CaptionMap'],
  '/map?since=2026-03-01T00%3A00%3A00Z&until=2026-03-02T00%3A00%3A00Z': ['CaptionMap'],
  '/import': ['Imports', 'Limits'],
  '/import/1': [],
  '/system': ['System'],
  '/keys': [],
};
/** Those whose frame is what the address says too: an address that says more changes what is chosen, and no more. */
const PLAIN = Object.keys(PAGES).filter((where) => !where.includes('?'));
/** Markup as it is read: the order of attributes says nothing, autofocus is done when it has been read, and what time it is only a script can know. */
const asRead = (markup: string) =>
  markup
    .replace(/\?since=[^"]*(?=")/g, '')
    .replace(/<(\w+)((?: [\w-]+="[^"]*")+)>/g, (_whole, tag: string, attributes: string) => {
      const sorted = (attributes.match(/ [\w-]+="[^"]*"/g) ?? []).filter((one) => one !== ' autofocus=""').sort();
      return `<${tag}${sorted.join('')}>`;
    });
const THE_REST = /\/assets\/(?!first-)[^/]+\.js$/;

describeChromium('the first second', () => {
  let folder: string;
  let server: RunningHotlens;
  let url: string;
  let withoutScript: Awaited<ReturnType<typeof openChromium>>;
  let page: Page;
  /** What the console and the policy had to say. */
  let said: string[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-web-first-'));
    server = runHotlens(['start', '--port', '0'], { HOTLENS_DATA: folder });
    url = await server.url();
    await until('ready', async () => (await fetch(`${url}/readyz`)).status === 200, 110_000);
    withoutScript = await openChromium({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
  }, 300_000);
  afterAll(async () => {
    await withoutScript?.close();
    endAllHotlens();
    await server?.ended;
    await rm(folder, { recursive: true, force: true });
  });
  watchedPages((watched) => {
    ({ page, said } = watched);
  });

  /** Until React has drawn the page in place of its frame. */
  const takenOver = () =>
    until('React', () =>
      page.evaluate<boolean>(
        "Object.keys(document.querySelector('#root > *') ?? {}).some((key) => key.startsWith('__reactFiber'))",
      ),
    );
  const asked = (request: Request) => (request.postDataJSON() ?? {}) as { operationName: string; variables: object };
  const isQuestion = (request: Request) => request.url() === `${url}/graphql`;

  it.each([...PLAIN, '/signin'])(
    'shows at %s, before any script, what the script shows before any answer',
    async (where) => {
      const still = await withoutScript.context.newPage();
      await still.goto(`${url}${where}`);
      const frame = await still.locator('#root').innerHTML();
      expect(await still.locator('main').innerHTML()).not.toBe('');
      expect(await still.locator('noscript').innerText()).toContain('needs JavaScript');
      await still.close();
      // No answer ever comes.
      await page.route(/\/(graphql|session)$/, () => undefined);
      await page.goto(`${url}${where}`);
      await takenOver();
      expect(asRead(await page.locator('#root').innerHTML())).toBe(asRead(frame));
      expect(said).toEqual([]);
    },
  );

  it.each(Object.entries(PAGES))(
    'asks at %s what it will ask before the rest of the script is there',
    async (where, own) => {
      const questions: string[] = [];
      page.on('request', (request) => isQuestion(request) && questions.push(asked(request).operationName));
      await page.route(THE_REST, () => undefined);
      await page.goto(`${url}${where}`, { waitUntil: 'commit' });
      await until('the questions', () => questions.length === own.length + 1 || undefined);
      expect(questions).toEqual([...own, 'Status']);
    },
  );

  it.each(Object.keys(PAGES))('asks nothing at %s twice as it opens', async (where) => {
    const questions: string[] = [];
    page.on('request', (request) => {
      if (!isQuestion(request)) return;
      const { operationName, variables } = asked(request);
      questions.push(`${operationName} ${JSON.stringify(variables)}`);
    });
    await page.goto(`${url}${where}`);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(questions.filter((one, i) => questions.indexOf(one) !== i)).toEqual([]);
    expect(said).toEqual([]);
  });

  /** Holds the rest of the script back until it is called. */
  async function holdTheRest(): Promise<() => void> {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(THE_REST, async (route) => {
      await held;
      await route.continue();
    });
    return release;
  }

  it('keeps what was typed before the rest of the script was there', async () => {
    const release = await holdTheRest();
    await page.goto(`${url}/search`, { waitUntil: 'commit' });
    await page.getByRole('searchbox').fill('smoke over the harbour');
    release();
    await takenOver();
    expect(await page.getByRole('searchbox').inputValue()).toBe('smoke over the harbour');
  });

  it.each([
    ['/search', 'Words, of posts and captions', 'smoke over the harbour', /\/search\?q=smoke/],
    // Without keys everybody is let in, and led on before anything is sent.
    ['/signin', 'Key', 'hotlens_wrong', undefined],
  ])('sends at %s what was sent before the rest of the script was there', async (where, field, text, leads) => {
    await page.route(/\/session$/, (route) =>
      route.fulfill({ status: 401, json: { errors: [{ message: 'no such key' }] } }),
    );
    const release = await holdTheRest();
    await page.goto(`${url}${where}`, { waitUntil: 'commit' });
    await page.getByLabel(field).fill(text);
    await page.keyboard.press('Enter');
    release();
    if (leads) await page.waitForURL(leads);
    else await page.getByText('no such key').waitFor();
    expect(said.filter((one) => !one.includes('401'))).toEqual([]);
  });

  it('is in the scheme that was chosen before the rest of the script is there', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`${url}/system`);
    // The frame's button is there before it does anything.
    await takenOver();
    await page.getByRole('button', { name: 'Dark', exact: true }).click();
    await page.route(THE_REST, () => undefined);
    await page.reload({ waitUntil: 'commit' });
    const light = page.getByRole('button', { name: 'Light', exact: true });
    await light.waitFor();
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
    await page.evaluate('localStorage.clear()');
  });

  it('needs no more than 160 kB before it shows what it has asked for, scripts, styles and all', async () => {
    const sizes: Promise<number>[] = [];
    // What is routed comes by no cache.
    await page.route('**', (route) => route.continue());
    page.on('requestfinished', (request) => {
      if (!/\/assets\//.test(request.url())) return;
      // What comes after the page is closed has no size any more, and is no matter here.
      sizes.push(
        request.sizes().then(
          ({ responseBodySize }) => responseBodySize,
          () => 0,
        ),
      );
    });
    await page.goto(url, { waitUntil: 'load' });
    await page.getByRole('heading', { name: 'Nothing came in yet' }).waitFor();
    const sum = (await Promise.all(sizes)).reduce((a, b) => a + b, 0);
    expect(sum).toBeGreaterThan(50_000);
    expect(sum).toBeLessThan(160_000);
  });
});
