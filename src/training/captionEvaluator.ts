// Captions of pictures with the parameters as they are now, and how good they are: what training watches.
import path from 'node:path';
import { AppError } from '../errors.js';
import { type CiderScorer, ciderScorer } from '../evaluation/cider.js';
import { createBlip2Decoder } from '../inference/blip2/blip2Decoder.js';
import { decoderGraph, type QueryModule, queryGraph } from '../inference/blip2/captionGraphs.js';
import { exists, readJson } from '../inference/checkpoint/weights.js';
import { generate } from '../inference/generate/generate.js';
import { resolveGenerationSettings } from '../inference/generate/generationSettings.js';
import type { DecodingOptions } from '../inference/inference.js';
import { loadTokenizer } from '../inference/tokenizer.js';
import type { Graph } from '../onnx/graph.js';
import { createSession, type Session } from '../onnx/session.js';
import { asFloats, type Features } from './data/features.js';
import { parameterFeeds } from './gradientShard.js';
import type { TrainingModel } from './modelDirectory.js';
import { type ParameterStore, trainable } from './parameterStore.js';
import { COMPARED, compareFacts } from './scenes/compareFacts.js';
import { readFacts } from './scenes/readFacts.js';

export interface CaptionEvaluator {
  /** Captions of all pictures of the features, in their order. */
  captions(options?: DecodingOptions): Promise<string[]>;
  /** CIDEr (x 100) and, on drawn scenes, the share of right facts in percent, `facts` being all of a scene. */
  scores(options?: DecodingOptions): Promise<Record<string, number>>;
  dispose(): Promise<void>;
}

export interface EvaluatorOptions {
  readonly adapter?: QueryModule | undefined;
  readonly threads?: number | undefined;
  readonly onProgress?: ((done: number, count: number) => void) | undefined;
  /** Ends captioning with AppError SHUTTING_DOWN. */
  readonly signal?: AbortSignal | undefined;
}

const BATCH = 64;

/** An evaluator of a model whose parameters in `store` override those of its files; they are read anew at each call. */
export async function createEvaluator(
  model: TrainingModel,
  store: ParameterStore,
  features: Features,
  options: EvaluatorOptions = {},
): Promise<CaptionEvaluator> {
  const parameters = trainable(store, model.weights);
  const open = async (graph: Graph): Promise<Session> => {
    const session = await createSession(graph, { provider: 'cpu', threads: options.threads ?? 0 });
    const own = parameterFeeds(store, graph);
    return { ...session, run: (feeds, fetches) => session.run({ ...own, ...feeds }, fetches) };
  };
  const query = await open(queryGraph(parameters, model.config, options.adapter));
  const decoder = await open(decoderGraph(parameters, model.config));
  const tokenizer = await loadTokenizer(model.directory);
  const generation = path.join(model.directory, 'generation_config.json');
  const generationJson = (await exists(generation)) ? await readJson(generation) : undefined;
  const { data } = features;
  const { numQueryTokens: queries } = model.config;

  async function captions(decoding: DecodingOptions = {}): Promise<string[]> {
    const settings = resolveGenerationSettings(generationJson, model.configJson.text_config, decoding);
    const placeholder = model.config.imageTokenId ?? settings.padTokenId;
    const prompt = [...Array<number>(queries).fill(placeholder), ...tokenizer.encode(decoding.prompt ?? '')];
    const found: string[] = [];
    for (let start = 0; start < data.count; start += BATCH) {
      if (options.signal?.aborted)
        throw new AppError('SHUTTING_DOWN', 'stopped while scoring; the same command goes on from the last checkpoint');
      const indices = Array.from({ length: Math.min(BATCH, data.count - start) }, (_, i) => start + i);
      const { prefix } = await query.run({ image_embeds: asFloats(features.read(indices)) }, ['prefix']);
      const prompts = indices.map(() => prompt);
      const running = createBlip2Decoder({
        session: decoder,
        config: model.config.text!,
        prefix: prefix!.data as Float32Array,
        numQueries: queries,
        prompts,
      });
      const sequences = await generate(running, { prompts, settings });
      found.push(...sequences.map(({ tokenIds }) => tokenizer.decode(tokenIds, { skipSpecialTokens: true }).trim()));
      options.onProgress?.(found.length, data.count);
    }
    return found;
  }

  let cider: CiderScorer | undefined;
  return {
    captions,
    async scores(decoding) {
      const found = await captions(decoding);
      cider ??= ciderScorer(new Map(found.map((_, i) => [String(i), [...data.references(i)]])));
      const scored = cider.score(new Map(found.map((caption, i) => [String(i), caption])));
      return { CIDEr: 100 * scored.corpus, ...factScores(found, features) };
    },
    async dispose() {
      await Promise.all([query.dispose(), decoder.dispose()]);
    },
  };
}

/** Percent of right facts by kind, and of scenes with all of them right. */
function factScores(captions: readonly string[], { data }: Features): Record<string, number> {
  if (data.facts === undefined) return {};
  const compared = captions.map((caption, i) => compareFacts(data.facts!(i), readFacts(caption)));
  const share = (rights: readonly (boolean | undefined)[]) => {
    const known = rights.filter((right) => right !== undefined);
    return (100 * known.filter(Boolean).length) / Math.max(1, known.length);
  };
  return {
    facts: share(compared.map(({ all }) => all)),
    ...Object.fromEntries(COMPARED.map((name) => [name, share(compared.map((each) => each[name]))])),
  };
}
