// Debian's Chromium, driven by playwright-core. Nothing that it starts by itself may ask the network.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of a Chromium on this machine (HOTLENS_CHROMIUM, or where systems keep it); undefined where there is none. */
export function chromiumPath() {
  return [process.env.HOTLENS_CHROMIUM, ...PLACES].find((place) => place !== undefined && existsSync(place));
}

/** A browser context with a profile of its own, which `close` removes. `options` are playwright's. */
export async function openChromium(options = {}) {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('no Chromium is on this machine: HOTLENS_CHROMIUM names one');
  const profile = await mkdtemp(path.join(tmpdir(), 'hotlens-chromium-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: ARGS, ...options });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
