// The folder of all that is kept, and its disk.
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { whyUnreadable } from '../errors.js';
import { freeBytes } from '../freeBytes.js';
import { inWords } from '../inWords.js';
import { type Finding, failed, ok, warning } from './finding.js';

const CHECK = 'data folder';
/** Room is told of before posts are refused: with less than so many times what is to be free. */
const NARROW = 2;

/** Nothing is made: of a folder that is not there, the one that it would be made in is looked at. */
export async function checkDataDir(dataDir: string, minFreeBytes: number): Promise<Finding[]> {
  const found = await stat(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (found === undefined) return [await checkParent(dataDir)];
  if (!found.isDirectory())
    return [failed(CHECK, `${dataDir} is a file`, 'let HOTLENS_DATA, or --data, name a folder')];
  return [await checkRights(dataDir, found), await checkRoom(dataDir, minFreeBytes)];
}

async function checkParent(dataDir: string): Promise<Finding> {
  let parent = path.dirname(dataDir);
  while (!(await exists(parent))) parent = path.dirname(parent);
  const refused = await writable(parent);
  if (refused !== undefined)
    return failed(
      CHECK,
      `${dataDir} does not exist, and cannot be made in ${parent}: ${refused}`,
      'make it, or let HOTLENS_DATA name another',
    );
  return warning(
    CHECK,
    `${dataDir} does not exist`,
    'start Hotlens, which makes it; or let HOTLENS_DATA name the one you mean',
  );
}

async function checkRights(
  dataDir: string,
  { uid, mode }: { readonly uid: number; readonly mode: number },
): Promise<Finding> {
  const refused = await writable(dataDir);
  const self = process.getuid?.();
  const shown = `${dataDir}, mode ${(mode & 0o777).toString(8).padStart(4, '0')}`;
  if (refused !== undefined)
    return failed(
      CHECK,
      `${shown}: it cannot be written to: ${refused}`,
      `give it to the account that runs Hotlens (uid ${self}), or make its disk writable`,
    );
  if (self !== undefined && self !== uid && self !== 0)
    return warning(
      CHECK,
      `${shown}, belongs to uid ${uid}, this is uid ${self}`,
      `run Hotlens as its owner, or chown it to ${self}`,
    );
  if ((mode & 0o077) !== 0 && process.platform !== 'win32')
    return warning(
      CHECK,
      `${shown}: other accounts of this machine may enter`,
      `chmod 700 ${dataDir}, unless that is meant`,
    );
  return ok(CHECK, shown);
}

async function checkRoom(dataDir: string, minFreeBytes: number): Promise<Finding> {
  const free = await freeBytes(dataDir);
  const shown = `${inWords(free)} free, HOTLENS_MIN_FREE_BYTES is ${inWords(minFreeBytes)}`;
  if (free < minFreeBytes)
    return failed(
      'disk',
      `${shown}: posts and pictures are refused`,
      'make room: older posts can go (HOTLENS_RETENTION, docs/data.md), or a larger disk come',
    );
  if (free < NARROW * minFreeBytes) return warning('disk', shown, 'make room before posts are refused');
  return ok('disk', shown);
}

/** Why not, or undefined. The kernel is asked: root may write anywhere, but not on a disk that is read-only. */
async function writable(folder: string): Promise<string | undefined> {
  return await access(folder, constants.W_OK | constants.X_OK).then(
    () => undefined,
    (error: unknown) => whyUnreadable(error),
  );
}

async function exists(folder: string): Promise<boolean> {
  return await access(folder).then(
    () => true,
    () => false,
  );
}
