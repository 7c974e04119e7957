// The command line's contract for captions, from the arguments to the printed lines. Expected ids: transformers 5.18.0
// (test/fixtures/README.md).
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runHotlens } from '../support/runHotlens.js';
import { TINY_MODELS } from '../support/tinyModels.js';

const FIXTURE = 'test/fixtures/blip2-opt-tiny';
const images = [0, 1, 2].map((i) => `${FIXTURE}/image${i}.png`);
const expected = JSON.parse(readFileSync(`${FIXTURE}/expected.json`, 'utf8')) as {
  generate: Record<'none' | 'photo', { ids: Record<string, number[][]> }>;
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-caption-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const { ended, stdout, stderr } = runHotlens(args, { ...TINY_MODELS, HOTLENS_DEVICE: 'cpu', HOTLENS_THREADS: '1' });
  const status = await ended;
  const lines = stdout().split('\n').filter(Boolean);
  return {
    status,
    lines,
    stderr: stderr(),
    json: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('hotlens caption', () => {
  // Every decoding option of the contract, by its own flag.
  const cases: readonly [string, string[]][] = [
    ['greedy', []],
    ['beam3', ['--num-beams', '3']],
    ['beam5', ['--num-beams', '5', '--min-new-tokens', '4']],
    ['beam5_lp', ['--num-beams', '5', '--length-penalty', '-1']],
    ['greedy_rep', ['--repetition-penalty', '1.5']],
    ['eos218_beam5', ['--num-beams', '5', '--eos-token-id', '218']],
    ['eos218_beam4_early', ['--num-beams', '4', '--eos-token-id', '218', '--early-stopping']],
    ['eos218_beam4_ngram2', ['--num-beams', '4', '--eos-token-id', '218', '--no-repeat-ngram-size', '2']],
  ];
  it.each(cases)('passes its options on: %s', async (name, flags) => {
    const { status, json, stderr } = await run(
      ...['caption', ...images, '--json', '--prompt', 'a photo of', '--max-new-tokens', '14', ...flags],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const rows = expected.generate.photo.ids[name]!.map((ids) => ids.slice(0, ids.findLastIndex((id) => id !== 1) + 1));
    expect(json().map(({ tokenIds }) => tokenIds)).toEqual(rows);
  });

  it('knows --no-repeat-ngram-size for an option with a value', async () => {
    const flags = ['caption', ...images, '--json', '--max-new-tokens', '14'];
    const [free, ruled] = [await run(...flags), await run(...flags, '--no-repeat-ngram-size', '1')];
    expect(free.json().some(({ tokenIds }) => new Set(tokenIds as number[]).size < 14)).toBe(true);
    expect(ruled.json().every(({ tokenIds }) => new Set(tokenIds as number[]).size === 14)).toBe(true);
  });

  it('takes several end tokens, with commas or the option again', async () => {
    const flags = ['caption', images[0]!, '--json', '--max-new-tokens', '14'];
    const greedy = expected.generate.none.ids.greedy![0]!;
    const commas = await run(...flags, '--eos-token-id', '293,246');
    const twice = await run(...flags, '--eos-token-id', '293', '--eos-token-id', '246');
    const end = greedy.findIndex((id) => id === 293 || id === 246);
    expect(commas.json()[0]!.tokenIds).toEqual(greedy.slice(0, end + 1));
    expect(twice.lines).toEqual(commas.lines);
  });

  it('prints one object a picture in the order given, whatever the batch size, and ends with 1 where one failed', async () => {
    await mkdir(path.join(folder, 'pictures'));
    await copyFile(images[1]!, path.join(folder, 'pictures', 'b.png'));
    await copyFile(images[0]!, path.join(folder, 'pictures', 'ä ö.PNG'));
    await writeFile(path.join(folder, 'pictures', 'notes.txt'), 'no picture by its name');
    await writeFile(path.join(folder, 'pictures', 'c.jpg'), 'no picture by its content');
    const given = ['caption', images[2]!, 'no/such.png', path.join(folder, 'pictures'), images[2]!, '--json'];
    const { status, json } = await run(...given, '--batch-size', '2');
    expect(status).toBe(1);
    const names = ['b.png', 'c.jpg', 'ä ö.PNG'].map((name) => path.join(folder, 'pictures', name));
    expect(json().map(({ file }) => file)).toEqual([images[2], 'no/such.png', ...names, images[2]]);
    expect(json().map((row) => Object.keys(row).join())).toEqual([
      'file,caption,tokenIds,logProb,model',
      'file,error',
      'file,caption,tokenIds,logProb,model',
      'file,error',
      'file,caption,tokenIds,logProb,model',
      'file,caption,tokenIds,logProb,model',
    ]);
    const others = await run(...given, '--batch-size', '7');
    const ids = (rows: Record<string, unknown>[]) => rows.map(({ tokenIds }) => tokenIds);
    expect(ids(others.json())).toEqual(ids(json()));
  });

  it.each([
    ['no picture', ['caption'], /missing required argument/],
    ['a number that is none', ['caption', images[0]!, '--num-beams', 'many'], /expected a whole number of at least 1/],
    ['an unknown option', ['caption', images[0]!, '--beams', '3'], /unknown option '--beams'/],
    ['an unknown device', ['caption', images[0]!, '--device', 'tpu'], /Allowed choices are auto, cpu, cuda, webgpu/],
    ['an unknown command', ['captions'], /unknown command|too many arguments/],
  ])('ends with 2 when used wrongly: %s', async (_, args, message) => {
    const { status, stderr, lines } = await run(...args);
    expect({ status, lines }).toEqual({ status: 2, lines: [] });
    expect(stderr).toMatch(message);
  });

  it.each([
    ['a model that is none, with 1', 1, ['--model', tmpdir()], /^hotlens: .*config.json cannot be read/],
    [
      'an id beyond the vocabulary, with 2',
      2,
      ['--eos-token-id', '99999'],
      /^hotlens: --eos-token-id: expected ids from 0 to 420/,
    ],
    [
      'more tokens than there are positions, with 2',
      2,
      ['--max-new-tokens', '9999'],
      /^hotlens: --max-new-tokens: expected at most/,
    ],
  ])('ends with one plain line: %s', async (_, expectedStatus, flags, message) => {
    const { status, stderr } = await run('caption', images[0]!, ...flags);
    expect(status).toBe(expectedStatus);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('hotlens model info', () => {
  it('says what a directory holds, and the share of ECMA', async () => {
    const { status, json } = await run('model', 'info', 'test/fixtures/blip2-opt-tiny', '--json');
    expect(status).toBe(0);
    expect(json()[0]).toMatchObject({
      architecture: 'Blip2ForConditionalGeneration',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      // The sum over the tensors of model.safetensors.
      parameters: 201176,
      ecma: 'none',
    });
    expect((await run('model', 'info', 'test/fixtures/sentence-tiny', '--json')).json()[0]).toMatchObject({
      dimension: 40,
    });
    expect((await run('model', 'info', folder)).status).toBe(1);
  });
});
