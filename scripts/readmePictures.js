// The README's pictures, of a running demo: `node scripts/readmePictures.js URL`.
import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { openChromium } from './browser/openChromium.js';
import { topHotspot } from './browser/topHotspot.js';

const [url] = process.argv.slice(2);
if (url === undefined) throw new Error('usage: node scripts/readmePictures.js URL');
const first = await topHotspot(url);
const pages = {
  now: ['/', 'light'],
  hotspot: [`/hotspots/${first.id}`, 'light'],
  picture: [`/pictures/${first.images[0].sha256}?word=3`, 'dark'],
};
const { context, close } = await openChromium({ viewport: { width: 1280, height: 800 } });
for (const [name, [where, colorScheme]] of Object.entries(pages)) {
  const page = await context.newPage();
  await page.emulateMedia({ colorScheme });
  await page.goto(new URL(where, url).href);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(3000);
  const file = await sharp(await page.screenshot())
    .png({ palette: true, effort: 10 })
    .toBuffer();
  await writeFile(`docs/images/${name}.png`, file);
  console.log(`docs/images/${name}.png: ${Math.ceil(file.length / 1024)} kB`);
  await page.close();
}
await close();
