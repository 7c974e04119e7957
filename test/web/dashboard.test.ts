// The dashboard in a real browser, over the real server with the sample and the model that ship.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { openChromium } from '../../scripts/browser/openChromium.js';
import { describeChromium } from '../support/chromium.js';
import { askGraphQL, endAllHotlens, type RunningHotlens, runHotlens } from '../support/runHotlens.js';
import { until } from '../support/until.js';
import { axeFaults, watchedPages } from '../support/watchedPage.js';

const FIRST =
  '{ hotspots(first: 1, state: [LIVING, ENDED], orderBy: PEAK) { nodes { id title images(first: 1) { sha256 caption { text } } } } }';
const LOOKED = '{ detection { waitingPosts } pending: posts(filter: { status: PENDING }) { totalCount } }';
interface Looked {
  readonly detection: { readonly waitingPosts: number };
  readonly pending: { readonly totalCount: number };
}
interface First {
  readonly hotspots: {
    readonly nodes: readonly { id: string; title: string; images: { sha256: string; caption: { text: string } }[] }[];
  };
}

/** Keeps, in `moved`, what a page shifts by itself: how much of the window, and what. */
const WATCH_SHIFTS = `
  globalThis.moved = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries())
      globalThis.moved.push([value, sources.map(({ node }) => (node?.outerHTML ?? node?.textContent ?? '').slice(0, 200))]);
  }).observe({ type: 'layout-shift', buffered: true });
`;

