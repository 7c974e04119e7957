// Every metric of ours. The values of each label are listed: what is not of a small, known set (ids, authors, addresses) is no label.
import { FAILURE_KINDS } from '../errors.js';
import { QUEUES } from '../jobs/queue.js';

export const STAGES = ['fetch', 'store', 'caption', 'embed', 'detect'] as const;
/** A picture through one of the stages, or one step of detection. */
export type Stage = (typeof STAGES)[number];

export const ROUTES = [
  '/',
  '/graphql',
  '/media',
  '/feeds',
  '/session',
  '/metrics',
  '/healthz',
  '/readyz',
  'other',
] as const;
export type Route = (typeof ROUTES)[number];

const OUTCOMES = ['ok', 'error'] as const;
/** From a cached answer to a large model on a slow machine. */
const SECONDS = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

export const COUNTERS = {
  hotlens_captions_total: { help: 'Captions completed.', labels: {} },
  hotlens_posts_total: {
    help: 'Rows taken in by this process, by what became of them.',
    labels: { outcome: ['accepted', 'updated', 'rejected', 'deleted'] },
  },
  hotlens_job_failures_total: {
    help: 'Failed attempts of jobs, also those that are tried again.',
    labels: { queue: QUEUES, kind: FAILURE_KINDS },
  },
  hotlens_jobs_given_up_total: {
    help: 'Jobs after whose failure nothing is tried again.',
    labels: { queue: QUEUES, kind: FAILURE_KINDS },
  },
  hotlens_inference_restarts_total: {
    help: 'Deaths of the inference process, after which it is started anew.',
    labels: {},
  },
  hotlens_key_refusals_total: { help: 'Keys and sessions shown that were not valid.', labels: {} },
} as const satisfies Definitions;

export const HISTOGRAMS = {
  hotlens_http_request_duration_seconds: {
    help: 'HTTP requests.',
    labels: { route: ROUTES, status: ['1xx', '2xx', '3xx', '4xx', '5xx'] },
    buckets: SECONDS,
  },
  hotlens_graphql_operation_duration_seconds: {
    help: 'GraphQL operations over HTTP and WebSocket; of subscriptions until they begin.',
    labels: { kind: ['query', 'mutation', 'subscription', 'invalid'], outcome: OUTCOMES },
    buckets: SECONDS,
  },
  hotlens_job_duration_seconds: {
    help: 'Jobs, from the time they are taken from their queue.',
    labels: { queue: QUEUES, outcome: OUTCOMES },
    buckets: SECONDS,
  },
  hotlens_stage_duration_seconds: {
    help: 'Fetching a picture, decoding and storing it, captioning it (with the wait for its batch), embedding its caption, a step of detection.',
    labels: { stage: STAGES, outcome: OUTCOMES },
    buckets: SECONDS,
  },
  hotlens_caption_batch_size: {
    help: 'Pictures in a batch of the captioner.',
    labels: {},
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  },
} as const satisfies Record<string, Definition & { readonly buckets: readonly number[] }>;

export const GAUGES = {
  hotlens_websocket_connections: { help: 'Open WebSockets.', labels: {} },
  hotlens_queue_jobs: {
    help: 'Jobs of all processes: ready to run, to be run later, running.',
    labels: { queue: QUEUES, state: ['waiting', 'delayed', 'running'] },
  },
  hotlens_queue_oldest_waiting_seconds: {
    help: 'How long the oldest job has been ready to run; 0 where none is.',
    labels: { queue: QUEUES },
  },
  hotlens_dead_letters: { help: 'Jobs that were given up and wait to be looked at.', labels: { queue: QUEUES } },
  hotlens_database_connections: {
    help: "This process's pool: connections in use and idle, and callers that wait for one.",
    labels: { state: ['used', 'idle', 'waited_for'] },
  },
} as const satisfies Definitions;

interface Definition {
  readonly help: string;
  /** Every value that a label may have. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
}
type Definitions = Readonly<Record<string, Definition>>;

/** The labels of one of the metrics above, each with one of its values. */
export type LabelsOf<D extends Definition> = { readonly [L in keyof D['labels']]: D['labels'][L][number] };
