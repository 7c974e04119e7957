// What the API's side and the process that runs inference say to each other over the IPC channel.
import type { AppErrorCode } from '../errors.js';
import type { CaptionerInfo, CaptionRequest, EmbedderInfo, ExplanationRequest, ImageSource } from './inference.js';
import type { Quantization } from './quantizations.js';

/** Everything the process needs to know; given as JSON in its first argument. */
export interface InferenceSettings {
  readonly modelDir: string;
  readonly embedderDir: string;
  readonly device: 'auto' | 'cpu' | 'cuda' | 'webgpu';
  readonly ecma: boolean;
  readonly quantize?: Quantization | undefined;
  readonly batchSize: number;
  readonly batchWaitMs: number;
  /** What a batch of queued work may take while people ask; undefined: twice what one picture takes. */
  readonly batchTargetMs?: number | undefined;
  readonly threads: number;
  /** Pictures with more pixels are refused. */
  readonly maxPixels: number;
  /** And those that take longer to decode (ms). */
  readonly decodeMs: number;
}

export type InferenceCall =
  | { readonly method: 'caption'; readonly argument: CaptionRequest }
  | { readonly method: 'explain'; readonly argument: ExplanationRequest }
  | { readonly method: 'embedText'; readonly argument: string }
  | { readonly method: 'embedImage'; readonly argument: ImageSource };

export type ToProcess =
  | (InferenceCall & { readonly id: number })
  /** Nobody waits for the answer to this call any more. */
  | { readonly method: 'cancel'; readonly id: number };

export interface WireError {
  readonly code: AppErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

export type FromProcess =
  /** The captioner is about to be loaded: it needs so much memory (bytes) of what there is. */
  | { readonly kind: 'loading'; readonly needed: number; readonly available: number }
  | { readonly kind: 'ready'; readonly captioner: CaptionerInfo; readonly embedder: EmbedderInfo }
  | { readonly kind: 'refused'; readonly error: WireError }
  /** A batch of so many pictures is about to run. */
  | { readonly kind: 'batch'; readonly size: number }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError };
