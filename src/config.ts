// The environment -> one typed, frozen, validated object. The only reader of process.env.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { AppError, messageOf } from './errors.js';
import type { InferenceSettings } from './inference/inferenceProtocol.js';
import { QUANTIZATIONS } from './inference/quantizations.js';
import { KEEP_ALL, type Retention, readRetention } from './retention.js';
import type { OperationLimits } from './server/operationLimits.js';
import type { SocketLimits } from './server/serveSubscriptions.js';

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

/** '80, 8000-8999' -> pairs of the first and the last port. */
const ports = list.transform((items, context) =>
  items.map((item): readonly [number, number] => {
    const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(item) ?? [];
    const range = [Number(from), Number(to ?? from)] as const;
    if (!(range[0] >= 1 && range[0] <= range[1] && range[1] <= 65535)) {
      context.addIssue(`expected ports and ranges such as 443 or 8000-8999, got ${JSON.stringify(item)}`);
    }
    return range;
  }),
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
  /** Names that the server is reached by, as browsers and clients write them: host, or host:port. */
  HOTLENS_ALLOWED_HOSTS: list
    .refine(
      (hosts) => hosts.every((host) => /^[a-z0-9._-]+(:\d{1,5})?$/i.test(host)),
      'expected names such as hotlens.example.org',
    )
    .default([]),
  /** Addresses or networks (CIDR) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  HOTLENS_TRUSTED_PROXIES: list
    .refine(
      (proxies) => proxies.every((proxy) => ipaddr.isValid(proxy) || ipaddr.isValidCIDR(proxy)),
      'expected addresses or networks such as 127.0.0.1 or 10.0.0.0/8',
    )
    .default([]),
  /** What commands show that ask a running Hotlens. */
  HOTLENS_KEY: z.string().startsWith('hotlens_', 'expected a key, hotlens_...').optional(),
  HOTLENS_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Directory of the captioner: a Hugging Face Blip2ForConditionalGeneration with OPT. */
  HOTLENS_MODEL: z.string().min(1).default(path.join(PACKAGE_ROOT, 'models/blip2-scenes')),
  /** Directory of the embedder: Blip2ForImageTextRetrieval or a BERT-family sentence encoder. */
  HOTLENS_EMBEDDER: z.string().min(1).default(path.join(PACKAGE_ROOT, 'models/blip2-scenes-embedder')),
  HOTLENS_DEVICE: z.enum(['auto', 'cpu', 'cuda', 'webgpu']).default('auto'),
  /** Weights of the captioner in fewer bits; unset: as they are stored. */
  HOTLENS_QUANTIZE: z.enum(QUANTIZATIONS).optional(),
  /** Whether the adapter in MODEL/ecma is used where there is one. */
  HOTLENS_ECMA: z.enum(['on', 'off']).default('on'),
  /** Images per batch, and how long a batch waits for company (ms). */
  HOTLENS_BATCH_SIZE: integer(1, 256).default(8),
  HOTLENS_BATCH_WAIT_MS: integer(0, 10_000).default(10),
  /** What a batch of queued images may take while people ask for captions too (ms); unset: twice what one takes. */
  HOTLENS_BATCH_TARGET_MS: integer(1, 600_000).optional(),
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
  /** Bytes of one upload, all its files together. */
  HOTLENS_UPLOAD_MAX_BYTES: integer(1, Number.MAX_SAFE_INTEGER).default(2 ** 31),
  /** Jobs that wait or run; with more, nothing is taken in. */
  HOTLENS_QUEUE_LIMIT: integer(1, 1_000_000_000).default(1_000_000),
  /** With less room on the disk of HOTLENS_DATA nothing is taken in. */
  HOTLENS_MIN_FREE_BYTES: integer(0, Number.MAX_SAFE_INTEGER).default(100 << 20),
  /** Seconds without a sign of life after which a running job goes to another worker. */
  HOTLENS_HEARTBEAT_SECONDS: integer(10, 3600).default(30),
  /** Address that links to pages begin with, as readers reach the dashboard; where it is not set, the one that the server announces. */
  HOTLENS_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'expected http(s)://...' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** Folder below which messages are laid; `delivered` in HOTLENS_DATA where it is not set. */
  HOTLENS_DELIVER_DIR: z.string().min(1).optional(),
  /** Hosts, addresses or networks (CIDR) that webhooks may lead to although they are not public; comma-separated. */
  HOTLENS_DELIVER_ALLOW: list.default([]),
  HOTLENS_DELIVER_TIMEOUT_MS: integer(1, 120_000).default(20_000),
  /** Server that mail goes out through: smtp://user:password@host:587, or smtps:// for TLS from the start. */
  HOTLENS_SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'expected smtp://... or smtps://...' }).optional(),
  HOTLENS_MAIL_FROM: z
    .string()
    .regex(/^([^<>\r\n]*<)?[^\s@<>,]+@[^\s@<>,]+>?$/, 'expected an address such as Hotlens <hotlens@example.org>')
    .default('Hotlens <hotlens@localhost>'),
  /** Ports that media may be fetched from; what HOTLENS_MEDIA_ALLOW names may be on any. */
  HOTLENS_MEDIA_PORTS: ports.default([
    [80, 80],
    [443, 443],
  ]),
  /** Longest that one picture may take to decode. */
  HOTLENS_MEDIA_DECODE_MS: integer(1, 600_000).default(20_000),
  /** Whether clients may ask for the schema. */
  HOTLENS_GRAPHQL_INTROSPECTION: z.enum(['on', 'off']).default('on'),
  /** Bounds of a GraphQL document: see src/server/operationLimits.ts. */
  HOTLENS_GRAPHQL_MAX_TOKENS: integer(1, 1_000_000).default(15_000),
  HOTLENS_GRAPHQL_MAX_DEPTH: integer(1, 1000).default(20),
  HOTLENS_GRAPHQL_MAX_FIELDS: integer(1, 100_000).default(500),
  HOTLENS_GRAPHQL_MAX_ALIASES: integer(0, 100_000).default(50),
  HOTLENS_GRAPHQL_MAX_DIRECTIVES: integer(0, 100_000).default(50),
  HOTLENS_GRAPHQL_MAX_COST: integer(1, 1_000_000_000).default(200_000),
  /** Longest that a query or mutation may take, and one event of a subscription. */
  HOTLENS_REQUEST_TIMEOUT_MS: integer(1, 3_600_000).default(30_000),
  /** WebSockets of one client (address), and what may run over each at a time. */
  HOTLENS_MAX_CONNECTIONS: integer(1, 100_000).default(50),
  HOTLENS_MAX_SUBSCRIPTIONS: integer(1, 10_000).default(50),
  /** Events that wait for one subscriber, and bytes for one connection, before it is cut off. */
  HOTLENS_MAX_WAITING_EVENTS: integer(1, 10_000_000).default(10_000),
  HOTLENS_MAX_WAITING_BYTES: integer(1, 1 << 30).default(8 << 20),
  /** A WebSocket is asked for a sign of life so often, and cut when none came until then. */
  HOTLENS_PING_MS: integer(1, 3_600_000).default(12_000),
  /** Where a worker without the API tells its metrics; unset: nowhere. */
  HOTLENS_METRICS_HOST: z.string().default('127.0.0.1'),
  HOTLENS_METRICS_PORT: integer(0, 65535).optional(),
  /** OpenTelemetry's own variables: where spans go over OTLP/HTTP, all signals below it or the traces alone. Unset: nowhere. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/, error: 'expected http(s)://...' }).optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url({ protocol: /^https?$/, error: 'expected http(s)://...' }).optional(),
  OTEL_SDK_DISABLED: z.string().optional(),
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
  /** Days after which events of the audit are deleted. */
  HOTLENS_AUDIT_DAYS: integer(1, 36_500).default(365),
});

