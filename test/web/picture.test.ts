// The page of a picture in a real browser: where its caption came from. Over the real server, the model that ships, two pictures of the sample.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeChromium } from '../support/chromium.js';
import { endAllHotlens, type RunningHotlens } from '../support/runHotlens.js';
import { type Served, serveSample } from '../support/serveSample.js';
import { axeFaults, watchedPages } from '../support/watchedPage.js';

describeChromium('the page of a picture', () => {
  let folder: string;
  let server: RunningHotlens;
  let served: Served;
  let first: Awaited<ReturnType<Served['caption']>>;
  let page: Page;
  /** What the console and the policy had to say. */
  let said: string[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-picture-'));
    ({ server, served } = await serveSample(folder, ['park-book', 'beach-noon']));
    first = await served.caption('park-book');
  }, 300_000);
  afterAll(async () => {
    endAllHotlens();
    await server?.ended;
    await rm(folder, { recursive: true, force: true });
  });
  watchedPages((watched) => {
    ({ page, said } = watched);
  });

  const words = () => page.getByRole('region', { name: 'Word by word' }).getByRole('button');
  const visit = async (view = '', sha256 = first.sha256) => {
    await page.goto(`${served.url}/pictures/${sha256}${view}`);
    await words().first().waitFor();
  };
  /** Pixels of the map that are not clear; null without a map. */
  const drawn = () =>
    page.evaluate<number | null>(`(() => {
      const canvas = document.querySelector('canvas');
      if (canvas === null) return null;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, i) => i % 4 === 3 && value > 40).length;
    })()`);
  const chosen = () =>
    page.getByRole('region', { name: 'Word by word' }).getByRole('button', { pressed: true }).allTextContents();

  it('has the caption’s words, each with its probability, and draws the map of the one that is chosen', async () => {
    await visit();
    const texts = await words().locator('span').allTextContents();
    expect(texts.join(' ')).toBe(first.text);
    for (const name of await words().allTextContents()) expect(name).toMatch(/ \d+%$/);
    expect(await drawn()).toBeNull();
    await words().nth(4).click();
    await page.waitForURL(/[?&]word=4(&|$)/);
    await page.getByText(/^For “book”: \d+% of the attention, /).waitFor();
    const pixels = (await drawn())!;
    expect(pixels).toBeGreaterThan(1000);
    // Somewhere, not everywhere.
    expect(pixels).toBeLessThan(0.6 * 320 * 320);
    await words().nth(4).click();
    await page.waitForURL((url) => !url.search.includes('word'));
    expect(await drawn()).toBeNull();
    expect(said).toEqual([]);
  });

  it('goes from word to word and from scale to scale by the keyboard', async () => {
    await visit();
    await words().first().focus();
    await page.keyboard.press('End');
    await page.waitForURL(/word=7/);
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/word=6/);
    await page.keyboard.press('ArrowLeft');
    expect(await chosen()).toEqual([expect.stringMatching(/^in \d+%$/)]);
    expect(await page.evaluate(`document.activeElement.dataset.word`)).toBe('5');
    // One stop for all words: the next is the first of the scales.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(`document.activeElement.textContent`)).toBe('ECMA, all scales');
    await page.keyboard.press('Enter');
    await page.waitForURL(/scale=ecma/);
    await page.getByText(/^What ECMA added for “in”: /).waitFor();
    await words().nth(5).focus();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.search.includes('word'));
    expect(said).toEqual([]);
  });

  it('shows in another browser the word and the scale that its address names', async () => {
    await visit('?word=1&scale=8');
    expect(await chosen()).toEqual([expect.stringMatching(/^grandmother \d+%$/)]);
    const scales = page.getByRole('navigation', { name: 'Map of which attention' });
    expect(await scales.locator('[aria-current]').allTextContents()).toEqual(['8 × 8']);
    expect(await scales.getByRole('link').allTextContents()).toEqual([
      ...['Q-Former', 'ECMA, all scales', '1 × 1', '2 × 2', '4 × 4', '8 × 8', 'Patches, 12 × 12'],
    ]);
    // What no caption or model has is as if it were not there.
    await visit('?word=99&scale=7');
    expect(await drawn()).toBeNull();
    expect(said).toEqual([]);
  });

  it('lists what else could have been said, the gates layer by layer, and what the caption was made with', async () => {
    await visit('?word=4');
    const beams = page.getByRole('region', { name: 'What else it could have said' }).getByRole('listitem');
    expect(await beams.count()).toBe(5);
    expect(await beams.first().textContent()).toMatch(/^100%a grandmother/);
    const gates = page.getByRole('region', { name: 'ECMA’s gates' });
    expect(await gates.getByRole('img', { name: /gates of 16 queries, \d+% to \d+% open, mean \d+%/ }).count()).toBe(4);
    expect(await gates.locator('[data-counts]').count()).toBeGreaterThan(0);
    const made = await page.getByRole('region', { name: 'What it was made with' }).textContent();
    expect(made).toMatch(/Modelblip2-scenes [0-9a-f]{12}ECMA adapter ?[0-9a-f]{12}Optionsthe model’s own/);
    expect(said).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'is without fault to axe with a map drawn, in %s, and at 360 pixels no wider than they are',
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      await visit('?word=2&scale=patches');
      const violations = await axeFaults(page);
      expect(violations).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBeLessThanOrEqual(360);
      expect(said).toEqual([]);
    },
  );

  it('shows pictures that look alike, with how often each was posted', async () => {
    const { default: sharp } = await import('sharp');
    const smaller = await sharp('samples/images/park-book.jpg').resize(160).png().toBuffer();
    const rows = [1, 2].map((i) => ({
      ...{ source: 'sample', id: `again ${i}`, author: `again ${i}`, text: '', postedAt: '2026-03-15T09:00:00Z' },
      images: [{ base64: smaller.toString('base64') }],
    }));
    await served.data('mutation ($rows: [JSON!]!) { ingestPosts(rows: $rows) { accepted } }', { rows });
    await visit();
    const alike = page.getByRole('region', { name: 'Pictures that look alike' });
    expect(await alike.getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/^2 posts, (the same to the eye|\d of 64 bits differ)$/),
    ]);
    await alike.getByRole('link').click();
    await page.getByRole('heading', { name: '2 posts with it, by 2 authors' }).waitFor();
    expect(said).toEqual([]);
  });

  it('explains an earlier caption from the history, and the one that was asked for anew when it is there, without a reload', async () => {
    const other = await served.caption('beach-noon');
    await visit('?word=0', other.sha256);
    await page.getByLabel('Begins with').fill('a drawing of ');
    await page.getByRole('button', { name: 'Caption', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /^a drawing of / }).waitFor();
    const anew = await served.caption('beach-noon', other.captionId);
    await page.getByRole('region', { name: 'Word by word' }).getByText('a drawing of', { exact: true }).waitFor();
    expect((await words().locator('span').allTextContents()).join(' ')).toBe(anew.text);
    await page.getByRole('region', { name: 'What models said of it' }).getByRole('link', { name: other.text }).click();
    await page.getByText('Explained here is an earlier caption:').waitFor();
    await page.waitForURL((url) => url.searchParams.get('caption')?.includes(other.captionId) === true);
    await page.waitForFunction(
      `[...document.querySelectorAll('[data-word] span')].map((span) => span.textContent).join(' ') === ${JSON.stringify(other.text)}`,
    );
    expect(said).toEqual([]);
  });

  it('asks a large model for an explanation only when a person does', async () => {
    const asked: string[] = [];
    await page.route('**/graphql', async (route) => {
      const { operationName } = route.request().postDataJSON() as { operationName: string };
      asked.push(operationName);
      const response = await route.fetch();
      const text = await response.text();
      await route.fulfill({ response, body: text.replace(/"parameters":\d+/, '"parameters":3744761856') });
    });
    await page.goto(`${served.url}/pictures/${first.sha256}?word=4`);
    const button = page.getByRole('button', { name: 'Ask the model where each word came from' });
    await button.waitFor();
    await page.waitForLoadState('networkidle');
    expect(asked).not.toContain('Explanation');
    await button.click();
    await page.getByText(/^For “book”: /).waitFor();
    expect(asked).toContain('Explanation');
    await page.unroute('**/graphql');
    expect(said).toEqual([]);
  });

  it('says whose words are explained where a person’s are shown', async () => {
    const edit = (text: string | null) =>
      served.data(
        'mutation ($sha256: String!, $text: String) { editCaption(sha256: $sha256, text: $text) { sha256 } }',
        { sha256: first.sha256, text },
      );
    await edit('grandma reads');
    await visit();
    await page.getByRole('heading', { level: 1, name: 'grandma reads' }).waitFor();
    await page.getByText(`Explained are the model’s own words: ${first.text}`).waitFor();
    expect((await words().locator('span').allTextContents()).join(' ')).toBe(first.text);
    await edit(null);
    expect(said).toEqual([]);
  });

  it('says why a caption can’t be explained, and shows the rest', async () => {
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('captionExplanation(')) return route.continue();
      const message = 'the bytes of the picture are gone';
      return route.fulfill({
        json: { data: { captionExplanation: null }, errors: [{ message, extensions: { code: 'NOT_FOUND' } }] },
      });
    });
    await page.goto(`${served.url}/pictures/${first.sha256}`);
    await page.getByRole('heading', { name: 'This caption can’t be explained now' }).waitFor();
    await page.getByText('the bytes of the picture are gone').waitFor();
    await page.getByRole('heading', { level: 1, name: first.text }).waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await words().first().waitFor();
  });
});
