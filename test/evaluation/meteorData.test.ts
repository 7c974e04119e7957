import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { zipSync } from 'fflate';
import { readMeteorData } from '../../src/evaluation/meteorData.js';
import { FIXTURE } from './captionFixture.js';

const words = new Set(['in', 'front', 'of', 'before', 'crowd', 'people', 'group']);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-meteor-'));
  const files = ['english.synsets', 'english.exceptions'].map(async (name) => [
    `synonym/${name}`,
    new Uint8Array(await readFile(`${FIXTURE}/meteor/${name}`)),
  ]);
  await mkdir(path.join(folder, 'data'));
  await mkdir(path.join(folder, 'jar'));
  await mkdir(path.join(folder, 'empty'));
  await writeFile(path.join(folder, 'jar', 'meteor-1.5.jar'), zipSync(Object.fromEntries(await Promise.all(files))));
  await cp(path.join(folder, 'jar', 'meteor-1.5.jar'), path.join(folder, 'meteor-1.5.jar'));
  await cp(`${FIXTURE}/meteor/paraphrase-en.gz`, path.join(folder, 'data', 'paraphrase-en.gz'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readMeteorData', () => {
  it('finds jar and paraphrases in the folder of METEOR, by the folder or by the jar', () => {
    for (const where of [folder, path.join(folder, 'meteor-1.5.jar')]) {
      const { synonyms, paraphrases } = readMeteorData(where, words);
      expect(synonyms?.same('children', 'kids')).toBe(true);
      expect(synonyms?.same('man', 'street')).toBe(false);
      expect(paraphrases?.get('in front of')).toEqual([['before']]);
    }
  });

  it('gives synonyms alone where there are no paraphrases', () => {
    const { synonyms, paraphrases } = readMeteorData(path.join(folder, 'jar'), words);
    expect(synonyms?.same('ran', 'sprint')).toBe(true);
    expect(synonyms?.same('glasses', 'tumbler')).toBe(true);
    expect(paraphrases).toBeUndefined();
  });

  it('keeps the paraphrases that the words can make', () => {
    const { paraphrases } = readMeteorData(`${FIXTURE}/meteor`, words);
    expect([...paraphrases!.keys()].sort()).toEqual(['before', 'crowd', 'group of people', 'in front of']);
    expect(paraphrases!.get('crowd')).toEqual([['group', 'of', 'people'], ['people']]);
  });

  it('says what is wrong, with the path', async () => {
    const broken = path.join(folder, 'empty', 'meteor-1.5.jar');
    for (const [where, message] of [
      [path.join(folder, 'none'), 'none cannot be read: no such file'],
      [path.join(folder, 'empty'), 'empty has no data of METEOR'],
      [path.join(FIXTURE, 'results.json'), 'results.json cannot be read: neither a folder nor a .jar file'],
    ] as const) {
      expect(() => readMeteorData(where, words)).toThrow(message);
    }
    await writeFile(broken, 'no zip');
    expect(() => readMeteorData(broken, words)).toThrow(`${broken} cannot be read`);
    await writeFile(broken, zipSync({ 'a.txt': new Uint8Array(1) }));
    expect(() => readMeteorData(broken, words)).toThrow("is not METEOR's jar: it has no synonym/english.synsets");
    await writeFile(path.join(folder, 'empty', 'paraphrase-en.gz'), 'no gzip');
    await rm(broken);
    expect(() => readMeteorData(path.join(folder, 'empty'), words)).toThrow('paraphrase-en.gz cannot be read');
  });
});
