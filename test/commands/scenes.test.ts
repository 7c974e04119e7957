import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { readCocoCaptions } from '../../src/training/data/coco.js';
import { drawScene } from '../../src/training/scenes/drawScene.js';
import type { Facts } from '../../src/training/scenes/facts.js';
import { sceneOf } from '../../src/training/scenes/scene.js';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { SPRITE_CACHE, testSprites } from '../support/sceneSprites.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-scenes-'));
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true });
});

const run = (...args: string[]) => runHotlens(['scenes', '--cache', SPRITE_CACHE, ...args]);

describe('hotlens scenes', () => {
  it('writes pictures, COCO captions and facts, which read back as the scenes they are', async () => {
    const out = path.join(folder, 'new', 'style');
    const { ended, stdout, stderr } = run(
      '--split',
      'style',
      '--seed',
      '3',
      '--count',
      '40',
      '--size',
      '64',
      '--out',
      out,
    );
    expect([await ended, stdout(), stderr()]).toEqual([0, `${out}: 40 scenes\n`, '']);
    const { images, rejected } = await readCocoCaptions(path.join(out, 'annotations.json'), path.join(out, 'images'));
    expect([images.length, rejected]).toEqual([40, []]);
    const facts = JSON.parse(await readFile(path.join(out, 'facts.json'), 'utf8')) as Record<string, Facts>;
    const sprites = await testSprites();
    for (const [index, { id, file, captions }] of images.entries()) {
      const scene = sceneOf(sprites, { seed: 3, split: 'style', domain: 'all', index });
      expect(captions).toEqual(scene.references);
      expect(facts[id]).toEqual(scene.facts);
      const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, info.channels]).toEqual([64, 64, 3]);
      expect(new Uint8Array(data)).toEqual(drawScene(sprites, scene, 64).pixels);
    }
    const { info, licenses } = JSON.parse(await readFile(path.join(out, 'annotations.json'), 'utf8')) as {
      info: { attribution: string };
      licenses: { id: number; name: string; url: string }[];
    };
    expect(info.attribution).toContain('Twitter Emoji (Twitter, CC-BY-4.0)');
    expect(licenses.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  });

  it('writes JPEG where asked, and refuses a folder that is not empty with 2', async () => {
    const out = path.join(folder, 'jpg');
    expect(await run('--count', '2', '--format', 'jpg', '--out', out).ended).toBe(0);
    expect((await readdir(path.join(out, 'images'))).sort()).toEqual(['000001.jpg', '000002.jpg']);
    const again = run('--count', '2', '--out', out);
    expect([await again.ended, again.stderr()]).toEqual([2, `hotlens: ${out}: is not empty; give a new folder\n`]);
  });

  it.each([
    [
      ['--out', 'x', '--split', 'val'],
      /^hotlens: option '--split <split>' argument 'val' is invalid\. Allowed choices are train, iid, /,
    ],
    [
      ['--out', 'x', '--size', '31'],
      /^hotlens: option '--size <px>' argument '31' is invalid\. expected a whole number of at least 32 /,
    ],
    [['--out', 'x', '--size', '769'], /expected at most 768 \(--help shows how\)\n$/],
    [['--out', 'x', '--count', '0'], /expected a whole number of at least 1 /],
    [[], /^hotlens: required option '--out <dir>' not specified /],
    [
      ['--out', 'package.json/x'],
      /^hotlens: package\.json\/x: cannot be written: what should be its folder is a file\n$/,
    ],
  ])('answers %j with what is wrong, and 2', async (args, message) => {
    const { ended, stderr } = run(...args);
    expect(await ended).toBe(2);
    expect(stderr()).toMatch(message);
  });
});
