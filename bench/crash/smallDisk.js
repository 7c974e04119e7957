// A small file system in memory, where this account may mount one, that can be filled and emptied.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Mounts it over the folder; null where that is not allowed. */
export function mountSmallDisk(folder, size) {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    return null;
  }
  const ballast = path.join(folder, 'ballast');
  return {
    /** Takes all but `leave` bytes of the room. */
    fill(leave) {
      const { bavail, bsize } = statfsSync(folder);
      const file = openSync(ballast, 'w');
      try {
        const chunk = Buffer.alloc(1 << 20, 1);
        for (let left = bavail * bsize - leave; left > 0; left -= chunk.length)
          writeSync(file, chunk, 0, Math.min(left, chunk.length));
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    unmount: () => execFileSync('umount', ['-l', folder], { stdio: 'pipe' }),
  };
}
