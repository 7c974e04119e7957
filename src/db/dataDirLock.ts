// One process at a time in a data directory: PGlite itself would let two open the same files and ruin them.
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors.js';

export interface DataDirLock {
  /**
   * Writes where the server that holds the lock can be reached, for the message of whoever finds it held; and what lets the
   * owner of the directory, who alone can read the file, in there.
   */
  announce(url: string, ownerKey?: string): void;
  release(): void;
}

export interface Holder {
  readonly pid: number;
  /** When that process started, as the kernel counts it: a later process with the same id is told apart. */
  readonly startedAt: string;
  readonly url?: string;
  readonly ownerKey?: string;
}

/** A server, and what its owner shows it. */
export interface RunningServer {
  readonly url: string;
  readonly ownerKey: string;
}

const LOCK_FILE = 'hotlens.lock';
/** A lock file without readable content this old was left by a process that died while it wrote it. */
const UNREADABLE_GRACE_MS = 5_000;

const heldHere = new Set<string>();

/**
 * Takes the directory's lock, over from a dead process where need be. Throws AppError CONFLICT naming the process that
 * has it. Processes are told apart by their ids: two containers that share a directory but not their process ids are not.
 */
export function lockDataDir(dataDir: string): DataDirLock {
  const file = path.resolve(dataDir, LOCK_FILE);
  const self: Holder = { pid: process.pid, startedAt: startOf(process.pid) ?? '' };
  // Twice: between finding a stale lock and taking its place another process may have done so, and is then the holder.
  if (!create(file, self) && !(removeStale(file) && create(file, self))) throw held(file);
  heldHere.add(file);
  const release = () => {
    if (heldHere.delete(file)) rmSync(file, { force: true });
    process.off('exit', release);
  };
  process.once('exit', release);
  return {
    announce: (url, ownerKey) => replace(file, { ...self, url, ...(ownerKey === undefined ? {} : { ownerKey }) }),
    release,
  };
}

/** The server that has the directory open; undefined where none has, or what has it open is none. */
export function runningServer(dataDir: string): RunningServer | undefined {
  const holder = holderOf(dataDir);
  return holder?.url === undefined || holder.ownerKey === undefined
    ? undefined
    : { url: holder.url, ownerKey: holder.ownerKey };
}

/** The process that has the directory open, server or not; undefined where none has. */
export function holderOf(dataDir: string): Holder | undefined {
  const file = path.resolve(dataDir, LOCK_FILE);
  const content = read(file);
  return content === undefined || !isAlive(file, content) ? undefined : parse(content);
}

function create(file: string, holder: Holder): boolean {
  let handle: number;
  try {
    handle = openSync(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  writeSync(handle, JSON.stringify(holder));
  closeSync(handle);
  return true;
}

function replace(file: string, holder: Holder): void {
  // Made anew: one that lies there already keeps the rights that it has.
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, JSON.stringify(holder), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Whether the lock was stale and is gone now. */
function removeStale(file: string): boolean {
  const seen = read(file);
  if (seen === undefined) return true;
  if (isAlive(file, seen)) return false;
  // Renamed rather than removed: should another process have taken it over in between, its lock is put back.
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return true;
  }
  const moved = read(aside);
  if (moved !== undefined && moved !== seen) {
    renameSync(aside, file);
    return false;
  }
  rmSync(aside, { force: true });
  return true;
}

function isAlive(file: string, content: string): boolean {
  const holder = parse(content);
  if (holder === undefined) return Date.now() - statSync(file).mtimeMs < UNREADABLE_GRACE_MS;
  // A container's processes often get the same ids again after a restart: our own id is ours only if we took the lock.
  if (holder.pid === process.pid) return heldHere.has(file);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another account.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (isGone(holder.pid)) return false;
  const startedAt = startOf(holder.pid);
  return startedAt === undefined || holder.startedAt === '' || startedAt === holder.startedAt;
}

/** Whether a process is dead but was not yet waited for by its parent, as in a container whose first process reaps nobody. */
function isGone(pid: number): boolean {
  return ['Z', 'X'].includes(statFields(pid)?.[0] ?? '');
}

/** Boot and start time of a process where the system tells (Linux); undefined elsewhere. */
function startOf(pid: number): string | undefined {
  const ticks = statFields(pid)?.[19];
  if (ticks === undefined) return undefined;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}/${ticks}`;
}

/** What Linux says of a process, from its state (field 3) on: its name before that stands in parentheses and may hold spaces. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function held(file: string): AppError {
  const holder = parse(read(file) ?? '');
  const directory = path.dirname(file);
  if (holder === undefined)
    return new AppError('CONFLICT', `another process is opening the data directory ${directory}`);
  const way = holder.url ? `stop it, or send the posts to its GraphQL API at ${holder.url}` : 'stop it first';
  const who = holder.url ? 'a Hotlens server' : 'another Hotlens process';
  return new AppError('CONFLICT', `${who} is using the data directory ${directory} (pid ${holder.pid}): ${way}`);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(content: string): Holder | undefined {
  try {
    const holder = JSON.parse(content) as Holder;
    return Number.isInteger(holder?.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}
