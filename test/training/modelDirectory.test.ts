import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openCheckpoint } from '../../src/inference/captioner.js';
import { digestModel } from '../../src/inference/checkpoint/modelDigest.js';
import { linkModel, openCaptionerToTrain, openTrainingModel, writeChanged } from '../../src/training/modelDirectory.js';
import { readTensors } from '../support/closeness.js';
import { modelFiles, TINY } from '../support/tinyModels.js';

const SHARDED = 'test/fixtures/checkpoints/sharded-float16';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-directory-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('linkModel', () => {
  it.each([TINY, SHARDED])('makes a directory with the same model, without a second copy: %s', async (from) => {
    const to = path.join(folder, path.basename(from));
    await linkModel(from, to);
    expect((await openCheckpoint(to)).digest).toBe((await openCheckpoint(from)).digest);
    const weights = (await readdir(from)).filter((name) => name.endsWith('.safetensors') && name.startsWith('model'));
    expect(weights.length).toBe(from === TINY ? 1 : 3);
    // On one disk a link; where the folder for tests is another, a copy.
    const [own, other] = await Promise.all([stat(path.join(from, weights[0]!)), stat(path.join(to, weights[0]!))]);
    if (own.dev === other.dev) expect(other.ino).toBe(own.ino);
    // Done again, over what is there.
    await linkModel(from, to);
    expect((await readdir(to)).sort()).toEqual((await modelFiles(from)).sort());
  });
});

describe('writeChanged', () => {
  it('replaces tensors, keeps all others, and takes neither log, record, adapter nor pickled weights along', async () => {
    const [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
    await cp(TINY, from, { recursive: true });
    const left = [
      'log.jsonl',
      'run.json',
      'pytorch_model.bin',
      'pytorch_model-00001-of-00002.bin',
      'model.onnx',
      'flax.msgpack',
    ];
    for (const name of left) await writeFile(path.join(from, name), '');
    await cp(path.join(TINY), path.join(from, 'ecma'), { recursive: true });
    const stored = await readTensors(path.join(TINY, 'model.safetensors'));
    const { shape } = stored.query_tokens!;
    const changed = { shape, data: stored.query_tokens!.data.map((value) => 2 * value) };
    await writeChanged(
      await openTrainingModel(from),
      to,
      new Map([
        ['query_tokens', changed],
        ['no.such', changed],
      ]),
    );
    expect((await readdir(to)).sort()).toEqual((await modelFiles(TINY)).sort());
    const found = await readTensors(path.join(to, 'model.safetensors'));
    expect(Object.keys(found).sort()).toEqual(Object.keys(stored).sort());
    for (const [name, { data }] of Object.entries(found)) {
      const expected = name === 'query_tokens' ? changed.data : stored[name]!.data;
      expect([name, Buffer.compare(Buffer.from(data.buffer), Buffer.from(expected.slice().buffer))]).toEqual([name, 0]);
    }
    expect(await readFile(path.join(to, 'tokenizer.json'))).toEqual(await readFile(path.join(TINY, 'tokenizer.json')));
  });
});

describe('openCaptionerToTrain', () => {
  it('refuses what cannot learn to caption, and says why', async () => {
    const refused = async (directory: string, message: RegExp) =>
      expect(openCaptionerToTrain(directory)).rejects.toMatchObject({
        code: 'BAD_MODEL',
        message: expect.stringMatching(message),
      });
    await refused('test/fixtures/blip2-itm-tiny', /Blip2ForImageTextRetrieval has no language model and cannot learn/);
    await refused(path.join(folder, 'none'), /none: there is no such directory$/);
    const t5 = path.join(folder, 't5');
    await cp(TINY, t5, { recursive: true });
    const config = JSON.parse(await readFile(path.join(t5, 'config.json'), 'utf8')) as { text_config: object };
    config.text_config = { ...config.text_config, model_type: 't5' };
    await writeFile(path.join(t5, 'config.json'), JSON.stringify(config));
    await refused(t5, /unsupported language model 't5': only OPT is supported/);
  });
});

describe('trainingDigest', () => {
  it('changes with whatever a run reads: weights, configuration, tokenizer, preparation of pictures', async () => {
    const copy = path.join(folder, 'digest');
    await cp(TINY, copy, { recursive: true });
    const before = await digestModel(TINY);
    expect(await digestModel(copy)).toBe(before);
    for (const name of ['config.json', 'tokenizer.json', 'preprocessor_config.json', 'generation_config.json']) {
      const content = await readFile(path.join(copy, name), 'utf8');
      await writeFile(path.join(copy, name), `${content} `);
      expect(await digestModel(copy)).not.toBe(before);
      await writeFile(path.join(copy, name), content);
    }
    await writeFile(path.join(copy, 'README.md'), 'another');
    expect(await digestModel(copy)).toBe(before);
  });
});
