import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readImageFile } from '../../src/ingest/readImageFile.js';

let outer: string;
let directory: string;
beforeAll(async () => {
  outer = await mkdtemp(path.join(tmpdir(), 'hotlens-names-'));
  directory = path.join(outer, 'pictures');
  await mkdir(path.join(directory, 'sub'), { recursive: true });
  await mkdir(path.join(outer, 'pictures-of-others'));
  for (const name of [
    'secret',
    'pictures-of-others/secret',
    'pictures/a.png',
    'pictures/sub/b.png',
    'pictures/..c.png',
  ]) {
    await writeFile(path.join(outer, name), name);
  }
  await symlink(path.join(outer, 'secret'), path.join(directory, 'link'));
  await symlink('../../secret', path.join(directory, 'sub/relative-link'));
  await symlink(outer, path.join(directory, 'folder-link'));
  await symlink('link', path.join(directory, 'link-to-link'));
  await symlink('circle', path.join(directory, 'circle'));
  await symlink('a.png', path.join(directory, 'inner-link'));
  await symlink('/proc/self/environ', path.join(directory, 'environ'));
  await link(path.join(directory, 'a.png'), path.join(directory, 'hard.png'));
  execFileSync('mkfifo', [path.join(directory, 'pipe')]);
});
afterAll(() => rm(outer, { recursive: true }));

const read = (name: string, maxBytes = 1000) => readImageFile(name, { directory, maxBytes });

describe('readImageFile', () => {
  it.each(['a.png', './a.png', 'sub/b.png', 'sub/../a.png', 'inner-link', '..c.png', 'hard.png'])(
    'reads %s, which lies in the folder',
    async (name) => {
      expect((await read(name)).length).toBeGreaterThan(0);
    },
  );

  it.each([
    ...[
      '../secret',
      'sub/../../secret',
      './../secret',
      '..',
      '../pictures-of-others/secret',
      '/etc/passwd',
      '//etc/passwd',
    ],
    ...['link', 'sub/relative-link', 'folder-link/secret', 'link-to-link', 'environ', '.', ''],
  ])('refuses %j, which leads out of it', async (name) => {
    await expect(read(name)).rejects.toMatchObject({
      code: 'MEDIA_REFUSED',
      message: expect.stringContaining("outside of the folder of the import's pictures"),
    });
  });

  it.each([
    ['missing.png', 'there is no such file'],
    ['circle', 'there is no such file'],
    ['sub', 'not a file'],
    ['pipe', 'not a file'],
    ['..\\secret', 'there is no such file'],
    ['%2e%2e/secret', 'there is no such file'],
    [`${'x'.repeat(300)}.png`, 'there is no such file'],
    ['a\0.png', 'there is no such file'],
  ])('finds no picture in %j', async (name, reason) => {
    await expect(read(name)).rejects.toMatchObject({ code: 'BAD_IMAGE', message: expect.stringContaining(reason) });
  });

  it('reads no more than it may', async () => {
    await expect(read('a.png', 3)).rejects.toMatchObject({
      code: 'BAD_IMAGE',
      message: expect.stringContaining('too large'),
    });
  });
});
