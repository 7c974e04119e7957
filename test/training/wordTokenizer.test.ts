import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadTokenizer, type Tokenizer } from '../../src/inference/tokenizer.js';
import { vocabulary } from '../../src/training/scenes/caption.js';
import { CLASSES } from '../../src/training/scenes/classes.js';
import { sceneOf } from '../../src/training/scenes/scene.js';
import { captionTokenizer, queryTokenizer, type TokenizerFiles } from '../../src/training/wordTokenizer.js';
import { testSprites } from '../support/sceneSprites.js';

const WORDS = [...vocabulary(), ...CLASSES.map(({ keyword }) => keyword)];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-words-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(name: string, files: TokenizerFiles): Promise<Tokenizer> {
  const directory = path.join(folder, name);
  await mkdir(directory);
  await writeFile(path.join(directory, 'tokenizer.json'), JSON.stringify(files.tokenizer));
  await writeFile(path.join(directory, 'tokenizer_config.json'), JSON.stringify(files.tokenizerConfig));
  return loadTokenizer(directory);
}

async function captions(): Promise<string[]> {
  const sprites = await testSprites();
  return Array.from({ length: 60 }, (_, index) =>
    sceneOf(sprites, { seed: 4, split: 'train', domain: 'all', index }),
  ).flatMap(({ references }) => references);
}

describe('captionTokenizer', () => {
  const files = captionTokenizer(WORDS);
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await load('captions', files);
  });

  it('has one token for every word of the vocabulary, wherever it stands', () => {
    const counts = WORDS.map((word) => tokenizer.encode(word, { addSpecialTokens: false }).length);
    expect(WORDS.filter((_, i) => counts[i] !== 1)).toEqual([]);
    const [first, second] = WORDS as [string, string];
    const alone = [first, second].flatMap((word) => tokenizer.encode(word, { addSpecialTokens: false }));
    expect(tokenizer.encode(`${first} ${second}`, { addSpecialTokens: false })).toEqual(alone);
  });

  it('gives captions back as they were, a token a word, comma or full stop', async () => {
    for (const caption of await captions()) {
      const ids = tokenizer.encode(caption, { addSpecialTokens: false });
      expect(tokenizer.decode(ids).trim()).toBe(caption);
      expect([caption, ids.length]).toEqual([caption, caption.match(/[^\s,.]+|[,.]/g)!.length]);
    }
  });

  it('loses nothing of other text: it falls to bytes', () => {
    for (const text of ['Zebra über-café №7', '人 🦓\ttab', 'don’t  stop', WORDS[0]!.toUpperCase()]) {
      expect(tokenizer.decode(tokenizer.encode(text)).trim()).toBe(text);
    }
  });

  it('begins with </s>, has its named ids, and no id beyond its size', () => {
    const ids = tokenizer.encode('a dog');
    expect(ids[0]).toBe(files.bosId);
    expect(['</s>', '<pad>', '<image>', 'Ċ'].map((token) => tokenizer.idOf(token))).toEqual([
      files.bosId,
      files.padId,
      files.imageId,
      files.endId,
    ]);
    expect(tokenizer.encode('\n', { addSpecialTokens: false }).at(-1)).toBe(files.endId);
    const { vocab } = files.tokenizer.model as { vocab: Record<string, number> };
    expect(Object.values(vocab).sort((a, b) => a - b)).toEqual([...Array(files.size - 1).keys()]);
    expect(files.imageId).toBe(files.size - 1);
  });

  it('is the same whatever the order of the words, and however often they come', () => {
    expect(captionTokenizer([...WORDS, ...WORDS].reverse())).toEqual(files);
  });
});

describe('queryTokenizer', () => {
  it('has one token for every word, letters for others, and gives captions back', async () => {
    const words = vocabulary();
    const tokenizer = await load('queries', queryTokenizer(words));
    const bare = (text: string) => tokenizer.encode(text, { addSpecialTokens: false });
    // Words with a hyphen or an apostrophe are taken apart before they are looked up.
    expect(words.filter((word) => /^[a-z]+$/.test(word) && bare(word).length !== 1)).toEqual([]);
    expect(tokenizer.decode(bare('zqx7'))).toBe('zqx7');
    const [cls, sep, unk] = ['[CLS]', '[SEP]', '[UNK]'].map((token) => tokenizer.idOf(token)!);
    const ids = tokenizer.encode('a dog');
    expect([ids[0], ids.at(-1)]).toEqual([cls, sep]);
    for (const caption of await captions()) expect(bare(caption)).not.toContain(unk);
  });
});
