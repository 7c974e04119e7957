// Captions explained: the graphs that caption, run once more over a finished caption with their attention as results.
// Attention shows where a model looked, not why it said what it said; `weights: 'effect'` is the closest to a why: what a
// word loses when a query is taken away. Features of a patch already know of their surroundings (the vision tower mixes
// them), so that maps are blurred more than they look.
import * as ort from 'onnxruntime-node';
import { AppError } from '../../errors.js';
import { createBlip2Decoder } from '../blip2/blip2Decoder.js';
import { visionGraph } from '../blip2/captionGraphs.js';
import { type Blip2Config, crossAttentionLayers } from '../blip2/config.js';
import { usedScales } from '../blip2/ecma.js';
import type { EcmaConfig } from '../blip2/ecmaConfig.js';
import { explainedDecoderGraph, explainedQueryGraph } from '../blip2/explanationGraphs.js';
import { patchGrid } from '../blip2/vision.js';
import { type CaptionerOptions, type PreparedCaptioner, prepareCaptioner } from '../captioner.js';
import { notNumbers } from '../generate/firstLargest.js';
import type { ImageSource } from '../inference.js';
import { HIDDEN } from '../layers/layers.js';
import { checkMemory } from '../memoryNeed.js';
import { openPart } from '../quantization.js';
import type {
  CaptionExplanation,
  EcmaLayerExplanation,
  ExplainedWord,
  LayerAttention,
  QueryAttention,
  QueryWeights,
} from './explanation.js';
import { pictureMap, weightedMean } from './pictureMap.js';
import { wordsOf } from './wordsOf.js';

export interface ExplainRequest {
  readonly image: ImageSource;
  /** Generated ids, as a CaptionResult has them. */
  readonly tokenIds: readonly number[];
  /** The prompt that they were generated after; default: the empty one. */
  readonly prompt?: string;
  /** Default 'attention'. */
  readonly weights?: QueryWeights;
}

export interface Explainer {
  /** Explains one caption. Rejects with BAD_IMAGE, or BAD_USER_INPUT where the ids are none of the model's or too many. */
  explain(request: ExplainRequest): Promise<CaptionExplanation>;
  dispose(): Promise<void>;
}

/** Queries taken away at a time: each costs a row of logits for every place of the caption. */
const ROWS = 8;

/** Loads what explains a captioner. Throws AppError BAD_MODEL, CONFIG (device) or OUT_OF_MEMORY. */
export async function openExplainer(directory: string, options: CaptionerOptions = {}): Promise<Explainer> {
  return loadExplainer(await prepareCaptioner(directory, options));
}

/** The same of a directory that is prepared. Throws AppError BAD_MODEL or OUT_OF_MEMORY. */
export async function loadExplainer(prepared: PreparedCaptioner): Promise<Explainer> {
  const { directory, files, digest, config, adapter, text, weights, tokenizer, processor, made } = prepared;
  checkMemory(directory, files, { quantize: made.quantize, available: process.availableMemory() });
  const vision = await openPart('vision', visionGraph(weights, config), made);
  const query = await openPart('query', explainedQueryGraph(weights, config, adapter?.config), made);
  const decoder = await openPart('language', explainedDecoderGraph(weights, config), made);
  const queries = config.numQueryTokens;

  /**
   * Log-probabilities [rows, S, V] and attention [rows, S, S] of a whole sequence of ids after the queries; row r does not see the query
   * hidden[r], if any.
   */
  async function read(ids: readonly number[], prefix: Float32Array, hidden: readonly (number | undefined)[]) {
    const prompt = [...Array<number>(queries).fill(0), ...ids];
    const places = prompt.length;
    let results: Readonly<Record<string, ort.Tensor>> = {};
    const running = createBlip2Decoder({
      session: {
        ...decoder,
        async run(feeds, names) {
          const bias = feeds.attention_bias!.data as Float32Array;
          hidden.forEach((column, row) => {
            if (column === undefined) return;
            // The place itself goes on seeing itself: with nothing to see, softmax would spread over what is to come.
            for (let s = column + 1; s < places; s += 1) bias[(row * places + s) * places + column] = HIDDEN;
          });
          results = await decoder.run(feeds, [...(names as readonly string[]), 'attention']);
          return results;
        },
      },
      config: text,
      prefix: repeated(prefix, hidden.length),
      numQueries: queries,
      prompts: hidden.map(() => prompt),
    });
    const { logProbs } = await running.prefill({ logits: false });
    return { logProbs, attention: results.attention!.data as Float32Array };
  }

  return {
    async explain({ image, tokenIds, prompt = '', weights: weighing = 'attention' }) {
      checkIds(tokenIds, text.vocab_size);
      const start = tokenizer.encode(prompt);
      const ids = [...start, ...tokenIds.slice(0, -1)];
      const places = queries + ids.length;
      if (places > text.max_position_embeddings) {
        throw new AppError(
          'BAD_USER_INPUT',
          `tokenIds: expected at most ${text.max_position_embeddings - queries - start.length + 1}, got ${tokenIds.length}`,
        );
      }
      const pixels = await processor.prepare(image);
      const { size } = processor;
      const { image_embeds: features } = await vision.run({
        pixel_values: new ort.Tensor('float32', pixels, [1, 3, size.height, size.width]),
      });
      const looked = await query.run({ image_embeds: features! });
      const prefix = looked.prefix!.data as Float32Array;

      /** The place whose output chooses token t. */
      const chooser = (t: number) => queries + start.length - 1 + t;
      const chosen = (logProbs: Float32Array, row: number) =>
        tokenIds.map((id, t) => {
          const logProb = logProbs[(row * places + chooser(t)) * text.vocab_size + id]!;
          if (Number.isNaN(logProb)) throw notNumbers();
          return logProb;
        });
      const { logProbs, attention } = await read(ids, prefix, [undefined]);
      const whole = chosen(logProbs, 0);
      const seen = tokenIds.map((_, t) => [...attention.subarray(chooser(t) * places, chooser(t) * places + queries)]);
      /** By query, by token: how much the token's log-probability falls without the query. */
      const effects: number[][] = [];
      if (weighing === 'effect') {
        for (let first = 0; first < queries; first += ROWS) {
          const hidden = Array.from({ length: Math.min(ROWS, queries - first) }, (_, i) => first + i);
          const without = await read(ids, prefix, hidden);
          for (const row of hidden.keys()) {
            effects.push(chosen(without.logProbs, row).map((value, t) => whole[t]! - value));
          }
        }
      }

      const crossAttention = crossAttentionLayers(config.qformer).map((layer) => layerAttention(looked, layer));
      const ecma = adapter === undefined ? null : ecmaLayers(looked, config, adapter.config);
      const grid = patchGrid(config.vision);
      const words = wordsOf(tokenIds, tokenizer).map(({ text: word, start: at, places: tokens }): ExplainedWord => {
        const share = (t: number) => seen[t]!.reduce((a, b) => a + b, 0);
        const meanOf = (value: (t: number) => number) => tokens.reduce((sum, t) => sum + value(t), 0) / tokens.length;
        const attended = normalised(seen[0]!.map((_, n) => meanOf((t) => seen[t]![n]!)))!;
        const helped = effects.map((effect) =>
          Math.max(
            0,
            tokens.reduce((sum, t) => sum + effect[t]!, 0),
          ),
        );
        const counts = normalised(helped) ?? attended;
        return {
          text: word,
          start: at,
          tokenIds: tokens.map((t) => tokenIds[t]!),
          logProb: tokens.reduce((sum, t) => sum + whole[t]!, 0),
          pictureShare: meanOf(share),
          queries: counts,
          map: mapOf(crossAttention, counts, grid)!,
          ecmaMap: ecma && mapOf(ecma, counts, grid),
        };
      });
      return {
        caption: tokenizer.decode(tokenIds).trim(),
        tokenIds,
        weights: weighing,
        grid,
        words,
        crossAttention,
        ecma,
        modelDigest: digest,
        adapterDigest: adapter?.digest ?? '',
      };
    },
    async dispose() {
      await Promise.all([vision.dispose(), query.dispose(), decoder.dispose()]);
    },
  };
}

