import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { SPRITE_CACHE, testSprites } from '../support/sceneSprites.js';

const FIXTURE = 'test/fixtures/blip2-opt-tiny';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-eval-'));
  await testSprites();
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true });
});

async function run(...args: string[]) {
  const { ended, stdout, stderr } = runHotlens(args, { HOTLENS_DEVICE: 'cpu', HOTLENS_THREADS: '1' });
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}
const evalModel = (...args: string[]) => run('eval', 'model', '--max-new-tokens', '10', ...args);
const scenes = (...args: string[]) => evalModel('--cache', SPRITE_CACHE, '--count', '8', ...args);

describe('hotlens eval model', () => {
  it('scores scenes as eval captions scores the files it writes, and finds no difference to itself', async () => {
    const [out, references] = [path.join(folder, 'results.json'), path.join(folder, 'references.json')];
    const first = await scenes('--json', '--out', out, '--references-out', references, '--resamples', '50');
    expect({ status: first.status, stderr: first.stderr }).toEqual({ status: 0, stderr: '' });
    const scored = JSON.parse(first.stdout);
    const again = await run('eval', 'captions', '--references', references, '--results', out, '--json');
    expect(scored.corpus).toMatchObject(JSON.parse(again.stdout).corpus);
    expect(Object.keys(scored.intervals)).toEqual(Object.keys(scored.corpus));
    const results = JSON.parse(await readFile(out, 'utf8')) as { image_id: string; caption: string; facts: object }[];
    expect(results.map(({ image_id: id }) => id)).toEqual(Array.from({ length: 8 }, (_, i) => `iid-all-0-${i}`));
    for (const { image_id: id, caption, facts } of results) {
      expect(scored.images[id]).toMatchObject({ caption, facts });
    }

    const against = await scenes('--against', out, '--resamples', '50');
    expect(against.status).toBe(0);
    const [head, ...lines] = against.stdout.split('\n').filter(Boolean).slice(1);
    expect(head).toMatch(/^8 images +score +95 % interval +against +difference +95 % interval +p$/);
    expect(lines.map((line) => line.slice(0, 20).trim())).toEqual(Object.keys(scored.corpus));
    for (const line of lines) expect(line).toMatch(/\+0\.0000 +0\.0000 to 0\.0000 +1\.0$/);
  });

  it('captions pictures of COCO, keeps their numeric ids, and goes on after one that is damaged', async () => {
    const images = path.join(folder, 'images');
    await mkdir(images);
    for (const i of [0, 1]) await copyFile(`${FIXTURE}/image${i}.png`, path.join(images, `${i}.png`));
    await writeFile(path.join(images, '2.png'), 'no picture');
    const annotations = path.join(folder, 'dataset.json');
    const sentences = [{ raw: 'a picture' }];
    const entries = [0, 1, 2, 3].map((i) => ({ cocoid: 100 + i, filename: `${i}.png`, split: 'test', sentences }));
    await writeFile(annotations, JSON.stringify({ images: entries }));
    const out = path.join(folder, 'coco.json');
    const flags = ['--data', 'coco', '--annotations', annotations, '--images', images, '--split', 'test'];
    const { status, stdout, stderr } = await evalModel(...flags, '--out', out, '--resamples', '0');
    expect(status).toBe(1);
    expect(stderr).toMatch(/images\[3\]: there is no file 3\.png under /);
    expect(stderr).toMatch(/image 102 is left out: not a picture/);
    expect(stdout).toMatch(/\n2 images +score\nBLEU-1 /);
    expect(stdout).not.toMatch(/facts/);
    const results = JSON.parse(await readFile(out, 'utf8')) as { image_id: number; caption: string }[];
    expect(results.map(({ image_id: id }) => id)).toEqual([100, 101]);
    const captions = await run('caption', `${FIXTURE}/image0.png`, '--json', '--max-new-tokens', '10');
    expect(results[0]!.caption).toBe(JSON.parse(captions.stdout).caption);
  });

  it.each([
    ['a split that scenes do not have', ['--split', 'test'], /^hotlens: --split: expected one of train, iid/],
    ['COCO without pictures', ['--data', 'coco'], /^hotlens: --data coco needs --annotations and --images/],
    ['COCO files with scenes', ['--annotations', 'x'], /^hotlens: --annotations and --images go with --data coco/],
    ['facts of COCO', ['--data', 'coco', '--keywords'], /^hotlens: --keywords needs facts/],
    ['options beyond the model', ['--count', '1', '--num-beams', '99'], /^hotlens: --num-beams: expected/],
    ['a folder that is not there', ['--out', '/no/such/file.json'], /^hotlens: .*cannot be written: no such file/],
  ])('ends with 2 when used wrongly: %s', async (_, flags, message) => {
    const { status, stdout, stderr } = await evalModel('--cache', SPRITE_CACHE, ...flags);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