export interface Config {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  /** In lower case. */
  readonly allowedHosts: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly key: string | undefined;
  readonly logLevel: z.infer<typeof schema>['HOTLENS_LOG_LEVEL'];
  readonly inference: Omit<InferenceSettings, 'maxPixels' | 'decodeMs'>;
  /** Decoding of queued captions. */
  readonly captioning: { readonly prompt: string; readonly maxNewTokens?: number; readonly numBeams?: number };
  readonly detection: { readonly embed: 'caption' | 'caption+text'; readonly opinionModel: string | undefined };
  readonly media: {
    readonly allow: readonly string[];
    readonly maxBytes: number;
    readonly maxPixels: number;
    readonly timeoutMs: number;
    /** First and last of each range of ports. */
    readonly ports: readonly (readonly [number, number])[];
    readonly decodeMs: number;
  };
  /** How messages leave. */
  readonly deliver: {
    /** Absolute; undefined: `delivered` in `dataDir`. */
    readonly folder: string | undefined;
    readonly allow: readonly string[];
    readonly timeoutMs: number;
    readonly smtpUrl: string | undefined;
    readonly mailFrom: string;
  };
  /** Without a slash at its end; undefined: the one that the server announces. */
  readonly publicUrl: string | undefined;
  readonly requests: {
    readonly introspection: boolean;
    readonly limits: OperationLimits;
    readonly timeoutMs: number;
    readonly sockets: SocketLimits;
    /** Events that may wait for one subscriber. */
    readonly maxWaitingEvents: number;
  };
  /** When posts are refused for a while. */
  readonly ingest: { readonly queueLimit: number; readonly minFreeBytes: number };
  /** Most bytes of one upload. */
  readonly uploadMaxBytes: number;
  readonly heartbeatSeconds: number;
  /** Where a worker without the API is scraped; undefined: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** URL that spans are sent to; undefined: none are made. */
  readonly tracesUrl: string | undefined;
  readonly retention: Retention;
  /** How long events of the audit are kept. */
  readonly auditDays: number;
}

