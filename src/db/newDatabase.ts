// What a new embedded database begins with: archives of PGlite's data directory that the build makes (scripts/newDatabase.js).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { PACKAGE_ROOT } from '../config.js';
import { MIGRATIONS_DIR, readMigrations } from './migrate.js';

const unzip = promisify(gunzip);

/** As initdb leaves it, or with every migration of this version. */
export type Beginning = 'empty' | 'migrated';

/** Where the archive lies. It is named after what it is made of: another PGlite, or other migrations, make another one. */
export async function archiveOf(beginning: Beginning): Promise<string> {
  const made = createHash('sha256').update(pgliteVersion());
  if (beginning === 'migrated') {
    for (const { name, checksum } of await readMigrations(MIGRATIONS_DIR)) made.update(`${name} ${checksum}\n`);
  }
  return path.join(PACKAGE_ROOT, `dist/db/${beginning}-${made.digest('hex').slice(0, 12)}.tar.gz`);
}

/** What PGlite unpacks instead of running initdb; one without migrations where there is none with them, undefined where the build has made neither. */
export async function readArchive(beginning: Beginning): Promise<Blob | undefined> {
  try {
    // PGlite unpacks what is compressed as well, in three times the time.
    return new Blob([await unzip(await readFile(await archiveOf(beginning)))]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return beginning === 'migrated' ? await readArchive('empty') : undefined;
  }
}

function pgliteVersion(): string {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(path.join(path.dirname(main), '../package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
