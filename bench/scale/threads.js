// Processor time and memory of this process's threads and of others, as Linux tells.
import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';

/** Of a second, what /proc counts in (USER_HZ, 100 on every Linux that Node runs on). */
const TICK_MS = 10;

/** The threads of this process, once those that Node keeps for files are there too: what is started later is told from them. */
export async function threadsSoFar() {
  await Promise.all(Array.from({ length: 16 }, () => readdir('/proc/self')));
  return new Set(readdirSync('/proc/self/task'));
}

/** The id of the busiest thread that was not among `before`: that of the embedded database, where nothing else was started. */
export function startedSince(before) {
  const started = readdirSync('/proc/self/task').filter((id) => !before.has(id));
  return started.sort((a, b) => threadMs(b) - threadMs(a))[0];
}

/** Processor time (ms) of a thread of this process. */
export function threadMs(id) {
  return ticks(`/proc/self/task/${id}/stat`) * TICK_MS;
}

/** Processor time (ms) of a process. */
export function processMs(pid) {
  return ticks(`/proc/${pid}/stat`) * TICK_MS;
}

/** Resident MB of a process. */
export function residentMb(pid = process.pid) {
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1000);
}

function ticks(file) {
  // Behind the name, which may hold anything.
  const fields = readFileSync(file, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
