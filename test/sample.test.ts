import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';

interface SamplePost {
  readonly id: string;
  readonly postedAt: string;
  readonly images: readonly { readonly file: string; readonly alt?: string }[];
}

const committed = path.resolve('samples');
let drawn: string;
let posts: SamplePost[];

beforeAll(async () => {
  drawn = await mkdtemp(path.join(tmpdir(), 'hotlens-sample-'));
  const { status, stderr } = spawnSync(process.execPath, ['scripts/drawSample.js', '--out', drawn], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`scripts/drawSample.js ended with ${status}: ${stderr}`);
  posts = (await readFile(path.join(committed, 'posts.ndjson'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SamplePost);
});

afterAll(() => rm(drawn, { recursive: true, force: true }));

/** Small RGB thumbnail of the upright first frame: robust against another encoder's rounding. */
const look = (file: string) =>
  sharp(file).rotate().resize(32, 32, { fit: 'fill' }).flatten().toColourspace('srgb').raw().toBuffer();

describe('the sample', () => {
  it('is what scripts/drawSample.js writes, word for word', async () => {
    for (const name of ['posts.ndjson', 'posts.csv']) {
      expect(await readFile(path.join(committed, name), 'utf8')).toBe(await readFile(path.join(drawn, name), 'utf8'));
    }
  });

  it('has the pictures that scripts/drawSample.js draws, in size, format and looks', async () => {
    const names = await readdir(path.join(drawn, 'images'));
    expect((await readdir(path.join(committed, 'images'))).sort()).toEqual(names.sort());
    for (const name of names) {
      const [was, is] = [path.join(committed, 'images', name), path.join(drawn, 'images', name)] as const;
      const [a, b] = await Promise.all([sharp(was).metadata(), sharp(is).metadata()]);
      expect([name, a.format, a.width, a.height, a.pages, a.orientation]).toEqual([
        name,
        b.format,
        b.width,
        b.height,
        b.pages,
        b.orientation,
      ]);
      const [p, q] = await Promise.all([look(was), look(is)]);
      const difference = p.reduce((sum, value, i) => sum + Math.abs(value - q[i]!), 0) / p.length;
      // Levels of 255. The same sharp draws the same; another platform's rounding stays far below 3, another seed far above.
      expect({ name, alike: difference < 3 }).toEqual({ name, alike: true });
    }
  });

  it('names only pictures that exist, and ships none that no post shows', async () => {
    const named = new Set(posts.flatMap((post) => post.images.map((image) => image.file)));
    const shipped = (await readdir(path.join(committed, 'images'))).map((name) => `images/${name}`);
    expect([...named].sort()).toEqual(shipped.sort());
  });

  it('covers what an importer meets: reposts, several pictures, none, grey, moving and turned ones', async () => {
    const uses = posts.flatMap((post) => post.images.map((image) => image.file));
    expect(uses.length).toBeGreaterThan(new Set(uses).size);
    expect(new Set(posts.map((post) => post.images.length))).toEqual(new Set([0, 1, 2, 4]));
    const about = (name: string) => sharp(path.join(committed, 'images', name)).metadata();
    expect(await about('snow-grey.png')).toMatchObject({ space: 'b-w', channels: 1 });
    expect(await about('stage-lights.gif')).toMatchObject({ pages: 8 });
    expect(await about('beach-upright.jpg')).toMatchObject({ orientation: 6, width: 560, height: 360 });
  });

  it('keeps ids apart and times within one day, in order', () => {
    expect(new Set(posts.map((post) => post.id)).size).toBe(posts.length);
    const times = posts.map((post) => post.postedAt);
    expect(times).toEqual([...times].sort());
    expect(times.every((time) => time.startsWith('2026-03-14T'))).toBe(true);
  });

  it('stays small: no file over 200 KB, 1.5 MB together', async () => {
    const names = (await readdir(committed, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    const sizes = await Promise.all(names.map((entry) => stat(path.join(entry.parentPath, entry.name))));
    expect(Math.max(...sizes.map((file) => file.size))).toBeLessThan(200_000);
    expect(sizes.reduce((sum, file) => sum + file.size, 0)).toBeLessThan(1_500_000);
  });
});
