// Pictures of every page of a running Hotlens, in light, dark and on a phone: `node scripts/screenshots.js URL DIR [PATH ...]`.
// Says what the browser's console and its policy had to say.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openChromium } from './browser/openChromium.js';
import { topHotspot } from './browser/topHotspot.js';

const [url, out, ...given] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: node scripts/screenshots.js URL DIR [PATH ...]');
mkdirSync(out, { recursive: true });
const LOOKS = {
  light: { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: 'light', deviceScaleFactor: 2 },
};
const first = await topHotspot(url);
const paths =
  given.length > 0 ? given : ['/', ...(first ? [`/hotspots/${first.id}`, `/pictures/${first.images[0].sha256}`] : [])];
for (const [look, options] of Object.entries(LOOKS)) {
  const { context, close } = await openChromium(options);
  for (const each of paths) {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) console.log(`${look} ${each}: ${message.text()}`);
    });
    page.on('pageerror', (error) => console.log(`${look} ${each}: ${error.message}`));
    await page.goto(new URL(each, url).href);
    await page.waitForLoadState('networkidle').catch(() => undefined);
    const name = each === '/' ? 'now' : each.split(/[/?]/)[1];
    await page.screenshot({ path: path.join(out, `${name}-${look}.png`), fullPage: look === 'phone' });
    await page.close();
  }
  await close();
}
