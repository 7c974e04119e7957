// A page of the dashboard, and what finds fault with it.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** SwiftShader's own remark on being read from. */
const NOT_OURS = /GL Driver Message/;

/** A page, and in `said` all that its console and its policy complain of. */
export async function watchedPage(context: BrowserContext): Promise<{ readonly page: Page; readonly said: string[] }> {
  const said: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !NOT_OURS.test(message.text())) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(error.message));
  return { page, said };
}

/** What axe finds fault with as the page stands: each rule with the elements that break it. */
export async function axeFaults(page: Page): Promise<(readonly [rule: string, elements: readonly string[]])[]> {
  const { violations } = (await page.evaluate(`${await readFile(AXE, 'utf8')}; axe.run()`)) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)] as const);
}
