import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { askGraphQL, endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { SPRITE_CACHE, testSprites } from '../support/sceneSprites.js';
import { until } from '../support/until.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-simulate-'));
  await testSprites();
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true });
});

const run = (...args: string[]) => runHotlens(['simulate', '--cache', SPRITE_CACHE, ...args]);
interface Row {
  readonly imageKey: string | null;
  readonly images?: readonly { readonly file: string }[];
}
const rows = async (file: string) =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

describe('hotlens simulate', () => {
  it('writes a stream that detect finds the events of, and its truth', async () => {
    const out = path.join(folder, 'week');
    const { ended, stdout, stderr } = run('--out', out, '--days', '3', '--rate', '0.5', '--seed', '4');
    expect([await ended, stderr()]).toEqual([0, '']);
    expect(stdout()).toMatch(/week: 2143 posts, \d+ events, 5 traps\n$/);
    expect((await readdir(out)).sort()).toEqual(['posts.ndjson', 'truth.json']);
    const detect = runHotlens(['detect', path.join(out, 'posts.ndjson')]);
    expect(await detect.ended).toBe(0);
    const result = path.join(folder, 'result.ndjson');
    await import('node:fs/promises').then(({ writeFile }) => writeFile(result, detect.stdout()));
    const score = runHotlens([
      'eval',
      'hotspots',
      path.join(out, 'truth.json'),
      path.join(out, 'posts.ndjson'),
      result,
      '--json',
    ]);
    expect(await score.ended).toBe(0);
    const figures = JSON.parse(score.stdout()) as { recall: number; precision10: number };
    // Half the posts there are usually: most events are found, and what is listed are events.
    expect(figures.recall).toBeGreaterThan(0.6);
    expect(figures.precision10).toBeGreaterThan(0.6);
  });

  it('draws a picture of every post that has one', async () => {
    const out = path.join(folder, 'drawn');
    const { ended, stderr } = run('--out', out, '--days', '2', '--rate', '0.05', '--images', '--size', '64');
    expect([await ended, stderr()]).toEqual([0, '']);
    const posts = await rows(path.join(out, 'posts.ndjson'));
    const files = new Set(posts.flatMap(({ images }) => images!.map(({ file }) => path.basename(file))));
    expect((await readdir(path.join(out, 'images'))).sort()).toEqual([...files].sort());
    expect(posts.filter(({ imageKey }) => imageKey !== null)).toHaveLength(
      posts.filter(({ images }) => images!.length === 1).length,
    );
    const { width, format } = await sharp(path.join(out, 'images', [...files][0]!)).metadata();
    expect([width, format]).toEqual([64, 'jpeg']);
  });

  it('plays into a running Hotlens that is not there at first, and loses nothing', async () => {
    const port = await freePort();
    // Two days in two seconds.
    const player = run(
      '--play',
      `http://127.0.0.1:${port}`,
      '--days',
      '2',
      '--rate',
      '0.03',
      '--speed',
      '86400',
      '--size',
      '64',
    );
    await until('a failed attempt', () => player.stderr().includes('trying again') || undefined);
    const env = { HOTLENS_DATA: path.join(folder, 'data'), HOTLENS_PORT: String(port) };
    const server = runHotlens(['start'], env);
    const url = await server.url();
    expect(await player.ended).toBe(0);
    const [, sent] = /: (\d+) of \1 posts sent/.exec(player.stdout())!;
    const { posts } = await askGraphQL<{ posts: { totalCount: number; edges: { node: { postedAt: string } }[] } }>(
      url,
      '{ posts(first: 1) { totalCount edges { node { postedAt } } } }',
    );
    // Some say nothing and show nothing: these are not sent.
    expect(posts.totalCount).toBeGreaterThan(0.9 * Number(sent));
    expect(Date.parse(posts.edges[0]!.node.postedAt)).toBeLessThanOrEqual(Date.now());
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });

  it.each([
    [[], 'expected either --out DIR, for files, or --play URL, for a running Hotlens'],
    [
      ['--out', 'x', '--play', 'http://localhost'],
      'expected either --out DIR, for files, or --play URL, for a running Hotlens',
    ],
    [['--play', 'file:///x'], '--play: expected an address such as http://localhost:4000, got file:///x'],
    [['--out', 'test'], 'test: is not empty; give a new folder'],
  ])('refuses %j', async (args, message) => {
    const { ended, stderr } = run(...args);
    expect(await ended).toBe(2);
    expect(stderr()).toContain(message);
  });

  it.each([
    ['--days', '1'],
    ['--rate', '0'],
    ['--late', '1.5'],
    ['--start', 'tomorrow'],
    ['--speed', '0.5'],
  ])('refuses %s %s', async (option, value) => {
    const { ended, stderr } = run('--out', path.join(folder, 'never'), option, value);
    expect(await ended).toBe(2);
    expect(stderr()).toContain(`option '${option}`);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
