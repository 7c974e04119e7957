// Another tool at the same work: a script of bench/peers, run by the Python that HOTLENS_PEER_PYTHON names.
import { spawnSync } from 'node:child_process';

/** Whether there is a Python to compare with. */
export const PEER = process.env.HOTLENS_PEER_PYTHON !== undefined && process.env.HOTLENS_PEER_PYTHON !== '';

/** The object in the last line that the script prints. Throws what it said where it failed. */
export function runPeer(script, args) {
  const file = new URL(`./peers/${script}`, import.meta.url).pathname;
  const { stdout, stderr, status } = spawnSync(process.env.HOTLENS_PEER_PYTHON, [file, ...args.map(String)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').pop());
}
