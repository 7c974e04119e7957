// How a run against servers of its own ends.
import { rm } from 'node:fs/promises';

const STOP_MS = 60_000;

/** Ends the servers in an orderly way; what did not go well is added to `wrong`. */
export async function stopServers({ processes, wrong }) {
  const statuses = await processes.stopAll(STOP_MS);
  for (const [role, status] of Object.entries(statuses)) if (status !== 0) wrong.push(`${role} ended with ${status}`);
}

/** Says what was wrong and keeps the logs of it, or leaves nothing behind; ends this process with status 1 or 0. */
export async function conclude({ postgres, folder, wrong }) {
  if (postgres) {
    postgres.kill('SIGINT');
    await postgres.ended();
  }
  if (wrong.length > 0) process.stdout.write(`WRONG: ${wrong.join('\n')}\nlogs: ${folder}\n`);
  else await rm(folder, { recursive: true, force: true });
  process.exit(wrong.length > 0 ? 1 : 0);
}
