// Tests in a real browser, where there is one.
import { describe } from '@jest/globals';
import { chromiumPath } from '../../scripts/browser/openChromium.js';

/** Defines tests that need Chromium; without one they are skipped, and their title says so. */
export function describeChromium(title: string, define: () => void): void {
  if (chromiumPath() !== undefined) describe(`${title} [Chromium]`, define);
  else describe.skip(`${title} [Chromium: skipped, none is installed; HOTLENS_CHROMIUM names one]`, define);
}