describeChromium('the dashboard', () => {
  let folder: string;
  let server: RunningHotlens;
  let url: string;
  let first: First['hotspots']['nodes'][number];
  let page: Page;
  /** What the console and the policy had to say. */
  let said: string[];

  const start = async (port: string) => {
    server = runHotlens(['start', '--demo', '--port', port], { HOTLENS_DATA: folder });
    url = await server.url();
    await until('ready', async () => (await fetch(`${url}/readyz`)).status === 200, 280_000);
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-web-'));
    await start('0');
    await until('a hotspot', async () => (await askGraphQL<First>(url, FIRST)).hotspots.nodes[0], 280_000);
    // What the tests look at stands still from here on, and the machine is theirs.
    await askGraphQL(url, 'mutation { setDemo(paused: true) { paused } }');
    const settled = async () => {
      const { detection, pending } = await askGraphQL<Looked>(url, LOOKED);
      return detection.waitingPosts === 0 && pending.totalCount === 0;
    };
    await until('all looked through', settled, 280_000);
    first = (await askGraphQL<First>(url, FIRST)).hotspots.nodes[0]!;
  }, 600_000);
  afterAll(async () => {
    endAllHotlens();
    await server?.ended;
    await rm(folder, { recursive: true, force: true });
  });
  watchedPages((watched) => {
    ({ page, said } = watched);
  });

  const pages = () => [
    '/',
    '/?list=ended',
    `/hotspots/${first.id}`,
    `/pictures/${first.images[0]!.sha256}`,
    '/search?q=fire',
    '/map',
    '/import',
    '/system',
    '/keys',
    '/nowhere/at/all',
  ];
  const visit = async (where: string) => {
    await page.goto(`${url}${where}`);
    await page.locator('h1, h2').first().waitFor();
    await page.waitForLoadState('networkidle');
  };

  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)(
    'has no page that axe finds fault with, in %s and %i pixels wide, none that moves what stands already when answers come, and none that the console or the policy complains of',
    async (scheme, width) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
      await page.addInitScript({ content: WATCH_SHIFTS });
      for (const each of pages().filter((one) => one !== '/nowhere/at/all')) {
        await visit(each);
        const shifts = (await page.evaluate('globalThis.moved')) as [value: number, what: unknown][];
        const sum = shifts.reduce((total, [value]) => total + value, 0);
        // A tenth is what is still called good.
        const moved = sum < 0.05 ? [] : shifts;
        expect({ each, moved, violations: await axeFaults(page) }).toEqual({ each, moved: [], violations: [] });
      }
      expect(said).toEqual([]);
    },
  );

  it('leads by the keyboard alone from the list to a hotspot, and to a picture', async () => {
    await visit('/?list=largest');
    const focusOn = async (wanted: Locator) => {
      for (let tabs = 0; tabs < 120; tabs++) {
        await page.keyboard.press('Tab');
        if (await wanted.evaluate((element) => element.matches(':focus'))) return;
      }
      throw new Error(`not reached by the keyboard: ${wanted}`);
    };
    // Not by its title: another that became part of it may have had the same.
    await focusOn(page.locator(`main a[href="/hotspots/${first.id}"]`).first());
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/hotspots/${first.id}$`));
    // A hotspot that has only begun has one bar of an hour.
    await focusOn(page.getByRole('link', { name: '15 min' }));
    await page.keyboard.press('Enter');
    await page.waitForURL(/bar=15/);
    const chart = page.getByRole('slider', { name: 'Posts and authors' });
    await focusOn(chart);
    await page.keyboard.press('Home');
    const atFirst = await chart.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowRight');
    expect(await chart.getAttribute('aria-valuetext')).not.toBe(atFirst);
    await focusOn(page.locator('main a[href^="/pictures/"]').first());
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
    expect(said).toEqual([]);
  });

  it('shows in another browser what an address shared from this one shows', async () => {
    await visit(`/hotspots/${first.id}`);
    await page.getByRole('link', { name: '15 min' }).click();
    await page.waitForURL(/bar=15/);
    const chart = page.getByRole('slider', { name: 'Posts and authors' });
    await chart.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.waitForURL(/at=/);
    const address = page.url();
    const other = await openChromium();
    try {
      const theirs = await other.context.newPage();
      theirs.setDefaultTimeout(60_000);
      await theirs.goto(address);
      expect(await theirs.getByRole('link', { name: '15 min' }).getAttribute('aria-current')).toBe('page');
      await theirs.getByRole('heading', { level: 3, name: /: \d+ posts?$/ }).waitFor();
    } finally {
      await other.close();
    }
  });

  it('makes a hotspot of posts that a person chooses, and takes that back', async () => {
    await visit(`/hotspots/${first.id}`);
    const boxes = page.getByRole('region', { name: 'Posts' }).getByRole('checkbox');
    await page.getByRole('button', { name: 'Opinion' }).click();
    await page
      .getByRole('columnheader', { name: 'Opinion', exact: false })
      .and(page.locator('[aria-sort=descending]'))
      .waitFor();
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    // Others may go with them: detection has them as one of its own from then on.
    await page.getByRole('button', { name: 'Make a hotspot of 2 chosen posts' }).click();
    await page.getByText('They are a hotspot of their own').getByRole('link').click();
    await page
      .getByText(/^alive, \d+ posts by/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByText('taken back').waitFor();
    await page.getByText(/became part of another, 0 posts/).waitFor();
    expect(said).toEqual([]);
  });

  it('finds posts by a word of their captions, and has the search in the address', async () => {
    await visit('/search');
    await page.getByLabel('Words, of posts and captions').fill(first.images[0]!.caption.text);
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=/);
    await page.getByText(first.images[0]!.caption.text).first().waitFor();
    await page.getByLabel('Words, of posts and captions').fill('zzz no such word');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nothing was found' }).waitFor();
    expect(said).toEqual([]);
  });

  it('keeps a person’s words, however hostile, as words, and takes them back', async () => {
    await visit(`/pictures/${first.images[0]!.sha256}`);
    const hostile = '<img src=x onerror=alert(1)> \u202eright to left 😀 <script>alert(2)</script>';
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Caption', { exact: true }).fill(hostile);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: '<img src=x onerror=alert(1)>' }).waitFor();
    await page.getByRole('button', { name: 'Take the edit back' }).click();
    await page.getByRole('heading', { level: 1, name: first.images[0]!.caption.text }).waitFor();
    expect(said).toEqual([]);
  });

  it('shows the caption that was asked for anew when it is there, without a reload', async () => {
    await visit(`/pictures/${first.images[0]!.sha256}`);
    await page.getByLabel('Begins with').fill('a drawing of ');
    await page.getByRole('button', { name: 'Caption', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /^a drawing of / }).waitFor();
    expect(said).toEqual([]);
  });

  it('survives the server: says that it is away, and goes on when it is back', async () => {
    await visit('/');
    await page.getByText('Live', { exact: true }).waitFor();
    const port = new URL(url).port;
    server.child.kill('SIGTERM');
    await server.ended;
    await page.getByText('Reconnecting', { exact: true }).waitFor();
    await start(port);
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('What is happening');
  });
});
