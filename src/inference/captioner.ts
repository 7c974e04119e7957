// Pictures -> captions: a BLIP-2 checkpoint (with its ECMA adapter where there is one) as three warm sessions.
// A batch runs the vision tower and the Q-Former once, then decodes all its sequences together, whatever their prompts
// and settings; each gives what it gives alone.
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { AppError } from '../errors.js';
import { inferenceError } from '../onnx/inferenceError.js';
import { chooseRuntime } from '../onnx/runtime.js';
import type { Device, Session } from '../onnx/session.js';
import { type Adapter, openAdapter } from './blip2/adapter.js';
import { queryGraph, visionGraph } from './blip2/captionGraphs.js';
import { type Blip2Config, parseBlip2Config } from './blip2/config.js';
import { digestModel } from './checkpoint/modelDigest.js';
import { readPreprocessor } from './checkpoint/readPreprocessor.js';
import { storedTypes } from './checkpoint/storedFewBits.js';
import { exists, openWeights, readJson, type Weights } from './checkpoint/weights.js';
import type { DecodeLimits } from './decodeRgb.js';
import { type GenerationSettings, newTokenLimits, resolveGenerationSettings } from './generate/generationSettings.js';
import type { GeneratedSequence, SearchResult } from './generate/search.js';
import { createImageProcessor } from './imageProcessor.js';
import type { CaptionBeams, CaptionerInfo, CaptionRequest, CaptionResult } from './inference.js';
import { openLanguageModel } from './languageModel.js';
import { checkMemory } from './memoryNeed.js';
import { chosenQuantization, openPart, quantizedDigest, storedQuantization } from './quantization.js';
import type { Quantization } from './quantizations.js';
import { loadTokenizer } from './tokenizer.js';

export interface CaptionerOptions {
  readonly device?: Device;
  /** Threads of onnxruntime; 0: one per core. */
  readonly threads?: number;
  /** false: the ecma/ folder is ignored. */
  readonly ecma?: boolean;
  /** Weights of fewer bits, made when the model is loaded. */
  readonly quantize?: Quantization | undefined;
  readonly imageLimits?: DecodeLimits;
  /** Whether it computes in half precision; what has fewer bits does not. Default: on CUDA, where weights are stored so. */
  readonly half?: boolean | undefined;
  /** Whether greedy captions are made by one run of the language model; see openLanguageModel. */
  readonly inGraph?: boolean | undefined;
  /** Told of the memory that the model needs and of what there is (bytes), before it is loaded. */
  readonly onMemory?: ((needed: number, available: number) => void) | undefined;
}

export interface Captioner {
  readonly info: CaptionerInfo;
  /**
   * Captions a batch; the results stand in the order of the requests. What is wrong with one request (BAD_IMAGE,
   * BAD_USER_INPUT) is its own result; only a failure of the model itself rejects.
   */
  captionBatch(requests: readonly CaptionRequest[]): Promise<(CaptionResult | AppError)[]>;
  /** The first half of captionBatch for one request, which may run beside a batch: checks it and decodes its picture. Never rejects. */
  prepare(request: CaptionRequest): Promise<PreparedRequest | AppError>;
  /** The second half, in the order of what was prepared. Rejects where the model itself fails. */
  captionPrepared(batch: readonly PreparedRequest[]): Promise<CaptionResult[]>;
  /** What a search for the caption ends with, beside the caption itself. Rejects as the results of captionBatch do. */
  beams(request: CaptionRequest): Promise<CaptionBeams>;
  dispose(): Promise<void>;
}

/** A request that was checked, with its picture decoded. */
export interface PreparedRequest {
  readonly settings: GenerationSettings;
  readonly prompt: readonly number[];
  /** [3, height, width] */
  readonly pixels: Float32Array;
}

/** Beams of the search that shows what else could have been said, where the caption itself is decoded greedily. */
const BEAMS = 5;

/** What a captioner's directory holds, read and checked but not yet loaded. */
export interface CheckpointFiles {
  readonly config: Blip2Config;
  readonly configJson: Record<string, unknown>;
  /** undefined where there is no generation_config.json. */
  readonly generationJson: unknown;
  readonly base: Weights;
  readonly adapter: Adapter | undefined;
  readonly digest: string;
  /** Where its weights are stored in few bits. */
  readonly quantization: Quantization | undefined;
}

