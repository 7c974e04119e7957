// The search page in a real browser, over a real server with a few pictures of the sample and the models that ship.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeChromium } from '../support/chromium.js';
import { askGraphQL, endAllHotlens, type RunningHotlens, runHotlens } from '../support/runHotlens.js';
import { until } from '../support/until.js';
import { axeFaults, watchedPages } from '../support/watchedPage.js';

const PICTURES = ['flood-cat', 'flood-boat', 'snow-dog', 'desert-camel', 'beach-noon', 'dogs-park'];
const fileOf = (name: string) => path.resolve('samples/images', `${name}.jpg`);
const EMBEDDED = '{ queue { counts { name waiting running completed } } }';
interface Queue {
  readonly queue: { readonly counts: readonly { readonly name: string; readonly completed: number }[] };
}

describeChromium('the search page', () => {
  let folder: string;
  let server: RunningHotlens;
  let url: string;
  let page: Page;
  /** What the console and the policy had to say. */
  let said: string[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-search-'));
    server = runHotlens(['start', '--port', '0'], { HOTLENS_DATA: folder });
    url = await server.url();
    const posts = await Promise.all(
      PICTURES.map(async (name, i) => ({
        source: i % 2 === 0 ? 'even' : 'odd',
        id: name,
        author: 'ann <b>\u202e',
        language: ['en', 'pt-BR'][i % 2],
        text: name === 'flood-boat' ? 'They came by boat <script>alert(1)</script>' : '',
        postedAt: `2026-03-0${1 + i}T12:00:00Z`,
        images: [{ base64: await readFile(fileOf(name), 'base64') }],
      })),
    );
    const ingest = 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted } }';
    expect(await askGraphQL(url, ingest, { posts })).toEqual({ ingestPosts: { accepted: PICTURES.length } });
    await until(
      'all embedded',
      async () => {
        const { queue } = await askGraphQL<Queue>(url, EMBEDDED);
        return queue.counts.find(({ name }) => name === 'embed')!.completed >= PICTURES.length;
      },
      110_000,
    );
  }, 300_000);
  afterAll(async () => {
    endAllHotlens();
    await server?.ended;
    await rm(folder, { recursive: true, force: true });
  });
  watchedPages((watched) => {
    ({ page, said } = watched);
  });
  afterEach(() => expect(said).toEqual([]));

  const words = () => page.getByLabel('Words, of posts and captions');
  const results = () => page.getByRole('article');
  const visit = async (where: string) => {
    await page.goto(`${url}${where}`);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle');
  };
  const search = async (text: string) => {
    await words().fill(text);
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=/);
    await page.waitForLoadState('networkidle');
  };

  it('marks the words that it found, says why, and has the search in the address', async () => {
    await visit('/search');
    await search('boats');
    await results().filter({ hasText: 'They came by boat' }).first().waitFor();
    const found = results().filter({ hasText: 'They came by boat' });
    expect(await found.locator('mark').allTextContents()).toContain('boat');
    expect(await found.getByRole('list', { name: 'Why it was found' }).textContent()).toContain('says the words');
    // Words of others stay words.
    expect(await found.textContent()).toContain('<script>alert(1)</script>');
    expect(page.url()).toMatch(/\/search\?q=boats$/);
  });

  it('finds by meaning what says it in other words', async () => {
    await visit('/search?q=a%20lady%20riding%20on%20the%20sand');
    await results().first().waitFor();
    const first = results().first();
    expect(await first.textContent()).toMatch(/camel/);
    expect(await first.locator('mark').count()).toBe(0);
    expect(await first.getByRole('list', { name: 'Why it was found' }).textContent()).toMatch(
      /^near in meaning, similarity 0\.\d\d$/,
    );
  });

  it('searches by a picture, which is not part of the link, and goes on without it', async () => {
    await visit('/search');
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'By a picture' }).click();
    await (await choosing).setFiles(fileOf('flood-cat'));
    await page.getByText('The picture is not kept, and not part of this page’s link.').waitFor();
    await results().filter({ hasText: 'the same picture' }).first().waitFor();
    expect(await results().first().textContent()).toContain('the same picture');
    expect(page.url()).toBe(`${url}/search`);
    await page.getByRole('button', { name: 'Without it' }).click();
    await page.getByText('The newest posts').waitFor();
    expect(await results().count()).toBe(PICTURES.length);
  });

  it('takes a picture that is dropped on it, and says of another file that it is none', async () => {
    await visit('/search');
    const drop = async (bytes: string, name: string) => {
      const data = await page.evaluateHandle(`(() => {
        const transfer = new DataTransfer();
        const bytes = Uint8Array.from(atob(${JSON.stringify(bytes)}), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], ${JSON.stringify(name)}, { type: 'image/jpeg' }));
        return transfer;
      })()`);
      await page.locator('main > div').dispatchEvent('drop', { dataTransfer: data });
    };
    await drop(await readFile(fileOf('snow-dog'), 'base64'), 'dropped.jpg');
    await results().filter({ hasText: 'the same picture' }).first().waitFor();
    await drop(Buffer.from('not a picture').toString('base64'), 'none.jpg');
    await page.getByRole('alert').filter({ hasText: 'not a picture that can be read' }).waitFor();
  });

  it('is reached by a slash from any page, gone through by the arrow keys, and opened by Enter', async () => {
    await visit('/system');
    await page.keyboard.press('/');
    await page.waitForURL(/\/search$/);
    await until('the field has the focus', () => words().evaluate((field) => field.matches(':focus')));
    await page.keyboard.type('flood');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=flood/);
    await results().first().waitFor();
    await page.waitForLoadState('networkidle');
    await words().focus();
    const focused = () => results().evaluateAll((all) => all.findIndex((one) => one.matches(':focus')));
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe(0);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe(1);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect(await words().evaluate((field) => field.matches(':focus'))).toBe(true);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/pictures\/[0-9a-f]{64}/);
  });

  it('finds what is of a language, of several, and of a span of time that one link names', async () => {
    await visit('/search');
    await page.getByLabel('Language').fill('de, pt');
    await page.keyboard.press('Enter');
    await page.waitForURL(/language=de/);
    await until('those in Portuguese', async () => (await results().count()) === PICTURES.length / 2);
    expect(await results().first().textContent()).toContain('odd');
    await page.getByRole('navigation', { name: 'Span of time' }).getByRole('link', { name: 'Day' }).click();
    await page.waitForURL(/since=/);
    await page.getByRole('heading', { name: 'Nothing was found' }).waitFor();
    expect(await page.getByLabel(/^From/).inputValue()).not.toBe('');
    await page.getByRole('navigation', { name: 'Span of time' }).getByRole('link', { name: 'All' }).click();
    await until('all of them again', async () => (await results().count()) === PICTURES.length / 2);
  });

  it('shows the filters of a shared address, folded away on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await visit('/search?q=flood&source=even&since=2026-01-01T00%3A00');
    await results().first().waitFor();
    expect(await results().count()).toBe(1);
    expect(await page.getByLabel('Source').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Filters: 2' }).click();
    expect(await page.getByLabel('Source').inputValue()).toBe('even');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it('remembers searches in this browser until it is told to forget them', async () => {
    await visit('/search');
    await search('a rare thing');
    await page.getByRole('heading', { name: 'Nothing was found' }).waitFor();
    await visit('/search');
    await page.getByRole('link', { name: 'a rare thing' }).click();
    await page.waitForURL(/q=a\+rare\+thing|q=a%20rare%20thing/);
    await visit('/search');
    await page.getByRole('button', { name: 'Forget these' }).click();
    await visit('/search');
    expect(await page.getByRole('link', { name: 'a rare thing' }).count()).toBe(0);
  });

  it('takes hostile words as words', async () => {
    for (const hostile of [
      `"><img src=x onerror=alert(1)> ' & | ! <->`,
      '🔥🦄',
      '\u202eעברית',
      '%_\\',
      'x'.repeat(1000),
    ]) {
      await visit('/search');
      await search(hostile);
      expect(await words().inputValue()).toBe(hostile);
      expect(await page.getByRole('alert').count()).toBe(0);
    }
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds fault with, in %s', async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    for (const each of ['/search', '/search?q=flood', '/search?q=xyzzy', '/search?q=flood&source=even&hotspot=h1']) {
      await visit(each);
      const violations = await axeFaults(page);
      expect({ each, violations }).toEqual({
        each,
        violations: [],
      });
    }
  });
});
