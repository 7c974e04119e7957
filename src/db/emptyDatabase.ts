// The archive of an empty PGlite data directory that the build makes (scripts/emptyDatabase.js).
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PACKAGE_ROOT } from '../config.js';

/** Named after PGlite's version: another one makes another archive. */
export const EMPTY_DATABASE = path.join(PACKAGE_ROOT, `dist/db/emptyDatabase-${pgliteVersion()}.tar.gz`);

/** What PGlite unpacks instead of running initdb; undefined where the build has not made it. */
export async function readEmptyDatabase(): Promise<Blob | undefined> {
  try {
    return new Blob([await readFile(EMPTY_DATABASE)]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function pgliteVersion(): string {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(path.join(path.dirname(main), '../package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
