// How long a newcomer waits: `node bench/firstHotspot.js [ROUNDS]`, in a clone where `npm ci` has just been done.
//
// `npm run demo` on a new data folder, with a browser that opens the page as soon as it is served. Seconds from the command to the
// address, to the first caption and the first hotspot on the page; medians of ROUNDS (3), each with what was built taken away.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { openChromium } from '../scripts/browser/openChromium.js';
import { foreignEnv } from './crash/processes.js';
import { median } from './median.js';

const rounds = Number(process.argv[2] ?? 3);
const PORT = 4871;
const PATIENCE_MS = 600_000;
const seen = { address: [], caption: [], hotspot: [] };
const { context, close } = await openChromium({ viewport: { width: 1440, height: 900 } });
for (let round = 0; round < rounds; round++) {
  await rm('dist', { recursive: true, force: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-first-'));
  const env = { ...foreignEnv(), HOTLENS_DATA: folder, HOTLENS_PORT: String(PORT), HOTLENS_LOG_LEVEL: 'error' };
  const began = performance.now();
  const after = () => (performance.now() - began) / 1000;
  const demo = spawn('npm', ['run', 'demo'], { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const ended = new Promise((resolve) => demo.once('exit', resolve));
  try {
    await new Promise((resolve, reject) => {
      let text = '';
      demo.stdout.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        if (text.includes('Hotlens is at')) resolve();
      });
      demo.once('exit', (code) => reject(new Error(`npm run demo ended with ${code}`)));
    });
    seen.address.push(after());
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${PORT}`);
    await Promise.all([
      page
        .locator('main a[href^="/pictures/"]')
        .first()
        .waitFor({ timeout: PATIENCE_MS })
        .then(() => seen.caption.push(after())),
      page
        .locator('main a[href^="/hotspots/"]')
        .first()
        .waitFor({ timeout: PATIENCE_MS })
        .then(() => seen.hotspot.push(after())),
    ]);
    await page.close();
  } finally {
    process.kill(-demo.pid, 'SIGTERM');
    await ended;
    // npm is gone before the server is.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
  }
}
await close();
const told = ([name, times]) =>
  `${name} ${median(times).toFixed(1)} s (${times.map((time) => time.toFixed(1)).join(', ')})`;
console.log(`from \`npm run demo\` to the ${Object.entries(seen).map(told).join('; ')}`);
console.log(
  `${cpus().length} cores (${cpus()[0].model}), node ${process.version}, load average ${loadavg()[0].toFixed(1)}`,
);
