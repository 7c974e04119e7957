import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type * as ort from 'onnxruntime-node';
import { loadTokenizer, type Tokenizer } from '../../../src/inference/tokenizer.js';
import { type CaptionVocabulary, documentBatch } from '../../../src/training/data/documents.js';
import { SLOTS, slotsOf } from '../../../src/training/data/slots.js';
import { sceneNames } from '../../../src/training/data/visionBatch.js';
import { vocabulary as captionWords } from '../../../src/training/scenes/caption.js';
import { CLASSES } from '../../../src/training/scenes/classes.js';
import { randomOf } from '../../../src/training/scenes/random.js';
import { type Scene, sceneOf } from '../../../src/training/scenes/scene.js';
import { captionTokenizer } from '../../../src/training/wordTokenizer.js';
import { testSprites } from '../../support/sceneSprites.js';

const [BATCH, LENGTH, PLACES] = [64, 54, 16];

let folder: string;
let tokenizer: Tokenizer;
let vocabulary: CaptionVocabulary;
let scenes: Scene[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-documents-'));
  const files = captionTokenizer([...captionWords(), ...CLASSES.map(({ keyword }) => keyword)]);
  await writeFile(path.join(folder, 'tokenizer.json'), JSON.stringify(files.tokenizer));
  await writeFile(path.join(folder, 'tokenizer_config.json'), JSON.stringify(files.tokenizerConfig));
  tokenizer = await loadTokenizer(folder);
  const { bosId, endId, padId } = files;
  vocabulary = { encode: (text) => tokenizer.encode(text, { addSpecialTokens: false }), bosId, endId, padId };
  const sprites = await testSprites();
  scenes = sceneNames(2, 2 * BATCH, BATCH).map((name) => sceneOf(sprites, name));
});
afterAll(() => rm(folder, { recursive: true }));

const numbers = (tensor: ort.Tensor) => Array.from(tensor.data as BigInt64Array, Number);

function documents() {
  const options = { length: LENGTH, slots: PLACES, rows: BATCH * LENGTH };
  const feeds = documentBatch(scenes, vocabulary, options, randomOf('test', 1));
  const [tokens, positions] = [feeds.input_ids!, feeds.position_ids!].map(numbers) as [number[], number[]];
  const labels = numbers(feeds.labels!);
  const weights = feeds.weights!.data as Float32Array;
  const rows = numbers(feeds.rows!);
  return scenes.map((scene, row) => ({
    scene,
    tokens: tokens.slice(row * LENGTH, (row + 1) * LENGTH),
    positions: positions.slice(row * LENGTH, (row + 1) * LENGTH),
    targets: rows.flatMap((place, i) =>
      weights[i]! > 0 && Math.floor(place / LENGTH) === row ? [{ at: place % LENGTH, label: labels[i]! }] : [],
    ),
  }));
}

describe('documentBatch', () => {
  it('asks for a caption of the scene, after its keywords, another caption, or nothing', () => {
    const kinds = { keywords: 0, caption: 0, nothing: 0 };
    for (const { scene, tokens, targets } of documents()) {
      const begin = tokens.indexOf(vocabulary.bosId);
      expect(targets[0]!.at).toBe(begin);
      expect(targets.map(({ at }) => at)).toEqual(targets.map((_, i) => begin + i));
      const labels = targets.map(({ label }) => label);
      expect(labels.at(-1)).toBe(vocabulary.endId);
      expect(tokens.slice(begin + 1, begin + 1 + labels.length)).toEqual(labels);
      expect(scene.references).toContain(tokenizer.decode(labels.slice(0, -1)).trim());
      const context = tokens.slice(0, begin);
      if (begin === 0) kinds.nothing += 1;
      else if (scene.references.includes(tokenizer.decode(context).trim())) kinds.caption += 1;
      else {
        kinds.keywords += 1;
        const words = slotsOf(scene.facts);
        expect(words.length).toBe(SLOTS);
        expect(context.length).toBe(PLACES);
        context.forEach((id, i) => {
          const word = words[i];
          if (word === undefined) expect(id).toBe(vocabulary.padId);
          else expect(tokenizer.decode([id]).trim()).toBe(word);
        });
      }
    }
    // Half, three in ten, two in ten; of 64 by lot.
    expect(kinds.keywords).toBeGreaterThan(20);
    expect(kinds.caption).toBeGreaterThan(9);
    expect(kinds.nothing).toBeGreaterThan(4);
  });

  it('places count up by one where anything counts, and stay within the length', () => {
    for (const { positions, targets } of documents()) {
      const last = targets.at(-1)!.at;
      expect(positions.slice(0, last + 1)).toEqual(Array.from({ length: last + 1 }, (_, i) => positions[0]! + i));
      expect(Math.max(...positions)).toBeLessThan(LENGTH);
    }
    expect(new Set(documents().map(({ positions }) => positions[0])).size).toBeGreaterThan(3);
  });
});
