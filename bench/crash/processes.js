// Hotlens in its processes, started and started again as whoever watches over services would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

/** A hang, not a measurement: of a machine that has much else to do. */
const START_DEADLINE_MS = 240_000;

/**
 * `roles`: `start` alone, or `api` and workers (`worker 1`, ...). Their logs go to a file each in `folder`. What dies is started
 * again; `expected` says of a death whether it was meant. `settings` go over what is in the environment and none of Hotlens' own.
 */
export function createProcesses({ roles, folder, settings }) {
  const env = { ...foreignEnv(), ...settings };
  const running = new Map();
  const unexpected = [];
  let stopping = false;
  let port;

  async function start(role) {
    port ??= await freePort();
    const args = role === 'start' || role === 'api' ? [role, '--port', String(port)] : ['worker'];
    const log = createWriteStream(path.join(folder, `${role.replace(' ', '')}.log`), { flags: 'a' });
    const child = spawn(process.execPath, ['dist/main.js', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.pipe(log);
    running.set(role, child);
    child.once('exit', (code, signal) => {
      if (running.get(role) !== child) return;
      running.delete(role);
      if (stopping) return;
      if (!child.meant) unexpected.push(`${role} ended with ${signal ?? code}`);
      void start(role);
    });
  }

  return {
    unexpected,
    url: () => `http://127.0.0.1:${port}`,
    /** Process ids by role. */
    pids: () => Object.fromEntries([...running].map(([role, { pid }]) => [role, pid])),
    async startAll() {
      stopping = false;
      for (const role of roles) if (!running.has(role)) await start(role);
    },
    /** SIGKILL for one of the process's kind; with `tree`, for all that it started too. */
    kill(role, { tree = false } = {}) {
      const child = running.get(role);
      if (child === undefined) return;
      child.meant = true;
      for (const pid of tree ? childrenOf(child.pid) : []) end(pid);
      end(child.pid);
    },
    /** SIGKILL for the processes that run inference below this one. */
    killInference(role) {
      const child = running.get(role);
      for (const pid of child === undefined ? [] : childrenOf(child.pid)) end(pid);
    },
    /** The API answers, and the worker in its process has loaded its models. */
    async ready() {
      const deadline = Date.now() + START_DEADLINE_MS;
      let last;
      for (;;) {
        try {
          const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5000) });
          last = await response.text();
          if (response.ok) return;
        } catch (error) {
          last = error.message;
        }
        if (Date.now() > deadline) throw new Error(`not ready after ${START_DEADLINE_MS} ms: ${last}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    /** SIGTERM for all; resolves to the statuses by role once they have ended, and throws where one does not. */
    async stopAll(deadlineMs) {
      stopping = true;
      const statuses = await Promise.all(
        [...running].map(async ([role, child]) => {
          const exit = once(child, 'exit');
          child.kill('SIGTERM');
          const late = new Promise((_, reject) =>
            setTimeout(
              () => reject(new Error(`${role} does not end within ${deadlineMs} ms of SIGTERM`)),
              deadlineMs,
            ).unref(),
          );
          const [code, signal] = await Promise.race([exit, late]);
          return [role, signal ?? code];
        }),
      );
      return Object.fromEntries(statuses);
    },
    killAll() {
      stopping = true;
      for (const child of running.values()) {
        for (const pid of childrenOf(child.pid)) end(pid);
        end(child.pid);
      }
    },
  };
}

/** The environment without what Hotlens reads of it: what is measured is not to depend on who measures. */
export function foreignEnv() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(HOTLENS|DATABASE)_/.test(name)));
}

function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** As Linux tells; nobody's where the process is gone. */
export function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
