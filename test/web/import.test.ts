// Importing, keys, signing in and out, and a picture that is dropped, in a real browser over the real server with the model that ships.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { openChromium } from '../../scripts/browser/openChromium.js';
import { describeChromium } from '../support/chromium.js';
import { endAllHotlens, type RunningHotlens, runHotlens } from '../support/runHotlens.js';
import { until } from '../support/until.js';
import { axeFaults, watchedPages } from '../support/watchedPage.js';

const HOSTILE = '<img src=x onerror=alert(1)>\u202e';

describeChromium('importing, keys and a dropped picture', () => {
  let folder: string;
  let server: RunningHotlens;
  let url: string;
  let page: Page;
  /** What the console and the policy had to say. */
  let said: string[];
  let png: Buffer;

  const start = async (port: string) => {
    server = runHotlens(['start', '--port', port], { HOTLENS_DATA: path.join(folder, 'data') });
    url = await server.url();
    await until('ready', async () => (await fetch(`${url}/readyz`)).status === 200, 110_000);
  };
  const stop = async () => {
    server.child.kill('SIGTERM');
    await server.ended;
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-web-import-'));
    png = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const row = (id: string, more: object) =>
      JSON.stringify({ id, source: 'web', postedAt: '2026-03-01T00:00:00Z', ...more });
    const city = path.join(folder, 'city');
    await mkdir(path.join(city, 'pictures'), { recursive: true });
    await writeFile(path.join(city, 'pictures/red.png'), png);
    const rows = [
      row('1', { text: 'one', images: 'pictures/red.png' }),
      '{"id": 2,',
      row('3', { text: HOSTILE, postedAt: 'soon' }),
      row('4', { text: 'four', images: 'pictures/none.png' }),
    ];
    await writeFile(path.join(city, 'posts.ndjson'), rows.join('\n'));
    const many = Array.from({ length: 20_000 }, (_, i) => row(`m${i}`, { text: `many ${i}` }));
    await writeFile(path.join(folder, 'many.ndjson'), many.join('\n'));
    await start('0');
  }, 300_000);
  afterAll(async () => {
    endAllHotlens();
    await server?.ended;
    await rm(folder, { recursive: true, force: true });
  });
  watchedPages((watched) => {
    ({ page, said } = watched);
  });

  const choose = async (button: string, what: string) => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: button }).press('Enter'),
    ]);
    await chooser.setFiles(path.join(folder, what));
  };
  const checkAxe = async (where: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: colorScheme === 'dark' ? 360 : 1280, height: 800 });
      const violations = await axeFaults(page);
      expect({
        where,
        colorScheme,
        violations,
      }).toEqual({ where, colorScheme, violations: [] });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  };
  /** A file dropped onto the page, as far as a script can do it. */
  const drop = (name: string, type: string, content: Buffer) =>
    page.evaluate(`{
      const bytes = Uint8Array.from(atob('${content.toString('base64')}'), (character) => character.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], '${name}', { type: '${type}' }));
      for (const event of ['dragover', 'drop'])
        document.querySelector('main').dispatchEvent(new DragEvent(event, { bubbles: true, cancelable: true, dataTransfer }));
    }`);

  it('takes a folder by the keyboard, and shows what became of its rows and which were rejected, where and why', async () => {
    await page.goto(`${url}/import`);
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    await checkAxe('/import');
    await choose('Choose a folder', 'city');
    await page.getByText('Sent. It is read as').waitFor();
    await page.getByRole('link', { name: 'posts.ndjson' }).first().click();
    await page.getByRole('heading', { name: '2 rows were rejected' }).waitFor();
    const rows = page.getByRole('table').locator('tbody tr');
    await rows.nth(1).waitFor();
    expect(await rows.nth(0).locator('td').first().textContent()).toBe('2');
    expect(await rows.nth(1).textContent()).toContain('postedAt: expected');
    expect(await rows.nth(1).textContent()).toContain(HOSTILE.slice(0, 20));
    const fact = (name: string) =>
      page
        .locator('dl > div')
        .filter({ has: page.getByText(name, { exact: true }) })
        .locator('dd')
        .textContent();
    await until('the caption', async () => (await fact('Captioned')) === '1');
    expect([await fact('Rows read'), await fact('New posts'), await fact('Rejected rows')]).toEqual(['4', '2', '2']);
    await page.getByText('Post 4, picture 1: pictures/none.png: there is no such file').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('rejections.csv');
    await checkAxe('/import/$id');
    expect(said).toEqual([]);
  });

  it('goes on with an upload when the server was away', async () => {
    await page.goto(`${url}/import`);
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    const port = new URL(url).port;
    await stop();
    await choose('Choose files', 'many.ndjson');
    await page.getByText('It goes on by itself').waitFor();
    await start(port);
    await page.getByText('Sent. It is read as').waitFor();
    await page.getByRole('row', { name: /many\.ndjson .* done 20,000 0 0/ }).waitFor({ timeout: 120_000 });
  });

  it('captions a picture that is dropped on any page, and says what the model knows', async () => {
    await page.goto(`${url}/system`);
    // Its heading stands there before the script that takes drops.
    await page.getByRole('heading', { name: 'Work' }).waitFor();
    await drop('mine.png', 'image/png', png);
    await page.getByRole('dialog').getByText('sure of a word').waitFor();
    const words = await page.getByRole('dialog').textContent();
    expect(words).toMatch(/took [\d.,]+ s/);
    expect(words).toContain('was trained on drawn scenes only');
    await checkAxe('the preview');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await drop('broken.png', 'image/png', Buffer.from('no picture'));
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await page.keyboard.press('Escape');
    await drop('posts.csv', 'text/csv', Buffer.from('id,date,text\nd1,2026-03-01,dropped\n'));
    await page.waitForURL(/\/import$/);
    await page.getByText('Sent. It is read as').waitFor();
    expect(said).toEqual([]);
  });

  it('makes keys, shows each secret once, asks before it revokes one, and lets in and out', async () => {
    await page.goto(`${url}/keys`);
    await page.getByText('There are no keys').waitFor();
    await page.getByLabel('Name, such as whose it is').fill('first');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByText('It is shown now and never again').waitFor();
    const admin = (await page.locator('code').textContent())!;
    expect(admin).toMatch(/^hotlens_/);
    await page.getByRole('button', { name: 'I have it' }).click();
    // With the first key this browser was signed in.
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByLabel('Name, such as whose it is').fill(HOSTILE.slice(0, -1));
    await page.getByLabel('Role').selectOption('VIEWER');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByText('It is shown now and never again').waitFor();
    const viewer = (await page.locator('code').textContent())!;
    await page.getByRole('button', { name: 'I have it' }).click();
    await checkAxe('/keys');

    // Out, and back to where one was, as somebody who may less.
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect((await page.request.get(`${url}/export/posts.csv`)).status()).toBe(401);
    await page.goto(`${url}/search?q=many`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await checkAxe('/signin');
    await page.getByLabel('Key').fill('hotlens_wrong');
    await page.keyboard.press('Enter');
    await page.getByText('the key is not valid').waitFor();
    await page.getByLabel('Key').fill(viewer);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/search?q=many`);
    await page.getByRole('link', { name: 'Import', exact: true }).click();
    await page.getByText('Your key may look, and not import').waitFor();
    expect(await page.getByRole('button', { name: 'Choose files' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Keys', exact: true }).click();
    await page.getByText('Keys are for admins').waitFor();

    // Revoked, he is asked to sign in where he is.
    const other = await openChromium();
    try {
      const theirs = await other.context.newPage();
      theirs.setDefaultTimeout(60_000);
      await theirs.goto(`${url}/keys`);
      await theirs.getByLabel('Key').fill(admin);
      await theirs.keyboard.press('Enter');
      await theirs.getByRole('button', { name: /^Revoke <img/ }).click();
      await theirs.getByRole('button', { name: 'Keep it' }).click();
      await theirs.getByRole('button', { name: /^Revoke <img/ }).click();
      await theirs.getByRole('button', { name: 'Revoke it' }).click();
      await theirs.getByText(/^revoked/).waitFor();
      await theirs.getByRole('cell', { name: 'revokeApiKey' }).waitFor();
    } finally {
      await other.close();
    }
    await page.waitForURL(/\/signin\?to=%2Fkeys/);
    expect(said.filter((text) => !text.includes('401'))).toEqual([]);
  });
});
