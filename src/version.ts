// What Hotlens calls itself.
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The package's version, such as 0.1.0. */
export const VERSION = version;
