// The shipped captioner brought into a folder of its own, and what becomes of imports that end too early.
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openCaptioner } from '../../../src/inference/captioner.js';
import { openWeights } from '../../../src/inference/checkpoint/weights.js';
import { checkRoom, type ImportOptions, importModel } from '../../../src/inference/import/importModel.js';
import type { CaptionResult } from '../../../src/inference/inference.js';
import type { Quantization } from '../../../src/inference/quantizations.js';
import { openTrainingModel } from '../../../src/training/modelDirectory.js';
import { endAllHotlens, runHotlens } from '../../support/runHotlens.js';
import { until } from '../../support/until.js';

const MODEL = 'models/blip2-scenes';
const SAMPLE = 'samples/images';
const PIECES_BEFORE_THE_END = 20;

let folder: string;
const at = (...names: string[]) => path.join(folder, ...names);
const imported = (name: string, more: Partial<ImportOptions> = {}) =>
  importModel({ source: MODEL, out: at(name), threads: 2, ...more });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-import-'));
  await imported('int4', { quantize: 'int4' });
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true });
});

const said = new Map<string, ReturnType<typeof saidBy>>();

/** What a model says of some pictures, asked once. */
function captions(directory: string, quantize?: Quantization) {
  const key = `${directory} ${quantize}`;
  if (!said.has(key)) said.set(key, saidBy(directory, quantize));
  return said.get(key)!;
}

async function saidBy(directory: string, quantize: Quantization | undefined) {
  const captioner = await openCaptioner(directory, { device: 'cpu', threads: 1, quantize });
  const names = (await readdir(SAMPLE)).sort().slice(0, 3);
  const results = await captioner.captionBatch(names.map((name) => ({ image: { path: path.join(SAMPLE, name) } })));
  const { info } = captioner;
  await captioner.dispose();
  return { info, said: (results as CaptionResult[]).map(({ tokenIds, logProb }) => ({ tokenIds, logProb })) };
}

