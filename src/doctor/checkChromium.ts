// A browser for the browser tests: Hotlens itself needs none.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Finding, ok, warning } from './finding.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const DEADLINE_MS = 10_000;

export async function checkChromium(): Promise<Finding> {
  for (const name of NAMES) {
    const answer = await promisify(execFile)(name, ['--version'], { timeout: DEADLINE_MS }).catch(() => undefined);
    if (answer !== undefined) return ok('chromium', answer.stdout.trim());
  }
  return warning('chromium', 'none found', 'nothing, unless you run the browser tests: then install Chromium');
}