function checkIds(tokenIds: readonly number[], vocabSize: number): void {
  if (tokenIds.length === 0) throw new AppError('BAD_USER_INPUT', 'tokenIds: expected at least one, got none');
  const wrong = tokenIds.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (wrong !== undefined) {
    throw new AppError('BAD_USER_INPUT', `tokenIds: expected ids from 0 to ${vocabSize - 1}, got ${wrong}`);
  }
}

type Results = Readonly<Record<string, ort.Tensor>>;

function layerAttention(results: Results, layer: number): LayerAttention {
  return {
    layer,
    queries: rowsOf(results[`cross_${layer}`]!).map(([classToken, ...patches]) => ({
      classToken: classToken!,
      scales: [],
      patches,
    })),
  };
}

function ecmaLayers(results: Results, config: Blip2Config, adapter: EcmaConfig): EcmaLayerExplanation[] {
  const sides = usedScales(adapter, patchGrid(config.vision)).map(({ scale }) => scale);
  const numbers = (name: string) => [...(results[name]!.data as Float32Array)];
  return adapter.layers.map((layer) => ({
    layer,
    queries: rowsOf(results[`ecma_${layer}`]!).map((row) => splitScales(row, sides)),
    strength: numbers(`strength_${layer}`)[0]!,
    gates: adapter.gating ? numbers(`gate_${layer}`) : null,
    changes: numbers(`change_${layer}`),
  }));
}

/** Attention to [class token ; cells of each scale ; patches], apart. */
function splitScales(row: readonly number[], sides: readonly number[]): QueryAttention {
  let from = 1;
  const scales = sides.map((side) => {
    const cells = row.slice(from, from + side * side);
    from += side * side;
    return { side, cells };
  });
  return { classToken: row[0]!, scales, patches: row.slice(from) };
}

/** Rows of a result [1, rows, width]. */
function rowsOf(tensor: ort.Tensor): number[][] {
  const [, rows, width] = tensor.dims as [number, number, number];
  const data = tensor.data as Float32Array;
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
}

/** Where queries look that count so much, mean over layers; where a layer says how much it changes each query, weighed by that. */
function mapOf(
  layers: readonly (LayerAttention & { readonly changes?: readonly number[] })[],
  counts: readonly number[],
  grid: number,
): number[] | null {
  return weightedMean(
    layers.flatMap(({ queries }) => queries.map((query) => pictureMap(query, grid))),
    layers.flatMap(({ changes }) => counts.map((count, n) => count * (changes?.[n] ?? 1))),
  );
}

/** Values that sum to 1, or null where there is nothing to share. */
function normalised(values: readonly number[]): number[] | null {
  const total = values.reduce((a, b) => a + b, 0);
  return total > 0 ? values.map((value) => value / total) : null;
}

function repeated(values: Float32Array, times: number): Float32Array {
  const all = new Float32Array(values.length * times);
  for (let i = 0; i < times; i += 1) all.set(values, i * values.length);
  return all;
}
