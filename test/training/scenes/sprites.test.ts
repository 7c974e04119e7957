import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ATTRIBUTIONS } from '../../../src/training/scenes/attribution.js';
import {
  CLASSES,
  FAMILIES,
  familyHas,
  STYLE_FAMILIES,
  TRAINING_FAMILIES,
} from '../../../src/training/scenes/classes.js';
import { openSprites, type SpriteSheet } from '../../../src/training/scenes/sprites.js';
import { SPRITE_CACHE, testSprites } from '../../support/sceneSprites.js';

let sheet: SpriteSheet;
beforeAll(async () => {
  sheet = await testSprites();
});

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

/** Jest compares megabytes of typed arrays for minutes. */
function digest({ sprites }: SpriteSheet): string {
  const hash = createHash('sha256');
  for (const { pixels, ...head } of sprites) hash.update(JSON.stringify(head)).update(pixels);
  return hash.digest('hex');
}

const require = createRequire(path.resolve('package.json'));

describe('the classes', () => {
  it('have ids that fit a byte, names and keywords of their own, and no word for two things', () => {
    expect(CLASSES.map(({ id }) => id)).toEqual(CLASSES.map((_, i) => i + 1));
    expect(CLASSES.length).toBeLessThan(256);
    expect(new Set(CLASSES.map(({ name }) => name)).size).toBe(CLASSES.length);
    expect(new Set(CLASSES.map(({ keyword }) => keyword)).size).toBe(CLASSES.length);
    const words = CLASSES.flatMap(({ one, many }) => [...new Set([...one, ...many])]);
    expect(new Set(words).size).toBe(words.length);
    for (const { keyword, one, many } of CLASSES) {
      if (keyword !== 'collision') expect([...one, ...many].join(' ').split(' ')).toContain(keyword);
    }
  });

  it('have sprites of two training families at least and of both held-out ones, or own drawings', () => {
    for (const thing of CLASSES) {
      if (['burning', 'crash', 'people'].includes(thing.name)) continue;
      const families = new Set((sheet.byClass.get(thing.name) ?? []).map((index) => sheet.sprites[index]!.family));
      if (thing.drawn) expect([thing.name, [...families]]).toEqual([thing.name, ['drawn']]);
      else {
        expect([thing.name, [...families]]).toEqual([
          thing.name,
          FAMILIES.filter((family) => familyHas(thing, family)),
        ]);
        expect(TRAINING_FAMILIES.filter((family) => families.has(family)).length).toBeGreaterThanOrEqual(2);
        expect(STYLE_FAMILIES.every((family) => families.has(family))).toBe(true);
      }
    }
  });

  it('show people in three skin tones and yellow, where the family has them', () => {
    const women = (family: string) =>
      sheet.byClass.get('woman')!.filter((index) => sheet.sprites[index]!.family === family).length;
    for (const family of TRAINING_FAMILIES) expect(women(family)).toBe(4);
  });
});

describe('the sprite packages', () => {
  it('have the licences that the attribution says, none of them share-alike', () => {
    for (const family of FAMILIES) {
      const info = require(`@iconify-json/${family}/info.json`) as {
        name: string;
        author: { name: string; url: string };
        license: { spdx: string };
      };
      const { title, author, license, url } = ATTRIBUTIONS[family];
      expect([title, author, license, url]).toEqual([info.name, info.author.name, info.license.spdx, info.author.url]);
      expect(['Apache-2.0', 'MIT', 'CC-BY-4.0']).toContain(license);
    }
  });
});

describe('openSprites', () => {
  it('reads from its cache what it rasterised, and makes a torn cache again', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-sprites-'));
    folders.push(folder);
    // Caches of older tables may lie beside the one that counts.
    const names = await readdir(SPRITE_CACHE);
    for (const name of names) {
      const bytes = await readFile(path.join(SPRITE_CACHE, name));
      await writeFile(path.join(folder, name), bytes.subarray(0, bytes.length - 1000));
    }
    expect(digest(await openSprites({ cacheDir: folder }))).toBe(digest(sheet));
    expect(digest(await openSprites({ cacheDir: folder }))).toBe(digest(sheet));
    expect((await readdir(folder)).sort()).toEqual(names.sort());
  });

  it('says which cache file it cannot write', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-sprites-'));
    folders.push(folder);
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await expect(openSprites({ cacheDir: file })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(/^openSprites: cannot write the sprite cache .*file.sprites-[0-9a-f]{16}\.bin: /),
    });
  });
});

describe('a sprite made smaller', () => {
  it('keeps its opacity and colour on average, to a 255th', () => {
    const index = sheet.byClass.get('car')![0]!;
    const { pixels, width, height } = sheet.sprites[index]!;
    const premultiplied = [0, 1, 2, 3].map((channel) => {
      let sum = 0;
      for (let i = 0; i < pixels.length; i += 4) {
        sum += channel === 3 ? pixels[i + 3]! : (pixels[i + channel]! * pixels[i + 3]!) / 255;
      }
      return sum / (width * height);
    });
    const small = sheet.scaled(index, 30);
    for (const [channel, mean] of premultiplied.entries()) {
      let sum = 0;
      for (let i = channel; i < small.rgba.length; i += 4) sum += small.rgba[i]!;
      expect(Math.abs(sum / (small.width * small.height) - mean)).toBeLessThan(1);
    }
    expect(Math.max(small.width, small.height)).toBe(30);
  });
});
