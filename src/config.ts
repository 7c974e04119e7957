// The environment -> one typed, frozen, validated object. The only reader of process.env.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { AppError, messageOf } from './errors.js';
import type { InferenceSettings } from './inference/inferenceProtocol.js';
import { KEEP_ALL, type Retention, readRetention } from './retention.js';

/** The package's own folder, from src/ and from dist/ alike. */
export const PACKAGE_ROOT = fileURLToPath(new URL('..', import.meta.url));

const integer = (low: number, high: number) => {
  const error = `expected a whole number from ${low} to ${high}`;
  // One check, so that a value that is wrong in two ways is told once.
  return z.coerce.number({ error }).refine((n) => Number.isInteger(n) && n >= low && n <= high, { error });
};
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

const schema = z.object({
  /** Folder of everything that is kept: embedded database, media. */
  HOTLENS_DATA: z.string().min(1).default('.hotlens'),
  /** PostgreSQL with pgvector; the embedded database where it is not set. */
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected postgresql://...')
    .optional(),
  HOTLENS_HOST: z.string().default('127.0.0.1'),
  HOTLENS_PORT: integer(0, 65535).default(4000),
  HOTLENS_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Directory of the captioner: a Hugging Face Blip2ForConditionalGeneration with OPT. */
  HOTLENS_MODEL: z.string().min(1).default(path.join(PACKAGE_ROOT, 'models/blip2-scenes')),
  /** Directory of the embedder: Blip2ForImageTextRetrieval or a BERT-family sentence encoder. */
  HOTLENS_EMBEDDER: z.string().min(1).default(path.join(PACKAGE_ROOT, 'models/blip2-scenes-embedder')),
  HOTLENS_DEVICE: z.enum(['auto', 'cpu', 'cuda', 'webgpu']).default('auto'),
  /** Whether the adapter in MODEL/ecma is used where there is one. */
  HOTLENS_ECMA: z.enum(['on', 'off']).default('on'),
  /** Images per batch, and how long a batch waits for company (ms). */
  HOTLENS_BATCH_SIZE: integer(1, 256).default(8),
  HOTLENS_BATCH_WAIT_MS: integer(0, 10_000).default(10),
  /** Threads of onnxruntime; 0: one per core. */
  HOTLENS_THREADS: integer(0, 256).default(0),
  /** Decoding of queued captions; unset values come from the checkpoint's generation_config.json. */
  HOTLENS_PROMPT: z.string().default(''),
  HOTLENS_NUM_BEAMS: integer(1, 64).optional(),
  HOTLENS_MAX_NEW_TOKENS: integer(1, 2048).optional(),
  /** What of a post detection embeds; of one without a caption it is the text. */
  HOTLENS_DETECT_TEXT: z.enum(['caption', 'caption+text']).default('caption'),
  /** Directory of a Hugging Face text classifier that opinions are asked of; the lexicon where it is not set. */
  HOTLENS_OPINION_MODEL: z.string().min(1).optional(),
  /** Hosts, addresses or networks (CIDR) that media may be fetched from although they are not public; comma-separated. */
  HOTLENS_MEDIA_ALLOW: list.default([]),
  HOTLENS_MEDIA_MAX_BYTES: integer(1, 1 << 30).default(20 << 20),
  HOTLENS_MEDIA_MAX_PIXELS: integer(1, 1_000_000_000).default(50_000_000),
  HOTLENS_MEDIA_TIMEOUT_MS: integer(1, 600_000).default(20_000),
  /** How long posts are kept, for all sources and for those named: 90d,bluesky=30d,archive=keep. Unset: for ever. */
  HOTLENS_RETENTION: z
    .string()
    .transform((text, context) => {
      try {
        return readRetention(text);
      } catch (error) {
        context.addIssue(messageOf(error));
        return z.NEVER;
      }
    })
    .default(KEEP_ALL),
});

export interface Config {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly logLevel: z.infer<typeof schema>['HOTLENS_LOG_LEVEL'];
  readonly inference: Omit<InferenceSettings, 'maxPixels'>;
  /** Decoding of queued captions. */
  readonly captioning: { readonly prompt: string; readonly maxNewTokens?: number; readonly numBeams?: number };
  readonly detection: { readonly embed: 'caption' | 'caption+text'; readonly opinionModel: string | undefined };
  readonly media: {
    readonly allow: readonly string[];
    readonly maxBytes: number;
    readonly maxPixels: number;
    readonly timeoutMs: number;
  };
  readonly retention: Retention;
}

/** Reads and checks the environment. Throws AppError CONFIG naming every variable that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  // An empty variable counts as unset: `DATABASE_URL= hotlens start` means the embedded database.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new AppError('CONFIG', `bad configuration: ${problems.join('; ')}`);
  }
  const e = parsed.data;
  return Object.freeze({
    dataDir: path.resolve(e.HOTLENS_DATA),
    databaseUrl: e.DATABASE_URL,
    host: e.HOTLENS_HOST,
    port: e.HOTLENS_PORT,
    logLevel: e.HOTLENS_LOG_LEVEL,
    inference: Object.freeze({
      modelDir: path.resolve(e.HOTLENS_MODEL),
      embedderDir: path.resolve(e.HOTLENS_EMBEDDER),
      device: e.HOTLENS_DEVICE,
      ecma: e.HOTLENS_ECMA === 'on',
      batchSize: e.HOTLENS_BATCH_SIZE,
      batchWaitMs: e.HOTLENS_BATCH_WAIT_MS,
      threads: e.HOTLENS_THREADS,
    }),
    captioning: Object.freeze({
      prompt: e.HOTLENS_PROMPT,
      ...(e.HOTLENS_MAX_NEW_TOKENS === undefined ? {} : { maxNewTokens: e.HOTLENS_MAX_NEW_TOKENS }),
      ...(e.HOTLENS_NUM_BEAMS === undefined ? {} : { numBeams: e.HOTLENS_NUM_BEAMS }),
    }),
    detection: Object.freeze({
      embed: e.HOTLENS_DETECT_TEXT,
      opinionModel: e.HOTLENS_OPINION_MODEL === undefined ? undefined : path.resolve(e.HOTLENS_OPINION_MODEL),
    }),
    media: Object.freeze({
      allow: Object.freeze(e.HOTLENS_MEDIA_ALLOW),
      maxBytes: e.HOTLENS_MEDIA_MAX_BYTES,
      maxPixels: e.HOTLENS_MEDIA_MAX_PIXELS,
      timeoutMs: e.HOTLENS_MEDIA_TIMEOUT_MS,
    }),
    retention: Object.freeze(e.HOTLENS_RETENTION),
  });
}
