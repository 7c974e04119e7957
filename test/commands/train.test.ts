// hotlens train as it is built, in processes of its own, over test/fixtures/blip2-opt-tiny and a few drawn scenes.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endAllHotlens, type RunningHotlens, runHotlens } from '../support/runHotlens.js';
import { SPRITE_CACHE } from '../support/sceneSprites.js';
import { modelFiles, TINY } from '../support/tinyModels.js';
import { tinyPictures } from '../support/tinyPictures.js';
import { until } from '../support/until.js';

/** One thread, few examples: what is tested are the ways, not the learning. */
const SMALL = ['--threads', '1', '--batch-size', '2', '--steps', '6'];

let folder: string;
let pictures: Awaited<ReturnType<typeof tinyPictures>>;
let data: string[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-train-'));
  // A home whose sprite cache is that of all tests.
  await mkdir(path.join(folder, '.cache'));
  await symlink(SPRITE_CACHE, path.join(folder, '.cache', 'hotlens'));
  pictures = await tinyPictures(path.join(folder, 'mine'), 12);
  data = ['--annotations', pictures.annotations, '--images', pictures.images];
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true });
});

const at = (...names: string[]) => path.join(folder, ...names);
const train = (...args: string[]) => runHotlens(['train', ...args], { HOME: folder, HOTLENS_MODEL: TINY });
const ecma = (out: string, ...more: string[]) => train('ecma', ...data, '--out', at(out), ...SMALL, ...more);
const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

async function fine(run: RunningHotlens): Promise<string> {
  expect([await run.ended, run.stderr()]).toEqual([0, expect.not.stringContaining('hotlens:')]);
  return run.stdout();
}

async function captions(model: string, ...more: string[]): Promise<string[]> {
  const run = runHotlens(['caption', pictures.images, '--model', model, '--max-new-tokens', '6', '--json', ...more], {
    HOTLENS_THREADS: '1',
  });
  const lines = (await fine(run)).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { caption: string }).caption);
}

/** Steps that the log of a run holds now. */
function loggedSteps(out: string): number[] {
  const file = at(out, 'log.jsonl');
  const whole = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  return whole.map((line) => (JSON.parse(line) as { step: number }).step);
}

const TABLE = /\non 4 pictures that were not trained on:\n {14}before {3}after\nCIDEr +\d+\.\d +\d+\.\d\n$/;

