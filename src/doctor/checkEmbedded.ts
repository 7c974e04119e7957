// The embedded database: who has it open, and what is in it. One that nobody has open is copied and the copy looked at: opening it
// would write to its files, and keep a server from starting meanwhile.
import { constants } from 'node:fs';
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config } from '../config.js';
import { type Holder, holderOf } from '../db/dataDirLock.js';
import { openEmbedded } from '../db/openEmbedded.js';
import { messageOf } from '../errors.js';
import { freeBytes } from '../freeBytes.js';
import { inWords } from '../inWords.js';
import { checkRunningServer } from './checkRunningServer.js';
import { checkTables } from './checkTables.js';
import { type Finding, failed, ok, tried, warning } from './finding.js';

const CHECK = 'database';
/** A larger database is not copied for a look (bytes). */
const LARGEST_COPY = 4e9;
const PROMISE = 'it survives kill -9, but not a power loss (for what you cannot lose: PostgreSQL)';

export async function checkEmbedded(config: Config): Promise<Finding[]> {
  const holder = holderOf(config.dataDir);
  if (holder !== undefined) return await checkHeld(holder);
  const directory = path.join(config.dataDir, 'db');
  const bytes = await sizeOf(directory);
  if (bytes === 0) return [ok(CHECK, `embedded; none yet: it is made at the first start; ${PROMISE}`)];
  const free = await freeBytes(tmpdir());
  if (bytes > LARGEST_COPY || 2 * bytes > free)
    return [
      warning(
        CHECK,
        `embedded, ${inWords(bytes)}: too large for a copy in ${tmpdir()} (${inWords(free)} free), so not looked into; ${PROMISE}`,
        'start Hotlens and ask again: the server is asked then',
      ),
    ];
  const copy = await mkdtemp(path.join(tmpdir(), 'hotlens-doctor-'));
  try {
    await cp(directory, path.join(copy, 'db'), { recursive: true, mode: constants.COPYFILE_FICLONE });
    return await lookAtCopy(config, copy, bytes);
  } catch (error) {
    if (holderOf(config.dataDir) !== undefined)
      return [warning(CHECK, 'embedded; a process opened it while it was looked at', 'ask again')];
    return [
      failed(
        CHECK,
        `embedded, ${inWords(bytes)}: a copy of it cannot be opened: ${messageOf(error)}`,
        'restore it from a backup (docs/data.md)',
      ),
    ];
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function lookAtCopy(config: Config, copy: string, bytes: number): Promise<Finding[]> {
  const db = await openEmbedded({ dataDir: copy });
  try {
    const { rows } = await db.pool.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
    return [
      ok(CHECK, `embedded, PostgreSQL ${rows[0]!.version}, ${inWords(bytes)}, nobody has it open; ${PROMISE}`),
      ...(await tried('tables', () => checkTables(db.pool, config))),
    ];
  } finally {
    await db.close();
  }
}

async function checkHeld({ pid, url, ownerKey }: Holder): Promise<Finding[]> {
  if (url === undefined)
    return [
      warning(
        CHECK,
        `embedded, in use by the process ${pid}, which does not serve (yet)`,
        'ask again in a while: a server may be starting, an import or a backup under way',
      ),
    ];
  return [
    ok(CHECK, `embedded, in use by the server at ${url} (pid ${pid}), which is asked; ${PROMISE}`),
    ...(await tried('server', () => checkRunningServer(url, ownerKey))),
  ];
}

/** 0 where it is not there. */
async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return [];
    },
  );
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(({ parentPath, name }) => stat(path.join(parentPath, name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
