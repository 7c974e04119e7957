// What the processes below some others hold, as Linux tells.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { childrenOf } from '../crash/processes.js';

/**
 * By name: resident bytes and open files of each process of `pids` (by role), and of the process of inference below it. Files under
 * `databaseDir` are counted apart: the embedded database keeps every file of its tables open, at most a thousand, as PostgreSQL does.
 */
export function lookAtProcesses(pids, databaseDir) {
  const found = new Map();
  for (const [role, pid] of Object.entries(pids)) {
    const name = role.replace(/ \d+$/, '');
    for (const [one, id] of [[name, pid], ...childrenOf(pid).map((child) => [`inference of ${name}`, child])]) {
      const seen = lookAt(id, databaseDir);
      if (seen !== null) found.set(one, seen);
    }
  }
  return found;
}

/** Null where it has just ended. */
function lookAt(pid, databaseDir) {
  try {
    const rss = 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]);
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(`/proc/${pid}/fd/${fd}`));
    const ofDatabase = open.filter((target) => target.startsWith(databaseDir)).length;
    return { rss, files: open.length - ofDatabase, ofDatabase };
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
}

/** Empty where it has been closed meanwhile. */
function targetOf(link) {
  try {
    return readlinkSync(link);
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}
