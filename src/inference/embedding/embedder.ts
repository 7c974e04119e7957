// Text (and, with a BLIP-2 retrieval checkpoint, pictures) -> vectors. Which kind of model a directory holds is read from
// its config.json; vectors of different models are never compared: every result carries its model's digest.
import type { Tensor } from 'onnxruntime-node';
import * as ort from 'onnxruntime-node';
import { AppError } from '../../errors.js';
import { chooseRuntime, type Runtime } from '../../onnx/runtime.js';
import { createSession, type Device } from '../../onnx/session.js';
import { visionGraph } from '../blip2/captionGraphs.js';
import { retrievalImageGraph, retrievalTextGraph } from '../blip2/retrievalGraphs.js';
import type { DecodeLimits } from '../decodeRgb.js';
import type { EmbedderInfo, EmbeddingResult, ImageSource, TextEmbedding } from '../inference.js';
import { HIDDEN } from '../layers/layers.js';
import { relativeBucket } from './bertEncoder.js';
import { prepareEmbedder, type RetrievalFiles, type SentenceFiles } from './embedderFiles.js';
import { knownShare } from './knownWords.js';
import { sentenceGraph } from './sentenceGraph.js';

export interface Embedder {
  readonly info: EmbedderInfo;
  /** One vector a text, in order. A batch gives what single texts give. */
  embedTexts(texts: readonly string[]): Promise<TextEmbedding[]>;
  /** The share of a text's words that the model has learnt, 0 to 1: others it spells, and knows little of. */
  knows(text: string): number;
  /** One vector a picture. Throws AppError BAD_USER_INPUT where the model has no picture side, BAD_IMAGE for what is none. */
  embedImage(image: ImageSource): Promise<EmbeddingResult>;
  dispose(): Promise<void>;
}

export interface EmbedderOptions {
  readonly imageLimits?: DecodeLimits;
  readonly device?: Device;
  readonly threads?: number;
}

const TEXT_BATCH = 64;

/** Opens a model directory. Throws AppError BAD_MODEL saying what is missing or unsupported. */
export async function openEmbedder(directory: string, options: EmbedderOptions = {}): Promise<Embedder> {
  const files = await prepareEmbedder(directory, options.imageLimits);
  const runtime = await chooseRuntime(options);
  return files.kind === 'retrieval'
    ? openRetrieval(directory, files, runtime)
    : openSentence(directory, files, runtime);
}

async function openSentence(directory: string, files: SentenceFiles, runtime: Runtime): Promise<Embedder> {
  const { config, weights, tokenizer, digest } = files;
  const knows = knownShare(tokenizer);
  const session = await createSession(sentenceGraph(weights, config), runtime);
  const { encoder } = config;

  async function embedBatch(texts: readonly string[]): Promise<Float32Array[]> {
    const encoded = texts.map((text) => {
      const prepared = config.prompt + text;
      return tokenizer.encode(config.lowerCase ? prepared.toLowerCase() : prepared, { maxTokens: config.maxTokens });
    });
    const batch = padded(encoded, encoder.firstPosition);
    const { rows, places } = batch;
    const perPlace = (value: (ids: readonly number[], place: number) => number) =>
      new ort.Tensor(
        'float32',
        Float32Array.from({ length: rows * places }, (_, i) => value(encoded[Math.floor(i / places)]!, i % places)),
        [rows, places, 1],
      );
    const feeds: Record<string, Tensor> = {
      ...batch.feeds,
      mask: perPlace((ids, place) => (place < ids.length ? 1 : 0)),
      rank: perPlace((ids, place) => (place < ids.length ? place + 1 : 0)),
      last: perPlace((ids, place) => (place === ids.length - 1 ? 1 : 0)),
    };
    if (encoder.relativeBuckets > 0) {
      const buckets = Array.from({ length: places * places }, (_, i) =>
        relativeBucket((i % places) - Math.floor(i / places), encoder.relativeBuckets),
      );
      feeds.buckets = new ort.Tensor('int64', BigInt64Array.from(buckets, BigInt), [places, places]);
    }
    const wanted = Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name)));
    return rowsOf((await session.run(wanted)).sentence_embedding!);
  }

  return {
    info: {
      directory,
      digest,
      architecture: encoder.architecture,
      dimension: config.dense.at(-1)?.outFeatures ?? encoder.width * config.pooling.length,
      parameters: weights.parameterCount,
      images: false,
      providers: runtime.attempts,
    },
    embedTexts: async (texts) =>
      (await inBatches(texts, embedBatch)).map((vector, i) => ({
        vector,
        modelDigest: digest,
        known: knows(texts[i]!),
      })),
    knows,
    embedImage: async () => {
      throw new AppError('BAD_USER_INPUT', `${directory}: a sentence encoder has no picture side`);
    },
    dispose: () => session.dispose(),
  };
}