/** What is known of a directory without reading its weights. */
export type Checkpoint = Omit<CheckpointFiles, 'digest'>;

/** Opens a directory. Throws AppError BAD_MODEL naming what is missing or unsupported. */
export async function openCheckpoint(directory: string, options: { ecma?: boolean } = {}): Promise<CheckpointFiles> {
  return { ...(await readCheckpoint(directory, options)), digest: await digestModel(directory) };
}

/** The same without its digest, for which every byte has to be read. */
export async function readCheckpoint(directory: string, options: { ecma?: boolean } = {}): Promise<Checkpoint> {
  if (!(await exists(directory))) throw new AppError('BAD_MODEL', `${directory}: there is no such directory`);
  const file = path.join(directory, 'config.json');
  const configJson = (await readJson(file)) as Record<string, unknown>;
  const config = parseBlip2Config(configJson, file);
  const generation = path.join(directory, 'generation_config.json');
  const base = await openWeights(directory);
  return {
    config,
    configJson,
    generationJson: (await exists(generation)) ? await readJson(generation) : undefined,
    base,
    adapter: options.ecma === false ? undefined : await openAdapter(directory, base, config),
    quantization: storedQuantization(configJson, file),
  };
}

/**
 * What captioning and explaining a caption both begin with: the directory's files, checked, its tokenizer and image processor, and where to
 * run. Throws AppError BAD_MODEL or CONFIG (device).
 */
export async function prepareCaptioner(directory: string, options: CaptionerOptions) {
  const files = await openCheckpoint(directory, options);
  const { config, adapter } = files;
  if (config.text === null) {
    throw new AppError('BAD_MODEL', `${directory}: ${config.architecture} has no language model and cannot caption`);
  }
  const quantize = chosenQuantization(files.quantization, options.quantize, directory);
  const processor = createImageProcessor(await readPreprocessor(directory), options.imageLimits);
  const tokenizer = await loadTokenizer(directory);
  checkImageSize(directory, config, processor.size);
  const runtime = await chooseRuntime(options);
  const { half = runtime.provider === 'cuda' && isStoredInHalf(files.base) } = options;
  return {
    ...{ directory, files, config, adapter, text: config.text, tokenizer, processor },
    weights: adapter?.weights ?? files.base,
    digest: files.quantization === undefined ? quantizedDigest(files.digest, quantize) : files.digest,
    made: { runtime, quantize, config, half: half && quantize === undefined },
    onMemory: options.onMemory,
    inGraph: options.inGraph,
  };
}

export type PreparedCaptioner = Awaited<ReturnType<typeof prepareCaptioner>>;

/** Loads a captioner. Throws AppError BAD_MODEL, CONFIG (device) or OUT_OF_MEMORY. */
export async function openCaptioner(directory: string, options: CaptionerOptions = {}): Promise<Captioner> {
  return loadCaptioner(await prepareCaptioner(directory, options));
}

