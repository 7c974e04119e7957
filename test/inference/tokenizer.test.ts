import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadTokenizer } from '../../src/inference/tokenizer.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixture = (name: string) => path.join(root, 'test/fixtures', name);
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

interface Layout {
  readonly cases: readonly {
    text: string;
    ids: number[];
    plain?: number[];
    cut?: number[];
    decoded: string;
    whole?: string;
  }[];
  readonly runs: readonly { ids: number[]; decoded: string }[];
  readonly files?: Readonly<Record<string, string>>;
}

// transformers 5.18.0's AutoTokenizer: bench/peers/makeTokenizerCases.py.
const layouts = readJson(fixture('tokenizers/cases.json')) as Record<string, Layout>;
const both = ['tokenizer.json', 'tokenizer_config.json'];
const sources: Record<string, { from: string; names: string[] }> = {
  opt: { from: fixture('blip2-opt-tiny'), names: both },
  bert: { from: fixture('sentence-tiny'), names: both },
  'bert-vocabulary': { from: fixture('checkpoints/retrieval-float16'), names: ['vocab.txt', 'tokenizer_config.json'] },
  mpnet: { from: fixture('checkpoints/sentence-mpnet'), names: both },
  'mpnet-vocabulary': { from: fixture('checkpoints/sentence-mpnet'), names: ['vocab.txt', 'tokenizer_config.json'] },
  roberta: { from: fixture('checkpoints/sentence-roberta-max'), names: both },
  'roberta-vocabulary': {
    from: fixture('checkpoints/sentence-roberta-max'),
    names: ['vocab.json', 'merges.txt', 'tokenizer_config.json'],
  },
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tokenizer-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function directoryOf(name: string, { files }: Layout): string {
  const directory = path.join(folder, name);
  mkdirSync(directory, { recursive: true });
  for (const [file, content] of Object.entries(files ?? {})) writeFileSync(path.join(directory, file), content);
  const { from, names } = sources[name] ?? { from: '', names: [] };
  for (const file of names) cpSync(path.join(from, file), path.join(directory, file));
  return directory;
}

describe.each(Object.entries(layouts))('%s', (name, layout) => {
  test('encodes as transformers does, with and without special tokens, whole and cut to 7', async () => {
    const tokenizer = await loadTokenizer(directoryOf(name, layout));
    expect(layout.cases.length).toBeGreaterThan(50);
    for (const { text, ids, plain, cut } of layout.cases) {
      expect([text, tokenizer.encode(text)]).toEqual([text, ids]);
      if (plain) expect([text, tokenizer.encode(text, { addSpecialTokens: false })]).toEqual([text, plain]);
      expect([text, tokenizer.encode(text, { maxTokens: 7 })]).toEqual([text, cut ?? ids]);
    }
  });

  test('decodes as transformers does, with and without special tokens, any ids', async () => {
    const tokenizer = await loadTokenizer(directoryOf(name, layout));
    for (const { ids, decoded, whole } of layout.cases) {
      expect(tokenizer.decode(ids)).toBe(decoded);
      expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe(whole ?? decoded);
    }
    for (const { ids, decoded } of layout.runs) expect([ids, tokenizer.decode(ids)]).toEqual([ids, decoded]);
  });
});

describe('loadTokenizer', () => {
  test('gives the ids of the reference fixtures', async () => {
    const opt = await loadTokenizer(fixture('blip2-opt-tiny'));
    const { generate } = readJson(fixture('blip2-opt-tiny/expected.json')) as {
      generate: Record<string, { text: string; input_ids: number[] }>;
    };
    for (const { text, input_ids } of Object.values(generate)) expect(opt.encode(text)).toEqual(input_ids);
    expect(opt.idOf('<image>')).toBe(420);

    const sentence = await loadTokenizer(fixture('sentence-tiny'));
    const { texts, ids } = readJson(fixture('sentence-tiny/expected.json')) as { texts: string[]; ids: number[][] };
    expect(texts.map((text) => sentence.encode(text, { maxTokens: 48 }))).toEqual(ids);

    for (const name of ['blip2-itm-tiny', 'checkpoints/retrieval-float16']) {
      const itm = await loadTokenizer(fixture(name));
      const expected = readJson(fixture(`${name}/expected.json`)) as {
        texts: string[];
        input_ids: number[][];
        attention_mask: number[][];
      };
      expected.texts.forEach((text, i) => {
        expect(itm.encode(text)).toEqual(
          expected.input_ids[i]!.filter((_, at) => expected.attention_mask[i]![at] === 1),
        );
      });
    }
  });

  test('special tokens stay when there is no room for the text', async () => {
    const tokenizer = await loadTokenizer(fixture('sentence-tiny'));
    expect(tokenizer.encode('a crowd holding signs', { maxTokens: 2 })).toEqual([2, 3]);
    expect(tokenizer.encode('a crowd holding signs', { maxTokens: 3, addSpecialTokens: false })).toHaveLength(3);
  });

  test('no ids, no text; half a surrogate pair is a replacement character', async () => {
    const tokenizer = await loadTokenizer(fixture('blip2-opt-tiny'));
    expect(tokenizer.decode([])).toBe('');
    expect(tokenizer.decode([2, 1, 9999])).toBe('');
    expect(tokenizer.decode(tokenizer.encode('a\ud83d b'))).toBe('a\ufffd b');
  });

  test.each([
    ['nothing', {}, /no tokenizer: expected tokenizer.json/],
    ['vocab.json alone', { 'vocab.json': '{"a": 0}' }, /merges.txt is not/],
    ['a tokenizer.json that is not JSON', { 'tokenizer.json': '{"model": ' }, /tokenizer.json cannot be read/],
    ['a tokenizer.json without a model', { 'tokenizer.json': '{}' }, /tokenizer.json cannot be read: model/],
    [
      'a model of unknown type',
      { 'tokenizer.json': '{"model": {"type": "WordLevel", "vocab": {"a": 0}}}' },
      /not supported/,
    ],
  ])('refuses %s', async (name, files, message) => {
    const directory = directoryOf(name.replace(/\W+/g, '-'), { cases: [], runs: [], files });
    await expect(loadTokenizer(directory)).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringMatching(message),
    });
  });
});