async function openRetrieval(directory: string, files: RetrievalFiles, runtime: Runtime): Promise<Embedder> {
  const { config, weights, tokenizer, processor, digest } = files;
  const knows = knownShare(tokenizer);
  const text = await createSession(retrievalTextGraph(weights, config), runtime);
  const vision = await createSession(visionGraph(weights, config), runtime);
  const image = await createSession(retrievalImageGraph(weights, config), runtime);
  const maxTokens = config.qformer.max_position_embeddings;

  async function embedBatch(texts: readonly string[]): Promise<Float32Array[]> {
    const { feeds } = padded(
      texts.map((t) => tokenizer.encode(t, { maxTokens })),
      0,
    );
    return rowsOf((await text.run(feeds)).text_embeds!);
  }

  return {
    info: {
      directory,
      digest,
      architecture: config.architecture,
      dimension: config.imageTextHiddenSize,
      parameters: weights.parameterCount,
      images: true,
      providers: runtime.attempts,
    },
    embedTexts: async (texts) =>
      (await inBatches(texts, embedBatch)).map((vector, i) => ({
        vector,
        modelDigest: digest,
        known: knows(texts[i]!),
      })),
    knows,
    async embedImage(source) {
      const pixels = await processor.prepare(source);
      const { size } = processor;
      const seen = await vision.run({
        pixel_values: new ort.Tensor('float32', pixels, [1, 3, size.height, size.width]),
      });
      const { image_embed: vectors } = await image.run({ image_embeds: seen.image_embeds! });
      return { vector: rowsOf(vectors!)[0]!, modelDigest: digest };
    },
    async dispose() {
      await Promise.all([text.dispose(), vision.dispose(), image.dispose()]);
    },
  };
}

/** Ids padded on the right to one length, with positions and the bias that hides padding: [B, L] and [B, 1, L, L]. */
export function padded(encoded: readonly (readonly number[])[], firstPosition: number) {
  const rows = encoded.length;
  const places = Math.max(1, ...encoded.map((ids) => ids.length));
  const ids = new BigInt64Array(rows * places);
  const positions = new BigInt64Array(rows * places);
  const bias = new Float32Array(rows * places * places);
  encoded.forEach((row, r) => {
    row.forEach((id, place) => {
      ids[r * places + place] = BigInt(id);
      positions[r * places + place] = BigInt(firstPosition + place);
    });
    for (let place = 0; place < places; place += 1) {
      const start = (r * places + place) * places;
      bias.fill(HIDDEN, start + row.length, start + places);
    }
  });
  const feeds = {
    input_ids: new ort.Tensor('int64', ids, [rows, places]),
    position_ids: new ort.Tensor('int64', positions, [rows, places]),
    attention_bias: new ort.Tensor('float32', bias, [rows, 1, places, places]),
  };
  return { rows, places, feeds };
}

/** Batches of texts of similar length, so that little is padding; results in the order given. */
async function inBatches(
  texts: readonly string[],
  run: (batch: readonly string[]) => Promise<Float32Array[]>,
): Promise<Float32Array[]> {
  const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length);
  const results = new Array<Float32Array>(texts.length);
  for (let i = 0; i < order.length; i += TEXT_BATCH) {
    const batch = order.slice(i, i + TEXT_BATCH);
    const vectors = await run(batch.map((index) => texts[index]!));
    batch.forEach((index, k) => {
      results[index] = vectors[k]!;
    });
  }
  return results;
}

function rowsOf(tensor: Tensor): Float32Array[] {
  const width = tensor.dims[1]!;
  const data = tensor.data as Float32Array;
  return Array.from({ length: tensor.dims[0]! }, (_, row) => data.slice(row * width, (row + 1) * width));
}