/** The same of a directory that is prepared. Throws AppError BAD_MODEL, or OUT_OF_MEMORY, also where it would not fit. */
export async function loadCaptioner(prepared: PreparedCaptioner): Promise<Captioner> {
  const { directory, files, config, adapter, text, weights, tokenizer, processor, digest, made } = prepared;
  const { onMemory } = prepared;
  checkMemory(directory, files, { quantize: made.quantize, available: process.availableMemory(), onMemory });
  const vision = await openPart('vision', visionGraph(weights, config), made);
  const query = await openPart('query', queryGraph(weights, config, adapter?.config), made);
  const language = await openLanguageModel({ weights, config, text, made, inGraph: prepared.inGraph });
  const { size } = processor;
  const queries = config.numQueryTokens;
  const adapterDigest = adapter?.digest ?? '';

  /** Checks one request and prepares its picture; what is wrong with it is an AppError of its own. */
  async function prepare(request: CaptionRequest): Promise<PreparedRequest> {
    const options = request.options ?? {};
    const settings = resolveGenerationSettings(files.generationJson, files.configJson.text_config, options);
    const prompt = promptIds(config, tokenizer.encode(options.prompt ?? ''), settings);
    newTokenLimits(settings, prompt.length);
    return { settings, prompt, pixels: await processor.prepare(request.image) };
  }

  async function run(batch: readonly PreparedRequest[]): Promise<SearchResult[]> {
    const plane = 3 * size.height * size.width;
    const pixels = new Float32Array(batch.length * plane);
    batch.forEach((item, i) => {
      pixels.set(item.pixels, i * plane);
    });
    const prefix = await encode(
      { vision, query },
      new ort.Tensor('float32', pixels, [batch.length, 3, size.height, size.width]),
    );
    const prompts = batch.map((item) => item.prompt);
    return language.generate({ prefix, numQueries: queries, prompts, settings: batch.map((item) => item.settings) });
  }

  const textOf = (tokenIds: readonly number[]) => tokenizer.decode(tokenIds, { skipSpecialTokens: true }).trim();

  function captionOf({ tokenIds, logProb }: GeneratedSequence): CaptionResult {
    return {
      caption: textOf(tokenIds),
      tokenIds,
      logProb,
      confidence: tokenIds.length === 0 ? 0 : Math.exp(logProb / tokenIds.length),
      modelDigest: digest,
      adapterDigest,
    };
  }

  const prepareOrSay = (request: CaptionRequest) => prepare(request).catch(inferenceError);

  async function captionPrepared(batch: readonly PreparedRequest[]): Promise<CaptionResult[]> {
    return batch.length === 0 ? [] : (await run(batch)).map(captionOf);
  }

  return {
    info: {
      directory,
      digest,
      adapterDigest,
      architecture: config.architecture,
      parameters: files.base.parameterCount,
      ecmaParameters: adapter?.parameterCount ?? 0,
      dtype: [dtypes(files.base), files.quantization === undefined && made.quantize].filter(Boolean).join('+'),
      providers: made.runtime.attempts,
    },
    async captionBatch(requests) {
      const prepared = await Promise.all(requests.map(prepareOrSay));
      const ready = prepared.filter((item): item is PreparedRequest => !(item instanceof AppError));
      const captions = (await captionPrepared(ready)).values();
      return prepared.map((item) => (item instanceof AppError ? item : captions.next().value!));
    },
    prepare: prepareOrSay,
    captionPrepared,
    async beams(request) {
      const item = await prepare(request);
      const { numBeams: own } = item.settings;
      const numBeams = own === 1 ? BEAMS : own;
      const [{ others, ...first }] = (await run([{ ...item, settings: { ...item.settings, numBeams } }])) as [
        SearchResult,
      ];
      const found = [first, ...others].map(({ tokenIds, logProb, score }) => {
        return { text: textOf(tokenIds), tokenIds, logProb, score };
      });
      return { numBeams, greedy: own === 1, found };
    },
    async dispose() {
      await Promise.all([vision.dispose(), query.dispose(), language.dispose()]);
    },
  };
}

/** Pixels [B, 3, h, w] -> embedded queries [B, N, E], flat. */
async function encode(sessions: { vision: Session; query: Session }, pixels: ort.Tensor): Promise<Float32Array> {
  const { image_embeds: image } = await sessions.vision.run({ pixel_values: pixels });
  const { prefix } = await sessions.query.run({ image_embeds: image! }, ['prefix']);
  return prefix!.data as Float32Array;
}

/**
 * The language model's input: the image token for each query, then BOS and the prompt (the tokenizer puts BOS first).
 * Checkpoints from before there was an image token get the padding id there: these places are embedded from the
 * queries, so the id only stands in the history that repetition rules look at.
 */
function promptIds(config: Blip2Config, encoded: readonly number[], settings: GenerationSettings): number[] {
  const placeholder = config.imageTokenId ?? settings.padTokenId;
  return [...Array<number>(config.numQueryTokens).fill(placeholder), ...encoded];
}

/** Throws AppError BAD_MODEL where a directory's two files do not agree on the size of pictures. */
function checkImageSize(directory: string, config: Blip2Config, size: { height: number; width: number }): void {
  const { image_size: expected } = config.vision;
  if (size.height !== expected || size.width !== expected) {
    throw new AppError(
      'BAD_MODEL',
      `${directory}: preprocessor_config.json makes pictures of ${size.width} x ${size.height}, the vision tower takes ${expected} x ${expected}`,
    );
  }
}

function isStoredInHalf({ tensors }: Weights): boolean {
  return storedTypes(tensors).some((type) => type === 'F16' || type === 'BF16');
}

/** 'float32', or what is stored joined: 'float16+float32'. */
function dtypes(weights: Weights): string {
  const names: Record<string, string> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };
  return storedTypes(weights.tensors)
    .map((type) => names[type] ?? type)
    .sort()
    .join('+');
}
