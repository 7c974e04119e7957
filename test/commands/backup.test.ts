import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askGraphQL, endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { until } from '../support/until.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-backup-command-'));
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true, force: true });
});

const ANSWERS = `{
  posts(first: 100) { totalCount nodes { id nativeId text raw images { altText image { sha256 phash } caption { text confidence tokenIds } } hotspot { id } } }
  hotspots(first: 50) { totalCount nodes { id title keywords state score postCount authorCount } }
  hotspotEvents(first: 100) { totalCount nodes { at kind reason } }
  imports { nodes { origin accepted rejected } }
}`;
const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { ended, stdout, stderr } = runHotlens(args, env);
  return { status: await ended, stdout: stdout(), stderr: stderr() };
};

/** What a server says once it has nothing left to do. */
async function settled(url: string): Promise<{ readonly posts: { readonly totalCount: number } }> {
  await until('readiness', async () => (await fetch(`${url}/readyz`)).ok);
  await until(
    'nothing left to do',
    async () => {
      const { detection, pending } = await askGraphQL<{
        detection: { waitingPosts: number };
        pending: { totalCount: number };
      }>(url, '{ detection { waitingPosts } pending: posts(filter: { status: PENDING }) { totalCount } }');
      return detection.waitingPosts === 0 && pending.totalCount === 0;
    },
    240_000,
  );
  return await askGraphQL(url, ANSWERS);
}

describe('hotlens backup and restore', () => {
  it('bring a data folder back after it is lost, with the same answers; and a server backs itself up', async () => {
    const data = path.join(folder, 'data');
    expect(await run(['ingest', 'samples/posts.ndjson', '--data', data])).toMatchObject({ status: 0 });
    const first = runHotlens(['start', '--port', '0', '--data', data]);
    const url = await first.url();
    const answers = await settled(url);
    const count = answers.posts.totalCount;
    expect(count).toBeGreaterThan(100);

    // While the server has the folder, only it can.
    const cold = path.join(folder, 'cold.tar');
    const held = await run(['backup', cold, '--data', data]);
    expect(held.status).toBe(1);
    expect(held.stderr).toContain('have it write the backup: mutation { backUp { file } }');
    const { backUp } = await askGraphQL<{
      backUp: { file: string; posts: number; pictures: number; missing: string[] };
    }>(url, 'mutation { backUp { file posts pictures missing } }');
    expect(backUp).toMatchObject({ posts: count, missing: [] });
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);

    const { status, stdout } = await run(['backup', cold, '--data', data]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${cold}: ${count} posts, ${backUp.pictures} pictures\n`,
    });
    expect((await stat(cold)).mode & 0o777).toBe(0o600);
    const hot = path.join(folder, 'hot.tar');
    await writeFile(hot, await readFile(backUp.file));
    await rm(data, { recursive: true });

    const restore = (backup: string) => run(['restore', backup, '--data', `${backup}.data`]);
    for (const backup of [cold, hot])
      expect(await restore(backup)).toMatchObject({ status: 0, stdout: expect.stringContaining(`${count} posts`) });
    const second = runHotlens(['start', '--port', '0', '--data', `${hot}.data`]);
    expect(await settled(await second.url())).toEqual(answers);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  }, 600_000);

  it('say in a line what is wrong, and make nothing', async () => {
    const nothing = path.join(folder, 'nothing');
    const out = path.join(folder, 'out.tar');
    expect(await run(['backup', out, '--data', nothing])).toEqual({
      status: 2,
      stdout: '',
      stderr: `hotlens: there is no database in ${nothing}\n`,
    });
    expect(await run(['restore', 'package.json', '--data', nothing])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'hotlens: package.json: not a backup of Hotlens, or a damaged one: at byte 0\n',
    });
    expect(await run(['backup', out], { DATABASE_URL: 'postgresql://x:secret@localhost/x' })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^hotlens: DATABASE_URL is set: back PostgreSQL up with pg_dump .*\n$/),
    });
    expect(await readdir(folder)).not.toEqual(expect.arrayContaining(['nothing']));
    expect(await readdir(folder)).not.toEqual(expect.arrayContaining(['out.tar']));
  });
});
