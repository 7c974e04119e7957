// What inference offers to the rest of Hotlens, whichever process it runs in. Knows nothing of GraphQL or Prisma.
import type { ProviderAttempt } from '../onnx/runtime.js';
import type { ShownExplanation } from './explain/shownExplanation.js';
import type { Rank } from './turns.js';

/** A picture: a file on this machine, or its encoded bytes. */
export type ImageSource = { readonly path: string } | { readonly bytes: Uint8Array };

/** How captions are decoded; whatever is left out comes from the checkpoint's generation_config.json. */
export interface DecodingOptions {
  /** '' (the default): no prompt, BOS alone. */
  readonly prompt?: string;
  readonly numBeams?: number;
  readonly maxNewTokens?: number;
  readonly minNewTokens?: number;
  readonly lengthPenalty?: number;
  readonly repetitionPenalty?: number;
  readonly noRepeatNgramSize?: number;
  readonly earlyStopping?: boolean;
  readonly eosTokenId?: number | readonly number[];
}

export interface CaptionRequest {
  readonly image: ImageSource;
  readonly options?: DecodingOptions;
  /** 'backlog': nobody waits for it, and what somebody waits for goes first. Default: 'interactive'. */
  readonly rank?: Rank;
}

export interface CaptionResult {
  readonly caption: string;
  /** Generated ids: prompt cut off, no padding, the end token included where one was reached. */
  readonly tokenIds: readonly number[];
  /** Sum of the natural log-probabilities of `tokenIds`. */
  readonly logProb: number;
  /** exp(mean log-probability), 0..1. */
  readonly confidence: number;
  readonly modelDigest: string;
  /** Digest of the ECMA adapter, '' without one. */
  readonly adapterDigest: string;
}

/** What a beam search for a caption ended with. */
export interface CaptionBeams {
  /** Of the search. */
  readonly numBeams: number;
  /** Whether the caption itself is decoded without one: then its words need not be those of the first beam. */
  readonly greedy: boolean;
  /** The best score first. */
  readonly found: readonly {
    readonly text: string;
    readonly tokenIds: readonly number[];
    /** Sum of the natural log-probabilities of `tokenIds`, by the model alone. */
    readonly logProb: number;
    /** What the search goes by: log-probability over length to the power of the length penalty, rules included. */
    readonly score: number;
  }[];
}

/** A caption that was given, to be explained. */
export interface ExplanationRequest extends CaptionRequest {
  /** As the CaptionResult has them. */
  readonly tokenIds: readonly number[];
}

/** Where a caption came from, and what else could have been said. */
export interface ExplanationResult extends ShownExplanation {
  readonly beams: CaptionBeams;
}

export interface EmbeddingResult {
  readonly vector: Float32Array;
  readonly modelDigest: string;
}

export interface TextEmbedding extends EmbeddingResult {
  /** The share of the text's words that the model has learnt, 0 to 1: others it spells, and knows little of. */
  readonly known: number;
}

export interface CaptionerInfo {
  readonly directory: string;
  readonly digest: string;
  readonly adapterDigest: string;
  /** e.g. 'Blip2ForConditionalGeneration'. */
  readonly architecture: string;
  /** Of the checkpoint, without the adapter. */
  readonly parameters: number;
  readonly ecmaParameters: number;
  readonly dtype: string;
  readonly providers: readonly ProviderAttempt[];
}

export interface EmbedderInfo {
  readonly directory: string;
  readonly digest: string;
  readonly architecture: string;
  readonly dimension: number;
  readonly parameters: number;
  /** Whether pictures can be embedded into the same space. */
  readonly images: boolean;
  readonly providers: readonly ProviderAttempt[];
}

export interface InferenceInfo {
  readonly captioner: CaptionerInfo;
  readonly embedder: EmbedderInfo;
  /** Sizes of the latest caption batches that ran, newest last (at most 100). */
  readonly recentBatches: readonly number[];
  /** How often the inference process was started anew after it died. */
  readonly restarts: number;
  /** Whether the sessions are warm now; not while the process is started anew. */
  readonly ready: boolean;
  /** The process that runs the sessions; 0 while there is none. */
  readonly pid: number;
}

/**
 * Inference as the API and the jobs see it. Every method rejects with AppError: BAD_IMAGE (the picture's fault, final),
 * BAD_USER_INPUT (the options' fault, final), OUT_OF_MEMORY and INFERENCE_UNAVAILABLE (retryable; the latter also when
 * the process died while it worked on the request). Concurrent `caption` calls are batched by the loader in the
 * process that runs inference; one failure does not fail its batch-mates.
 */
export interface Inference {
  info(): Promise<InferenceInfo>;
  /** Rejects with the reason of `signal` when it aborts; the model is then not asked where it was not yet. */
  caption(request: CaptionRequest, signal?: AbortSignal): Promise<CaptionResult>;
  /**
   * Explains a caption of the present model, in a turn of its own between batches. Not tried again where the process dies of it
   * or beside it: INFERENCE_UNAVAILABLE.
   */
  explain(request: ExplanationRequest, signal?: AbortSignal): Promise<ExplanationResult>;
  embedText(text: string): Promise<TextEmbedding>;
  embedImage(image: ImageSource): Promise<EmbeddingResult>;
  close(): Promise<void>;
}