/** Length and digest of every file of a folder. */
async function contents(directory: string): Promise<{ name: string; length: number; sha256: string }[]> {
  const names = (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(path.join(directory, name));
      return { name, length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
}

describe('importModel', () => {
  it.each(['int8', 'int4'] as const)(
    'keeps %s weights that caption as those do that are rounded when they are loaded',
    async (kind) => {
      const out = kind === 'int4' ? 'int4' : 'eight';
      if (kind === 'int8') await imported(out, { quantize: kind });
      const [stored, rounded] = [await captions(at(out)), await captions(MODEL, kind)];
      expect(stored.said).toEqual(rounded.said);
      expect(stored.info.dtype).toBe(kind === 'int4' ? 'float16+int4+int8' : 'float16+int8');
      expect(stored.info.parameters).toBe(rounded.info.parameters);
      // Another model than the one whose weights are whole, and found by its own files.
      expect(stored.info.digest).not.toBe((await captions(MODEL)).info.digest);
      const [small, whole] = await Promise.all([at(out), MODEL].map(bytesOfWeights));
      expect(small! / whole!).toBeLessThan(kind === 'int4' ? 0.5 : 0.65);
    },
  );

  it('leaves weights as they are where nothing else is asked', async () => {
    const { parameters, whole } = await imported('whole');
    expect([parameters, whole]).toEqual([4_526_400, true]);
    const [copy, source] = [await openWeights(at('whole')), await openWeights(MODEL)];
    expect([...copy.tensors.keys()]).toEqual([...source.tensors.keys()]);
    expect((await captions(at('whole'))).said).toEqual((await captions(MODEL)).said);
  });

  it('goes on where a signal ended it, and ends with the same bytes', async () => {
    const stop = new AbortController();
    let told = 0;
    const onProgress = () => {
      told += 1;
      if (told === PIECES_BEFORE_THE_END) stop.abort();
    };
    const first = await imported('stopped', { quantize: 'int4', signal: stop.signal, onProgress });
    expect(first.whole).toBe(false);
    await expect(openCaptioner(at('stopped'))).rejects.toMatchObject({ code: 'BAD_MODEL' });
    await expect(imported('stopped', { quantize: 'int8' })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('the beginning of another import'),
    });
    const second = await imported('stopped', { quantize: 'int4' });
    expect(second.whole).toBe(true);
    expect(second.resumedAt).toBeGreaterThan(0);
    expect(await contents(at('stopped'))).toEqual(await contents(at('int4')));
  });

  it('goes on after kill -9, also where the last note was cut short', async () => {
    const command = ['model', 'import', MODEL, '--out', at('killed'), '--quantize', 'int4', '--threads', '1'];
    const run = runHotlens(command, {});
    const journal = at('killed', 'import.journal');
    const noted = async () => (await readFile(journal, 'utf8').catch(() => '')).split('\n').length;
    await until('some pieces', async () => (await noted()) > PIECES_BEFORE_THE_END);
    run.child.kill('SIGKILL');
    await run.ended;
    expect(await readdir(at('killed'))).not.toContain('config.json');
    await writeFile(journal, (await readFile(journal, 'utf8')).replace(/\n\d+\n$/, '\n1'));
    const again = runHotlens([...command, '--json'], {});
    expect([await again.ended, again.stderr()]).toEqual([0, '']);
    expect(JSON.parse(again.stdout())).toMatchObject({ quantize: 'int4', parameters: 4_526_400 });
    expect(await contents(at('killed'))).toEqual(await contents(at('int4')));
  });

  it('says what it cannot do, and touches nothing', async () => {
    await mkdir(at('full'));
    await writeFile(at('full', 'mine.txt'), 'mine');
    const refusals: [Promise<unknown>, string, string][] = [
      [imported('full'), 'CONFIG', 'is not empty'],
      [imported('x', { source: at('int4') }), 'BAD_MODEL', 'holds int4 weights'],
      [imported('x', { source: at('nowhere') }), 'BAD_MODEL', 'no such directory'],
      [imported('x', { source: 'models/blip2-scenes-embedder' }), 'BAD_MODEL', 'has no language model'],
      [openTrainingModel(at('int4')), 'BAD_MODEL', 'weights of few bits, which cannot be trained'],
      [openCaptioner(at('int4'), { quantize: 'int8' }), 'CONFIG', 'holds int4 weights: int8 needs'],
      [checkRoom(folder, 1e18), 'CONFIG', 'needs 1000000000.0 GB more, the disk has'],
    ];
    for (const [refused, code, message] of refusals)
      await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(await readdir(at('full'))).toEqual(['mine.txt']);
    expect(await readdir(folder)).not.toContain('x');
  });

  it('refuses blocks that do not fit, and weights that another tool made small', async () => {
    await cp(at('int4'), at('broken'), { recursive: true });
    const file = at('broken', 'model-00001-of-00001.safetensors');
    const bytes = await readFile(file);
    const name = 'language_projection.weight.scales';
    await writeFile(
      file,
      Buffer.from(bytes.toString('latin1').replace(name, name.replace('scales', 'scalez')), 'latin1'),
    );
    await expect(openCaptioner(at('broken'))).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringContaining(`${name}: expected F32 of the shape [160, 5], got none`),
    });
    const config = JSON.parse(await readFile(at('broken', 'config.json'), 'utf8'));
    await writeFile(
      at('broken', 'config.json'),
      JSON.stringify({ ...config, quantization_config: { quant_method: 'gptq', bits: 4 } }),
    );
    await expect(openCaptioner(at('broken'))).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringContaining('unsupported quantization_config {"method":"gptq"}'),
    });
  });
});

async function bytesOfWeights(directory: string): Promise<number> {
  const files = (await contents(directory)).filter(({ name }) => /^model.*\.safetensors$/.test(name));
  return files.reduce((sum, { length }) => sum + length, 0);
}
