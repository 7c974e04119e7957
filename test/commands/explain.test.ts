import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { awayFromStart, tinyWithAdapter } from '../support/tinyModels.js';

const IMAGE = 'test/fixtures/blip2-opt-tiny/image0.png';
let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-explain-'));
  model = await tinyWithAdapter({}, awayFromStart());
});
afterAll(async () => {
  endAllHotlens();
  await Promise.all([folder, model].map((each) => rm(each, { recursive: true })));
});

async function run(...args: string[]) {
  const { ended, stdout, stderr } = runHotlens(args, { HOTLENS_DEVICE: 'cpu', HOTLENS_THREADS: '1' });
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}
const explain = (...args: string[]) => run('explain', IMAGE, '--max-new-tokens', '6', '--model', model, ...args);

describe('hotlens explain', () => {
  it('explains the caption that hotlens caption gives, in numbers', async () => {
    const out = path.join(folder, 'e.json');
    const { status, stdout, stderr } = await explain('--json', '--out', out);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await readFile(out, 'utf8')).toBe(stdout);
    const found = JSON.parse(stdout);
    const usual = await run('caption', IMAGE, '--json', '--max-new-tokens', '6', '--model', model);
    const { caption, tokenIds } = JSON.parse(usual.stdout);
    expect(found).toMatchObject({ caption, tokenIds, grid: 4, weights: 'attention' });
    expect(found.ecma.map(({ layer }: { layer: number }) => layer)).toEqual([0, 2]);
  });

  it('prints a line a word, and one for each layer of ECMA, or none without it', async () => {
    const { stdout } = await explain();
    expect(stdout).toMatch(/\nword +p +on picture +looks most at +ECMA at\n/);
    expect(
      stdout.match(/^ECMA in layer \d: strength -?0\.\d{4}, mean gate 0\.\d{3}, changes queries by /gm),
    ).toHaveLength(2);
    expect((await explain('--no-ecma')).stdout).not.toMatch(/ECMA/);
  });

  it('draws a picture', async () => {
    const out = path.join(folder, 'e.png');
    expect((await explain('--out', out)).status).toBe(0);
    const { format, width, height } = await sharp(out).metadata();
    expect({ format, width }).toEqual({ format: 'png', width: 1200 });
    expect(height).toBeGreaterThan(600);
  });

  it('writes a page that asks for nothing from anywhere', async () => {
    const out = path.join(folder, 'e.html');
    expect((await explain('--weights', 'effect', '--out', out)).status).toBe(0);
    const page = await readFile(out, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('by how much less probable it gets without them');
    const links = [...page.matchAll(/(?:href|src)="([^"]{0,22})/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((link) => !/^(#picture|#pale|data:image\/png;base64)/.test(link!))).toEqual([]);
    expect(page).not.toMatch(/<script/);
  });

  it.each([
    ['a name of no known kind', 2, ['--out', 'x.pdf'], /expected a name in \.png, \.svg, \.html or \.json/],
    [
      'a folder that is not there',
      2,
      ['--out', '/no/such/e.json'],
      /^hotlens: \/no\/such\/e\.json: cannot be written: no such file/,
    ],
    ['options beyond the model', 2, ['--num-beams', '99'], /^hotlens: --num-beams: expected/],
  ])('ends with one line: %s', async (_, expected, flags, message) => {
    const { status, stdout, stderr } = await explain(...flags);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('says which picture cannot be read', async () => {
    const { status, stderr } = await run('explain', 'no/such.png');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'hotlens: no/such.png: cannot read the picture: no such file\n',
    });
  });
});
