// Frames per second of the map page while it is moved and zoomed: `npm run build && node bench/mapFrames.js [POINTS ...]` (default 10000 100000).
// The page is the one that ships, in Chromium without a graphics card (SwiftShader draws on the processor), 1,440 x 900. Its points are made up:
// forty clouds, in the bytes that the server sends; the server itself holds nothing.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mapBytes } from '../dist/server/mapBytes.js';
import { normals } from '../dist/training/random.js';
import { openChromium } from '../scripts/browser/openChromium.js';

const SECONDS = 8;
const CLOUDS = 40;
const HOTSPOTS = 12;
const sizes = process.argv.slice(2).map(Number);
const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-frames-'));
const server = spawn(process.execPath, ['dist/main.js', 'start', '--port', '0'], {
  env: { ...process.env, HOTLENS_DATA: folder },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise((resolve) => {
  let said = '';
  server.stdout.on('data', (text) => {
    said += text;
    const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    if (found) resolve(found);
  });
});
const { context, close } = await openChromium({ viewport: { width: 1440, height: 900 } });

function madeMap(count) {
  const normal = normals('frames', count);
  const hotspots = Array.from({ length: HOTSPOTS }, (_, i) => ({ id: `h${i + 1}`, pictures: 0, x: 0, y: 0 }));
  const map = {
    version: 'made',
    layout: 1,
    since: new Date('2026-03-01T00:00:00Z'),
    until: new Date('2026-03-02T00:00:00Z'),
    numbers: Uint32Array.from({ length: count }, (_, i) => i + 1),
    xs: new Float32Array(count),
    ys: new Float32Array(count),
    hotspotOf: Uint16Array.from({ length: count }, (_, i) => (i % CLOUDS < HOTSPOTS ? (i % CLOUDS) + 1 : 0)),
    hotspots,
  };
  for (let i = 0; i < count; i += 1) {
    const turn = (2 * Math.PI * (i % CLOUDS)) / CLOUDS;
    map.xs[i] = 8 * Math.cos(turn) * (1 + (i % 3) / 3) + normal();
    map.ys[i] = 8 * Math.sin(turn) * (1 + (i % 3) / 3) + normal();
  }
  for (const [i, hotspot] of hotspots.entries())
    Object.assign(hotspot, { pictures: Math.floor(count / CLOUDS), x: map.xs[i], y: map.ys[i] });
  return map;
}

const per = (times, share) => [...times].sort((a, b) => a - b)[Math.floor(share * (times.length - 1))];
console.log(
  '| points | bytes | first drawn, s | what is done | frames/s | median frame, ms | 95 of a hundred, ms |\n|---|---|---|---|---|---|---|',
);
for (const count of sizes.length > 0 ? sizes : [10_000, 100_000]) {
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const map = madeMap(count);
  const bytes = mapBytes(map);
  await page.route('**/map/points*', (route) =>
    route.fulfill({ body: bytes, contentType: 'application/vnd.hotlens.map' }),
  );
  await page.route('**/graphql', async (route) => {
    const { operationName } = route.request().postDataJSON();
    if (operationName === 'MapPictures') return route.fulfill({ json: { data: { mapPictures: [] } } });
    if (operationName !== 'CaptionMap') return route.continue();
    const hotspots = map.hotspots.map(({ id, pictures, x, y }) => ({
      __typename: 'MapHotspot',
      pictures,
      x,
      y,
      hotspot: { __typename: 'Hotspot', id, title: `hotspot ${id}` },
    }));
    const { version, layout, since, until } = map;
    return route.fulfill({
      json: {
        data: {
          map: { __typename: 'CaptionMap', version, layout, since, until, pictures: count, waiting: 0, hotspots },
        },
      },
    });
  });
  const started = performance.now();
  await page.goto(`${url}/map`);
  await page.locator(`canvas[data-points="${count}"][data-kind]`).waitFor();
  const first = (performance.now() - started) / 1000;
  const box = await page.getByRole('application').boundingBox();
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  const measure = async (what, move) => {
    await page.evaluate(() => {
      window.frames_ = [];
      let before = performance.now();
      const each = (now) => {
        window.frames_.push(now - before);
        before = now;
        window.handle_ = requestAnimationFrame(each);
      };
      window.handle_ = requestAnimationFrame(each);
    });
    const until = performance.now() + SECONDS * 1000;
    for (let i = 0; performance.now() < until; i += 1) await move(i);
    const frames = await page.evaluate(() => {
      cancelAnimationFrame(window.handle_);
      return window.frames_.slice(2);
    });
    const all = frames.reduce((sum, ms) => sum + ms, 0);
    console.log(
      `| ${count.toLocaleString('en')} | ${bytes.length.toLocaleString('en')} | ${first.toFixed(1)} | ${what} | ${((1000 * frames.length) / all).toFixed(1)} | ${per(frames, 0.5).toFixed(1)} | ${per(frames, 0.95).toFixed(1)} |`,
    );
  };
  await page.mouse.move(...middle);
  await page.mouse.down();
  await measure('moved about', (i) =>
    page.mouse.move(middle[0] + 200 * Math.sin(i / 12), middle[1] + 120 * Math.cos(i / 9)),
  );
  await page.mouse.up();
  await measure('zoomed in and out', (i) => page.mouse.wheel(0, i % 40 < 20 ? -30 : 30));
  await page.close();
}
await close();
server.kill('SIGTERM');
await new Promise((resolve) => server.once('close', resolve));
rmSync(folder, { recursive: true, force: true });
