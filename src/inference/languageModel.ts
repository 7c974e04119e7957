// The language model of a captioner: embedded queries and prompts -> tokens. By steps, one run of the graph a token; or greedily in one run for all.
import { AppError } from '../errors.js';
import type { Graph } from '../onnx/graph.js';
import type { Session } from '../onnx/session.js';
import { createBlip2Decoder } from './blip2/blip2Decoder.js';
import { decoderGraph } from './blip2/captionGraphs.js';
import type { Blip2Config, OptConfig } from './blip2/config.js';
import { decodeInGraph, fitsLoop } from './blip2/decodeInGraph.js';
import { deviceNames, keepOnDevice } from './blip2/deviceCache.js';
import { greedyLoop } from './blip2/greedyLoop.js';
import type { Prompts } from './blip2/promptFeeds.js';
import type { Parameters } from './checkpoint/weights.js';
import { generate } from './generate/generate.js';
import type { GenerationSettings } from './generate/generationSettings.js';
import type { SearchResult } from './generate/search.js';
import { openPart, type PartOptions } from './quantization.js';

export interface LanguageModel {
  /** Continues every prompt by its own settings. Rejects with AppError where the model fails. */
  generate(batch: Prompts & { readonly settings: readonly GenerationSettings[] }): Promise<SearchResult[]>;
  dispose(): Promise<void>;
}

export interface LanguageModelOptions {
  readonly weights: Parameters;
  readonly config: Blip2Config;
  readonly text: OptConfig;
  readonly made: PartOptions;
  /**
   * Whether greedy captions are made in the graph. Default: on CUDA, where onnxruntime-node leaves no result, so that all of the past would cross twice a
   * token otherwise. On the CPU it is a twentieth faster, but holds the process for as long as the longest caption takes: docs/decisions/0040-captioning-speed.md.
   */
  readonly inGraph?: boolean | undefined;
}

/** Loads it; what only beams or rules need is loaded when they are first asked for. */
export async function openLanguageModel(options: LanguageModelOptions): Promise<LanguageModel> {
  const { text, made, inGraph } = options;
  const loop = inGraph === true ? await openLoop(options) : await openLoopIfBetter(options);
  let steps = loop === undefined ? Promise.resolve(await openSteps(options)) : undefined;
  return {
    async generate({ settings, ...prompts }) {
      if (loop !== undefined && fitsLoop(settings))
        return decodeInGraph({ session: loop, config: text, half: made.half, settings, ...prompts });
      steps ??= openSteps(options).catch((error: unknown) => {
        // Memory may be there the next time.
        steps = undefined;
        throw error;
      });
      const decoder = createBlip2Decoder({ session: await steps, config: text, ...prompts });
      return generate(decoder, { prompts: prompts.prompts, settings });
    },
    async dispose() {
      await loop?.dispose();
      await (await steps)?.dispose();
    },
  };
}

/** One step, whose cache stays where it runs, if that can be had. */
function openSteps({ weights, config, text, made }: LanguageModelOptions): Promise<Session> {
  const graph = decoderGraph(weights, config);
  if (made.runtime.provider !== 'webgpu') return openPart('language', graph, made);
  const runtime = { ...made.runtime, onDevice: deviceNames(text.num_hidden_layers) };
  return openPart('language', keepOnDevice(graph, text), { ...made, runtime });
}

/** Where nobody asked for it, a loop that a provider does not take is no reason not to run. */
async function openLoopIfBetter(options: LanguageModelOptions): Promise<Session | undefined> {
  if (options.inGraph === false || options.made.runtime.provider !== 'cuda') return undefined;
  return openLoop(options).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'BAD_MODEL') return undefined;
    throw error;
  });
}

function openLoop({ weights, config, text, made }: LanguageModelOptions): Promise<Session> {
  const runtime = { ...made.runtime, finish: (step: Graph) => greedyLoop(step, text) };
  return openPart('language', keepOnDevice(decoderGraph(weights, config), text), { ...made, runtime });
}
