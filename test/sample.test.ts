import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { type Facts, factsOf } from '../src/training/scenes/facts.js';
import { readFacts } from '../src/training/scenes/readFacts.js';
import { SPRITE_CACHE } from './support/sceneSprites.js';

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
  const args = ['scripts/drawSample.js', '--out', drawn, '--sprites', SPRITE_CACHE];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`scripts/drawSample.js ended with ${status}: ${stderr}`);
  posts = (await readFile(path.join(committed, 'posts.ndjson'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SamplePost);
  // Drawing takes 5 s of a core; on a busy machine those may take minutes to come.
}, 300_000);

afterAll(() => rm(drawn, { recursive: true, force: true }));

/** Small RGB thumbnail of the upright first frame: robust against another encoder's rounding. */
const look = (file: string) =>
  sharp(file).rotate().resize(32, 32, { fit: 'fill' }).flatten().toColourspace('srgb').raw().toBuffer();

/** What facts combine: all of a scene at once would hardly ever come up twice. */
function partsOf({ actor, count, relation, object, second, animal, far, place, time, weather }: Facts): string[] {
  const others = {
    second: second?.relation === 'watch' ? 'watch' : second !== undefined,
    animal: !!animal,
    far: !!far,
  };
  return [
    { actor, relation, object },
    { count, relation, object },
    { relation, object, place },
    { place, time, weather },
    { count, relation, ...others },
    { second, ...(second?.relation === 'watch' && { relation, object, place }) },
    { animal, place },
    { far, place, time, weather },
  ].map((part) => JSON.stringify(part));
}

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

  it('covers what an importer meets: reposts, several pictures, none, grey, moving, turned and oblong ones', async () => {
    const uses = posts.flatMap((post) => post.images.map((image) => image.file));
    expect(uses.length).toBeGreaterThan(new Set(uses).size);
    expect(new Set(posts.map((post) => post.images.length))).toEqual(new Set([0, 1, 2, 4]));
    const about = (name: string) => sharp(path.join(committed, 'images', name)).metadata();
    expect(await about('snow-grey.png')).toMatchObject({ space: 'b-w', channels: 1 });
    expect(await about('stage-jump.gif')).toMatchObject({ pages: 8 });
    expect(await about('beach-upright.jpg')).toMatchObject({ orientation: 6, width: 288, height: 240 });
    expect(await about('flood-upright.jpg')).toMatchObject({ width: 240, height: 288 });
    expect(await about('snow-bench.jpg')).toMatchObject({ width: 288, height: 240 });
  });

  it('shows nothing that the training of the captioner never does', async () => {
    const { pictures } = (await import(path.resolve('scripts/drawSample/pictures.js'))) as {
      pictures: Record<string, { shows: string }>;
    };
    const trained = new Set<string>();
    for (let index = 0; index < 100_000; index++) {
      for (const part of partsOf(factsOf({ seed: 0, split: 'train', domain: 'all', index }))) trained.add(part);
    }
    expect(Object.keys(pictures).length).toBeGreaterThan(40);
    for (const [name, { shows }] of Object.entries(pictures)) {
      const unseen = partsOf(readFacts(shows) as Facts).filter((part) => !trained.has(part));
      expect({ name, unseen }).toEqual({ name, unseen: [] });
    }
  });

  it('keeps ids apart and times within three days, in order', () => {
    expect(new Set(posts.map((post) => post.id)).size).toBe(posts.length);
    const times = posts.map((post) => post.postedAt);
    expect(times).toEqual([...times].sort());
    expect(times.every((time) => /^2026-03-1[234]T/.test(time))).toBe(true);
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
