// What Lighthouse says of the main pages: `npm run build && node bench/lighthouse.js [URL [PAGE ...]]`.
//
// Of the production build, over the living demo (its own, on a new data folder, or the one at URL), with Lighthouse's own settings: a
// phone on a slow network, simulated. Three runs a page; the medians of each category, and of what the first is made of: the first and the
// largest paint, how soon the window looks as it will (s), how long the page could not answer (ms), what moved, what was fetched (kB). The
// demo's time is stopped, so that all runs see the same. Lighthouse is fetched by npx: it is no dependency of Hotlens (12: the last that runs
// on Node 20).
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromiumPath } from '../scripts/browser/openChromium.js';
import { topHotspot } from '../scripts/browser/topHotspot.js';
import { foreignEnv } from './crash/processes.js';
import { median } from './median.js';

const LIGHTHOUSE = 'lighthouse@12.8.2';
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const RUNS = 3;
/** What of a run is told, as it is told. */
const FIGURES = {
  'first paint': ['first-contentful-paint', (ms) => (ms / 1000).toFixed(2)],
  'largest paint': ['largest-contentful-paint', (ms) => (ms / 1000).toFixed(2)],
  'speed index': ['speed-index', (ms) => (ms / 1000).toFixed(2)],
  blocked: ['total-blocking-time', (ms) => Math.round(ms)],
  moved: ['cumulative-layout-shift', (share) => share.toFixed(3)],
  fetched: ['total-byte-weight', (bytes) => Math.round(bytes / 1000)],
};
const [given, ...wanted] = process.argv.slice(2);
const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-lighthouse-'));
const { url, end } = given === undefined ? await startDemo() : { url: given, end: () => undefined };
try {
  const first = await firstHotspot();
  await stopTime();
  const pages = {
    Now: '/',
    hotspot: `/hotspots/${first.id}`,
    picture: `/pictures/${first.images[0].sha256}`,
    search: '/search?q=fire',
    map: '/map',
    import: '/import',
    system: '/system',
  };
  const columns = [...CATEGORIES, ...Object.keys(FIGURES)];
  console.log(`| page | ${columns.join(' | ')} | what is below 0.9 |\n|---|${'---|'.repeat(columns.length + 1)}`);
  for (const [name, where] of Object.entries(pages)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const runs = [];
    for (let run = 0; run < RUNS; run++) runs.push(await look(where));
    const scores = CATEGORIES.map((category) =>
      Math.round(100 * median(runs.map(({ categories }) => categories[category].score))),
    );
    const figures = Object.values(FIGURES).map(([audit, told]) =>
      told(median(runs.map(({ audits }) => audits[audit].numericValue))),
    );
    const flaws = Object.values(runs[0].audits).filter(
      ({ score, scoreDisplayMode }) => score !== null && score < 0.9 && scoreDisplayMode !== 'informative',
    );
    console.log(
      `| ${name} | ${[...scores, ...figures].join(' | ')} | ${flaws.map(({ id, displayValue }) => (displayValue ? `${id} (${displayValue})` : id)).join(', ')} |`,
    );
  }
  console.log(`\n${LIGHTHOUSE}, ${cpus().length} cores (${cpus()[0].model}), load average ${loadavg()[0].toFixed(1)}`);
} finally {
  end();
  await rm(folder, { recursive: true, force: true });
}

async function look(where) {
  const out = path.join(folder, 'report.json');
  const flags = '--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update';
  const args = [
    '--yes',
    LIGHTHOUSE,
    new URL(where, url).href,
    '--quiet',
    '--output=json',
    `--output-path=${out}`,
    `--only-categories=${CATEGORIES}`,
    `--chrome-flags=${flags}`,
  ];
  const { status, stderr } = spawnSync('npx', args, {
    env: { ...process.env, CHROME_PATH: chromiumPath() },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`lighthouse: ${stderr}`);
  return JSON.parse(await readFile(out, 'utf8'));
}

async function firstHotspot() {
  for (;;) {
    const found = await topHotspot(url);
    if (found?.images.length > 0) return found;
    await pause(1000);
  }
}

async function stopTime() {
  await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'mutation { setDemo(paused: true) { paused } }' }),
  });
}

async function startDemo() {
  const env = { ...foreignEnv(), HOTLENS_DATA: path.join(folder, 'data'), HOTLENS_LOG_LEVEL: 'error' };
  const child = spawn(process.execPath, ['dist/main.js', 'start', '--demo', '--port', '0'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/\S+/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}`)));
  });
  return { url: address, end: () => child.kill('SIGTERM') };
}
