import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkDataDir } from '../../src/doctor/checkDataDir.js';
import { freeBytes } from '../../src/freeBytes.js';

describe('a look at the data folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-data-dir-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('warns while there is less than twice the room that posts need, and fails where there is less than that', async () => {
    const free = await freeBytes(folder);
    const disk = async (minFreeBytes: number) => (await checkDataDir(folder, minFreeBytes))[1];
    expect(await disk(free / 4)).toMatchObject({ check: 'disk', status: 'ok' });
    expect(await disk(free / 1.4)).toMatchObject({ status: 'warning', next: 'make room before posts are refused' });
    expect(await disk(free * 2)).toMatchObject({
      status: 'failed',
      found: expect.stringContaining('posts and pictures are refused'),
      next: expect.stringContaining('HOTLENS_RETENTION'),
    });
  });

  it('tells of a file in its place, and of a folder that others may enter', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    expect(await checkDataDir(file, 0)).toMatchObject([{ status: 'failed', found: `${file} is a file` }]);
    await chmod(folder, 0o755);
    const [open] = await checkDataDir(folder, 0);
    expect(open).toMatchObject({ status: 'warning', next: expect.stringContaining(`chmod 700 ${folder}`) });
    await chmod(folder, 0o700);
    const [closed] = await checkDataDir(folder, 0);
    expect(closed).toMatchObject({ status: 'ok' });
  });
});