describe('hotlens train ecma', () => {
  it('trains an adapter on own captions, says what it changed, and leaves the model as it was', async () => {
    const base = hashOf(`${TINY}/model.safetensors`);
    const run = ecma('adapter', '--evaluate-every', '3', '--lr', '0.05');
    const said = await fine(run);
    expect(said).toMatch(/adapter: 6 steps in \d+ s, loss \d+\.\d{4}/);
    expect(said).toMatch(TABLE);
    expect(run.stderr()).toMatch(
      /^pictures seen 8\/8\npictures seen 4\/4\npictures scored 4\/4\nsteps 1\/6 \| loss \d/,
    );
    expect((await readdir(at('adapter'))).sort()).toEqual(
      [...(await modelFiles(TINY)), 'ecma', 'log.jsonl', 'run.json'].sort(),
    );
    expect((await readdir(at('adapter', 'ecma'))).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(loggedSteps('adapter')).toEqual([1, 2, 3, 4, 5, 6]);
    expect([hashOf(`${TINY}/model.safetensors`), hashOf(at('adapter', 'model.safetensors'))]).toEqual([base, base]);
    const info = runHotlens(['model', 'info', at('adapter')]);
    expect(await fine(info)).toMatch(/ECMA/i);
    expect(await captions(at('adapter'), '--no-ecma')).toEqual(await captions(TINY));
  });

  it('says that a finished run is done, and does nothing; another is refused, with 2', async () => {
    const [log, weights] = [at('adapter', 'log.jsonl'), at('adapter', 'ecma', 'model.safetensors')].map(hashOf);
    const again = ecma('adapter', '--evaluate-every', '3', '--lr', '0.05');
    const said = await fine(again);
    expect(said).toMatch(/adapter: is done already: 6 steps in /);
    expect(said).toMatch(TABLE);
    expect(again.stderr()).toBe('');
    const other = ecma('adapter', '--evaluate-every', '3', '--lr', '0.05', '--seed', '1');
    expect([await other.ended, other.stderr()]).toEqual([
      2,
      `hotlens: ${at('adapter')} holds a finished run with other settings; choose another --out\n`,
    ]);
    expect([at('adapter', 'log.jsonl'), at('adapter', 'ecma', 'model.safetensors')].map(hashOf)).toEqual([
      log,
      weights,
    ]);
  });

  it('an adapter that has hardly moved changes no caption', async () => {
    const said = await fine(ecma('identity', '--lr', '1e-9'));
    const [, before, after] = /CIDEr +(\d+\.\d) +(\d+\.\d)\n/.exec(said)!;
    expect(before).toBe(after);
    expect(await captions(at('identity'))).toEqual(await captions(TINY));
  });

  it('the same seed gives the same bytes, another seed others; joint keeps what it tuned in the adapter', async () => {
    for (const [out, seed] of [
      ['one', '3'],
      ['two', '3'],
      ['three', '4'],
    ] as const) {
      await fine(ecma(out, '--regime', 'joint', '--seed', seed, '--held-out', '0', '--scales', '1,2'));
    }
    const [one, two, three] = ['one', 'two', 'three'].map((out) => hashOf(at(out, 'ecma', 'model.safetensors')));
    expect([two === one, three === one]).toEqual([true, false]);
    const config = JSON.parse(await readFile(at('one', 'ecma', 'config.json'), 'utf8')) as {
      regime: string;
      scales: number[];
      overrides: string[];
    };
    expect([config.regime, config.scales]).toEqual(['joint', [1, 2]]);
    expect(config.overrides).toContain('language_projection.weight');
    expect(hashOf(at('one', 'model.safetensors'))).toBe(hashOf(`${TINY}/model.safetensors`));
    expect((await captions(at('one'))).length).toBe(12);
  });

  it('goes on after kill -9 with the same command, and ends with the same bytes', async () => {
    const long = ['--steps', '120', '--checkpoint-seconds', '0', '--held-out', '0'];
    await fine(ecma('whole', ...long));
    for (const steps of [5, 40]) {
      const run = ecma('killed', ...long);
      await until('some steps', () => (loggedSteps('killed').at(-1) ?? 0) >= steps);
      run.child.kill('SIGKILL');
      expect(await run.ended).toBe('SIGKILL');
      expect(loggedSteps('killed').length).toBeLessThan(120);
    }
    // It did not begin anew: where it went on from is in its checkpoint.
    const header = (await readFile(at('killed', 'checkpoint.bin'))).toString('latin1').split('\n')[0]!;
    expect((JSON.parse(header) as { step: number }).step).toBeGreaterThan(20);
    await fine(ecma('killed', ...long));
    expect(hashOf(at('killed', 'ecma', 'model.safetensors'))).toBe(hashOf(at('whole', 'ecma', 'model.safetensors')));
    expect(loggedSteps('killed')).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
    expect((await readdir(at('killed'))).sort()).toEqual((await readdir(at('whole'))).sort());
  });

  it('ends with 1 and a checkpoint on Ctrl-C, which another run does not take up', async () => {
    const long = ['--steps', '400', '--held-out', '0'];
    const run = ecma('stopped', ...long);
    await until('some steps', () => loggedSteps('stopped').length > 3);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(1);
    const [, step] = /hotlens: stopped after step (\d+) of 400; the same command goes on from there\n$/.exec(
      run.stderr(),
    )!;
    expect(loggedSteps('stopped').at(-1)).toBe(Number(step));
    const other = ecma('stopped', ...long, '--lr', '0.01');
    expect([await other.ended, other.stderr()]).toEqual([
      2,
      expect.stringContaining(
        'checkpoint.bin belongs to a run with other settings; choose another --out, or delete it',
      ),
    ]);
  });

  it('leaves out what cannot be used, a line each, and trains on the rest', async () => {
    const { content } = pictures;
    const file = at('some.json');
    const images = [...content.images, { id: 99, file_name: 'none.png' }, { id: 98, file_name: 'broken.png' }];
    const annotations = [98, 99].map((id) => ({ id, image_id: id, caption: 'a \u001b[31mthing' }));
    await writeFile(file, JSON.stringify({ images, annotations: [...content.annotations, ...annotations] }));
    await writeFile(path.join(pictures.images, 'broken.png'), 'nothing');
    const run = ecma('some', '--annotations', file, '--steps', '2', '--held-out', '0');
    expect(await run.ended).toBe(0);
    await rm(path.join(pictures.images, 'broken.png'));
    expect(run.stderr()).toContain(
      `hotlens: ${file}, images[12]: there is no file none.png under ${pictures.images}\n`,
    );
    expect(run.stderr()).toContain('hotlens: picture 98: not a picture in a format that is read here');
    expect(JSON.parse(await readFile(at('some', 'run.json'), 'utf8'))).toMatchObject({ result: { pictures: 12 } });
  });
});

describe('hotlens train captioning', () => {
  it('trains the Q-Former on drawn scenes into a model of its own that captions', async () => {
    const out = at('captioner');
    const options = ['--scenes', '20', '--held-out', '5', '--evaluate-every', '2', '--patience', '1'];
    const more = ['--label-smoothing', '0.1', '--prompt', 'a photo of', '--features', at('kept')];
    const run = train('captioning', '--model', TINY, '--out', out, ...SMALL, ...options, ...more);
    const said = await fine(run);
    expect(said).toMatch(/\non 5 pictures that were not trained on:\n {14}before {3}after\nCIDEr .*\nfacts /);
    expect((await readdir(out)).sort()).toEqual([...(await modelFiles(TINY)), 'log.jsonl', 'run.json'].sort());
    expect((await readdir(at('kept'))).length).toBe(2);
    expect(hashOf(path.join(out, 'model.safetensors'))).not.toBe(hashOf(`${TINY}/model.safetensors`));
    expect((await captions(out)).length).toBe(12);
  });
});

describe('hotlens train vision and language', () => {
  it.each(['vision', 'language'])('%s: a few steps from a fresh model, the other parts kept', async (stage) => {
    const out = at(stage);
    await fine(train(stage, '--out', out, '--threads', '1', '--batch-size', '1', '--steps', '3'));
    expect(loggedSteps(stage)).toEqual([1, 2, 3]);
    const { readTensors } = await import('../support/closeness.js');
    const [fresh, trained] = await Promise.all(
      [at(stage, 'fresh'), out].map((directory) => readTensors(path.join(directory, 'model.safetensors'))),
    );
    const moved = Object.entries(trained!).filter(
      ([name, { data: values }]) =>
        Buffer.compare(Buffer.from(values.buffer), Buffer.from(fresh![name]!.data.buffer)) !== 0,
    );
    const parts = new Set(moved.map(([name]) => name.split('.')[0]));
    expect([...parts]).toEqual([`${stage}_model`]);
    expect(moved.length).toBeGreaterThan(20);
    const again = train(stage, '--out', out, '--threads', '1', '--batch-size', '1', '--steps', '3');
    expect(await fine(again)).toContain(': is done already: 3 steps in ');
  });
});

describe('hotlens train, used wrongly', () => {
  const itm = 'test/fixtures/blip2-itm-tiny';
  it.each([
    [['--data', 'coco'], 2, /^hotlens: --data coco needs --annotations and --images\n$/],
    [['--images', 'x'], 2, /^hotlens: --data coco needs --annotations and --images\n$/],
    [['--data', 'scenes', '--images', 'x'], 2, /^hotlens: --annotations and --images are for --data coco\n$/],
    [['--slot-weight', '1', '--annotations', 'a', '--images', 'b'], 2, /^hotlens: --slot-weight is for --data scenes/],
    [
      ['--annotations', 'package.json', '--images', 'samples'],
      1,
      /^hotlens: package\.json: has no list of "images"\n$/,
    ],
    [['--annotations', 'README.md', '--images', 'samples'], 1, /^hotlens: README\.md: is not JSON: /],
    [['--annotations', 'none.json', '--images', 'samples'], 1, /^hotlens: none\.json: cannot be read: no such file\n$/],
    [['--model', itm, '--scenes', '1'], 1, /Blip2ForImageTextRetrieval has no language model and cannot learn/],
    [['--model', 'none', '--scenes', '1'], 1, /^hotlens: none: there is no such directory\n$/],
    [['--lr', '0'], 2, /argument '0' is invalid\. expected a number above 0 /],
    [['--label-smoothing', '1'], 2, /expected a number from 0 to below 1 /],
    [['--layers', '9', '--scenes', '1'], 2, /^hotlens: the ECMA settings: layers: the Q-Former has 4 layers, got 9\n$/],
  ])('%j ends with %i and says why', async (args, status, message) => {
    const run = train('ecma', '--out', at('wrong'), ...args);
    expect([await run.ended, run.stderr()]).toEqual([status, expect.stringMatching(message)]);
    expect(existsSync(at('wrong', 'checkpoint.bin'))).toBe(false);
  });

  it('refuses a folder it cannot write, the model itself, and where no picture is left', async () => {
    const copy = at('copy');
    await cp(TINY, copy, { recursive: true });
    const before = hashOf(path.join(copy, 'model.safetensors'));
    const none = at('none.json');
    const { images } = pictures.content;
    await writeFile(none, JSON.stringify({ images: images.slice(0, 1), annotations: [] }));
    for (const [args, status, message] of [
      [['--out', path.join(none, 'x')], 2, /none\.json\/x: cannot be written: what should be its folder is a file\n$/],
      [['--model', copy, '--out', copy], 2, /copy is the model that is trained from; choose another --out\n$/],
      [['--out', copy], 2, /copy holds a model that no run recorded there; choose another --out\n$/],
      [['--annotations', none], 1, /images\[0\]: image 1 has no caption\n.*no captioned picture is left\n$/s],
    ] as const) {
      const run = ecma('unused', ...args);
      expect([await run.ended, run.stderr()]).toEqual([status, expect.stringMatching(message)]);
    }
    expect(hashOf(path.join(copy, 'model.safetensors'))).toBe(before);
  });
});