/** Reads and checks the environment. Throws AppError CONFIG naming every variable that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const { config, problems } = examineConfig(env);
  if (problems.length === 0) return config;
  const told = problems.map(({ variable, problem }) => `${variable}: ${problem}`);
  throw new AppError('CONFIG', `bad configuration: ${told.join('; ')}`);
}

export interface ConfigProblem {
  readonly variable: string;
  readonly problem: string;
}

/** Names of the benches' and tests' own variables, which this file knows nothing of. */
const NOT_OURS = /^HOTLENS_(TEST|PEER)_/;

/** What is wrong with the environment, names that it holds and nobody reads, and the configuration by what is right in it. */
export function examineConfig(env: NodeJS.ProcessEnv = process.env): {
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
  readonly unknown: readonly string[];
} {
  // An empty variable counts as unset: `DATABASE_URL= hotlens start` means the embedded database.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  const issues = parsed.success ? [] : parsed.error.issues;
  const problems = issues.map(({ path, message }) => ({ variable: path.join('.'), problem: message }));
  const wrong = new Set(issues.map(({ path: [name] }) => String(name)));
  const right = Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name)));
  const unknown = Object.keys(given).filter(
    (name) => name.startsWith('HOTLENS_') && !NOT_OURS.test(name) && !(name in schema.shape),
  );
  return { config: toConfig(parsed.success ? parsed.data : schema.parse(right)), problems, unknown };
}

