import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBlip2Decoder } from '../../src/inference/blip2/blip2Decoder.js';
import { decoderGraph } from '../../src/inference/blip2/captionGraphs.js';
import { generate } from '../../src/inference/generate/generate.js';
import { resolveGenerationSettings } from '../../src/inference/generate/generationSettings.js';
import { loadTokenizer } from '../../src/inference/tokenizer.js';
import { createSession } from '../../src/onnx/session.js';
import { type CaptionData, sceneData } from '../../src/training/data/captionData.js';
import { openVocabulary } from '../../src/training/data/captionVocabulary.js';
import { slotIds } from '../../src/training/data/documents.js';
import { keywordCaptions } from '../../src/training/keywordCaptions.js';
import { createModel, readMatching, type TrainingModel } from '../../src/training/modelDirectory.js';
import { testSprites } from '../support/sceneSprites.js';

const COUNT = 5;
const DECODING = { maxNewTokens: 6 };
let folder: string;
let model: TrainingModel;
let data: CaptionData;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-keywords-'));
  const shape = { width: 32, heads: 2, imageSize: 32, patchSize: 8, visionLayers: 1, qformerLayers: 2 };
  model = await createModel(folder, { ...shape, languageLayers: 2, queries: 14 }, 5);
  data = sceneData(await testSprites(), { seed: 1, split: 'iid', domain: 'all', count: COUNT, size: 32 });
});
afterAll(() => rm(folder, { recursive: true }));

describe('keywordCaptions', () => {
  it('says what the model says where the queries are the embeddings of the keywords, whatever the batch', async () => {
    const options = { decoding: DECODING, device: 'cpu', threads: 1 } as const;
    const together = await keywordCaptions(folder, data, { ...options, batchSize: 8 });
    const singly = await keywordCaptions(folder, data, { ...options, batchSize: 2 });
    expect([...singly]).toEqual([...together]);
    expect([...together.keys()]).toEqual(Array.from({ length: COUNT }, (_, i) => data.idOf(i)));
    const expected = await throughQueries();
    expect([...together.values()]).toEqual(expected);
    // The check is about something: the keywords matter.
    expect(new Set(expected).size).toBeGreaterThan(1);
  });

  it('refuses a model that was not made for keywords', async () => {
    const wrong = keywordCaptions('test/fixtures/blip2-opt-tiny', data, { decoding: {}, batchSize: 2 });
    await expect(wrong).rejects.toThrow('has 8 queries, fewer than the 12 slots of keywords');
  });
});

/** Greedy captions with rows of the token table fed as the queries' embeddings. */
async function throughQueries(): Promise<string[]> {
  const { config } = model;
  const text = config.text!;
  const queries = config.numQueryTokens;
  const table = [...(await readMatching(model, (name) => name.endsWith('embed_tokens.weight'))).values()][0]!.data;
  const vocabulary = await openVocabulary(folder, config);
  const tokenizer = await loadTokenizer(folder);
  const session = await createSession(decoderGraph(model.weights, config), { provider: 'cpu', threads: 1 });
  const width = text.hidden_size;
  const prefix = new Float32Array(COUNT * queries * width);
  for (let i = 0; i < COUNT; i += 1) {
    slotIds(data.facts!(i), vocabulary, queries).forEach((id, q) => {
      prefix.set(table.subarray(id * width, (id + 1) * width), (i * queries + q) * width);
    });
  }
  const prompts = Array.from({ length: COUNT }, () => [...Array<number>(queries).fill(0), ...tokenizer.encode('')]);
  const decoder = createBlip2Decoder({ session, config: text, prefix, numQueries: queries, prompts });
  const generation = { max_new_tokens: 6, eos_token_id: vocabulary.endId };
  const settings = resolveGenerationSettings(generation, model.configJson.text_config, DECODING);
  const sequences = await generate(decoder, { prompts, settings });
  await session.dispose();
  return sequences.map(({ tokenIds }) => tokenizer.decode(tokenIds, { skipSpecialTokens: true }).trim());
}
