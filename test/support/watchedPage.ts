// A page of the dashboard, and what finds fault with it.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { openChromium } from '../../scripts/browser/openChromium.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** SwiftShader's own remark on being read from. */
const NOT_OURS = /GL Driver Message/;

export interface WatchedPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** All that its console and its policy complain of. */
  readonly said: string[];
}

/** Opens a browser for the tests of this block, and closes it; each test begins with a page of its own, which `begin` is given. */
export function watchedPages(begin: (watched: WatchedPage) => void): void {
  let browser: Awaited<ReturnType<typeof openChromium>> | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    browser = await openChromium({ viewport: { width: 1280, height: 800 } });
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    const watched = await watchedPage(browser!.context);
    page = watched.page;
    begin(watched);
  });
  afterEach(() => page?.close());
}

async function watchedPage(context: BrowserContext): Promise<WatchedPage> {
  const said: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !NOT_OURS.test(message.text())) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(error.message));
  return { context, page, said };
}

/** What axe finds fault with as the page stands: each rule with the elements that break it. */
export async function axeFaults(page: Page): Promise<(readonly [rule: string, elements: readonly string[]])[]> {
  const { violations } = (await page.evaluate(`${await readFile(AXE, 'utf8')}; axe.run()`)) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)] as const);
}