function toConfig(e: z.infer<typeof schema>): Config {
  return Object.freeze({
    dataDir: path.resolve(e.HOTLENS_DATA),
    databaseUrl: e.DATABASE_URL,
    host: e.HOTLENS_HOST,
    port: e.HOTLENS_PORT,
    allowedHosts: Object.freeze(e.HOTLENS_ALLOWED_HOSTS.map((host) => host.toLowerCase())),
    trustedProxies: Object.freeze(e.HOTLENS_TRUSTED_PROXIES),
    key: e.HOTLENS_KEY,
    logLevel: e.HOTLENS_LOG_LEVEL,
    inference: Object.freeze({
      modelDir: path.resolve(e.HOTLENS_MODEL),
      embedderDir: path.resolve(e.HOTLENS_EMBEDDER),
      device: e.HOTLENS_DEVICE,
      ecma: e.HOTLENS_ECMA === 'on',
      quantize: e.HOTLENS_QUANTIZE,
      batchSize: e.HOTLENS_BATCH_SIZE,
      batchWaitMs: e.HOTLENS_BATCH_WAIT_MS,
      batchTargetMs: e.HOTLENS_BATCH_TARGET_MS,
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
      ports: e.HOTLENS_MEDIA_PORTS,
      decodeMs: e.HOTLENS_MEDIA_DECODE_MS,
    }),
    deliver: Object.freeze({
      folder: e.HOTLENS_DELIVER_DIR === undefined ? undefined : path.resolve(e.HOTLENS_DELIVER_DIR),
      allow: Object.freeze(e.HOTLENS_DELIVER_ALLOW),
      timeoutMs: e.HOTLENS_DELIVER_TIMEOUT_MS,
      smtpUrl: e.HOTLENS_SMTP_URL,
      mailFrom: e.HOTLENS_MAIL_FROM,
    }),
    publicUrl: e.HOTLENS_PUBLIC_URL,
    requests: Object.freeze({
      introspection: e.HOTLENS_GRAPHQL_INTROSPECTION === 'on',
      limits: Object.freeze({
        maxTokens: e.HOTLENS_GRAPHQL_MAX_TOKENS,
        maxDepth: e.HOTLENS_GRAPHQL_MAX_DEPTH,
        maxFields: e.HOTLENS_GRAPHQL_MAX_FIELDS,
        maxAliases: e.HOTLENS_GRAPHQL_MAX_ALIASES,
        maxDirectives: e.HOTLENS_GRAPHQL_MAX_DIRECTIVES,
        maxCost: e.HOTLENS_GRAPHQL_MAX_COST,
      }),
      timeoutMs: e.HOTLENS_REQUEST_TIMEOUT_MS,
      sockets: Object.freeze({
        connections: e.HOTLENS_MAX_CONNECTIONS,
        operations: e.HOTLENS_MAX_SUBSCRIPTIONS,
        waitingBytes: e.HOTLENS_MAX_WAITING_BYTES,
        pingMs: e.HOTLENS_PING_MS,
      }),
      maxWaitingEvents: e.HOTLENS_MAX_WAITING_EVENTS,
    }),
    ingest: Object.freeze({ queueLimit: e.HOTLENS_QUEUE_LIMIT, minFreeBytes: e.HOTLENS_MIN_FREE_BYTES }),
    uploadMaxBytes: e.HOTLENS_UPLOAD_MAX_BYTES,
    heartbeatSeconds: e.HOTLENS_HEARTBEAT_SECONDS,
    metrics:
      e.HOTLENS_METRICS_PORT === undefined
        ? undefined
        : Object.freeze({ host: e.HOTLENS_METRICS_HOST, port: e.HOTLENS_METRICS_PORT }),
    tracesUrl: tracesUrl(e),
    retention: Object.freeze(e.HOTLENS_RETENTION),
    auditDays: e.HOTLENS_AUDIT_DAYS,
  });
}

/** As OpenTelemetry has it: the address of all signals gets a path for each. */
function tracesUrl(e: z.infer<typeof schema>): string | undefined {
  if (e.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = e;
  return traces ?? (all === undefined ? undefined : `${all.replace(/\/+$/, '')}/v1/traces`);
}
