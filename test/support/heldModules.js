// The embedded database's code, held for as long as this process runs: V8 finds compiled code again by its bytes while somebody holds it, and each
// test file opens a database, in a thread of its own. Without this every one of them compiles, and then optimizes, the same 10 MB anew.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const dist = path.dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'));

/** What is held; compiled at the first use. */
export const heldModules = Promise.all(
  ['pglite.wasm', 'initdb.wasm'].map(async (name) => WebAssembly.compile(await readFile(path.join(dist, name)))),
);
