// An Inference for failure injection: answers from the picture's bytes alone, fails or hangs when told to. The real one
// is used wherever nothing has to fail on cue.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '../../src/errors.js';
import type {
  CaptionRequest,
  CaptionResult,
  Inference,
  InferenceInfo,
  TextEmbedding,
} from '../../src/inference/inference.js';

export interface TestInference extends Inference {
  /** Digest in every answer; change it to have another model. */
  digest: string;
  /** Called before each caption is answered; throw or wait here. */
  onCaption: (text: string, request: CaptionRequest) => Promise<void> | void;
  /** How many captions were answered, by text. */
  readonly answered: Map<string, number>;
  readonly embedded: string[];
  /** Share of every text's words that the embedder says it knows. */
  known: number;
}

/** Inference failed for a reason of its own. */
export function crash(): AppError {
  return new AppError('INFERENCE_UNAVAILABLE', 'the inference process died', { retryable: true });
}

/** The request killed the process as often as it may. */
export function killed(): AppError {
  return new AppError('INFERENCE_UNAVAILABLE', 'killed the inference process 3 times', {
    retryable: true,
    kind: 'CRASH',
  });
}

export function testInference(): TestInference {
  const answered = new Map<string, number>();
  const embedded: string[] = [];
  const self: TestInference = {
    digest: 'test-model',
    onCaption: () => undefined,
    answered,
    embedded,
    known: 1,
    async info(): Promise<InferenceInfo> {
      const providers = [{ provider: 'cpu', chosen: true, reason: 'test' }] as const;
      return {
        captioner: {
          directory: '/models/test-captioner',
          digest: self.digest,
          adapterDigest: '',
          architecture: 'test',
          parameters: 3_000_000_000,
          ecmaParameters: 0,
          dtype: 'float32',
          providers,
        },
        embedder: {
          directory: '/models/test-embedder',
          digest: 'test-embedder',
          architecture: 'test',
          dimension: 8,
          parameters: 8,
          images: false,
          providers,
        },
        recentBatches: [],
        restarts: 0,
        ready: true,
        pid: process.pid,
      };
    },
    async caption(request: CaptionRequest): Promise<CaptionResult> {
      const { image, options } = request;
      const bytes = 'path' in image ? await readFile(image.path) : image.bytes;
      const text = `${options?.prompt ?? ''}picture ${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`;
      await self.onCaption(text, request);
      answered.set(text, (answered.get(text) ?? 0) + 1);
      return {
        caption: text,
        tokenIds: [5, 6, 2],
        logProb: -1.5,
        confidence: Math.exp(-0.5),
        modelDigest: self.digest,
        adapterDigest: '',
      };
    },
    explain: () => Promise.reject(new AppError('BAD_USER_INPUT', 'no explanations')),
    async embedText(text: string): Promise<TextEmbedding> {
      embedded.push(text);
      const bytes = createHash('sha256').update(text).digest();
      return {
        vector: Float32Array.from({ length: 8 }, (_, index) => bytes[index]! / 255),
        modelDigest: 'test-embedder',
        known: self.known,
      };
    },
    embedImage: () => Promise.reject(new AppError('BAD_USER_INPUT', 'no pictures')),
    async close() {},
  };
  return self;
}
