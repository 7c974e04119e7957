import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { SPRITE_CACHE, testSprites } from '../support/sceneSprites.js';
import { TINY_MODELS } from '../support/tinyModels.js';

const MODEL = 'test/fixtures/checkpoints/retrieval-float16';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-eval-retrieval-'));
  await testSprites();
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true });
});

async function evalRetrieval(...args: string[]) {
  const env = { ...TINY_MODELS, HOTLENS_DEVICE: 'cpu', HOTLENS_THREADS: '1' };
  const { ended, stdout, stderr } = runHotlens(['eval', 'retrieval', '--cache', SPRITE_CACHE, ...args], env);
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}

describe('hotlens eval retrieval', () => {
  it('finds by random weights what chance finds, with intervals', async () => {
    const { status, stdout, stderr } = await evalRetrieval('--model', MODEL, '--count', '40', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { corpus, intervals, events, count } = JSON.parse(stdout);
    expect(count).toBe(40);
    expect(Object.keys(corpus)).toEqual(['text R@1', 'text R@5', 'picture R@1', 'picture R@5']);
    for (const [name, share] of Object.entries(corpus)) {
      expect(share).toBeLessThan(0.5);
      expect(intervals[name].low).toBeLessThanOrEqual(share as number);
    }
    // Two captions of one scene share words, which even random weights see.
    expect(events.area).toBeGreaterThan(0.5);
    const table = await evalRetrieval('--model', MODEL, '--count', '4', '--resamples', '0');
    expect(table.stdout).toMatch(/^.+ on scenes iid .+\n4 images +score\ntext R@1 +[01]\.\d{4}\n/);
    expect(table.stdout).toMatch(/the former is larger in \d+\.\d\d % of the pairs\n$/);
  });

  it('leaves a damaged picture out, says so, and ends with 1', async () => {
    await copyFile('test/fixtures/blip2-opt-tiny/image0.png', path.join(folder, '0.png'));
    await copyFile('test/fixtures/blip2-opt-tiny/image1.png', path.join(folder, '1.png'));
    await writeFile(path.join(folder, '2.png'), 'no picture');
    const images = [0, 1, 2].map((id) => ({ id, file_name: `${id}.png` }));
    const annotations = images.map(({ id }) => ({ id, image_id: id, caption: `picture number ${id}` }));
    const file = path.join(folder, 'annotations.json');
    await writeFile(file, JSON.stringify({ images, annotations }));
    const flags = ['--model', MODEL, '--data', 'coco', '--annotations', file, '--images', folder];
    const { status, stdout, stderr } = await evalRetrieval(...flags);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^hotlens: image 2 is left out: not a picture.*\n$/);
    expect(stdout).toMatch(/\n2 images +score +95 % interval\n/);
  });

  it('refuses a model without a picture side', async () => {
    const { status, stdout, stderr } = await evalRetrieval();
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^hotlens: --model: .*sentence-tiny is a sentence encoder, which has no picture side\n$/);
  });
});
