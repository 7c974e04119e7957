// Runs a command beside a real PostgreSQL with pgvector: `node scripts/withPostgres.js COMMAND ARGS...`
//
// The command finds it in HOTLENS_TEST_DATABASE_URL. The server (postgresServer.js) is gone when the command ends, however it
// ends. Where none is to be had, the command runs without the variable, and the tests that need it are listed as skipped.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { startPostgres } from './postgresServer.js';

const [command, ...args] = process.argv.slice(2);
if (!command) {
  process.stderr.write('usage: node scripts/withPostgres.js COMMAND ARGS...\n');
  process.exit(2);
}

const say = (text) => process.stderr.write(`withPostgres: ${text}\n`);
let server;
let child;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A command that is running decides how it ends; its status becomes ours.
    if (child) child.kill(signal);
    else process.exit(128 + constants.signals[signal]);
  });
}

try {
  server = await startPostgres({ say });
} catch (error) {
  say('*** NO POSTGRESQL: the tests that need one are SKIPPED ***');
  say(error.message);
}
const status = await run();
if (server) {
  // PostgreSQL's fast shutdown: it does not wait for clients.
  server.kill('SIGINT');
  await server.ended();
}
process.exit(status);

function run() {
  const env = { ...process.env };
  if (server) env.HOTLENS_TEST_DATABASE_URL = server.url;
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
