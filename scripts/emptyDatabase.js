// Writes dist/db/emptyDatabase-VERSION.tar.gz: a data directory as PGlite's initdb makes it. Unpacking it takes a fifth of the time
// (0.7 s of CPU instead of 3 to 5), at every first start and in every test file.
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { EMPTY_DATABASE } from '../dist/db/emptyDatabase.js';

if (!existsSync(EMPTY_DATABASE)) {
  const db = await PGlite.create();
  const archive = await db.dumpDataDir('gzip');
  await db.close();
  writeFileSync(`${EMPTY_DATABASE}.new`, Buffer.from(await archive.arrayBuffer()));
  renameSync(`${EMPTY_DATABASE}.new`, EMPTY_DATABASE);
}
