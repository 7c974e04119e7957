// What resolvers may use: the services of this process and the loaders of this request.
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Caller } from './access/caller.js';
import type { Config } from './config.js';
import type { Database } from './db/database.js';
import { type Deadline, startDeadline } from './deadline.js';
import type { CityState } from './demo/city.js';
import type { Events } from './events.js';
import type { Inference } from './inference/inference.js';
import type { Admission } from './ingest/admission.js';
import type { UploadSpool } from './ingest/uploadSpool.js';
import type { CaptionPlan } from './jobs/captionPlan.js';
import type { Queue } from './jobs/queue.js';
import type { Media } from './media.js';
import { createLoaders, type Loaders } from './resolvers/loaders.js';
import type { Telemetry } from './telemetry/telemetry.js';
import type { OperationWatch } from './telemetry/watchOperation.js';

/** Everything that lives as long as the process. */
export interface Services {
  readonly config: Config;
  readonly db: Database;
  readonly queue: Queue;
  readonly events: Events;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly media: Media;
  /** Files that are coming in. */
  readonly uploads: UploadSpool;
  /** Whether posts may come in now. */
  readonly admission: Admission;
  /** Resolves when inference is there: `hotlens api` starts it at the first use. */
  readonly inference: () => Promise<Inference>;
  /** What queued captions are made with; undefined while no model is loaded in this process. */
  readonly plan: () => CaptionPlan | undefined;
  /** What links to pages begin with, without a slash at its end. */
  readonly publicUrl: () => string;
  /** Of the drawn city that is played here; undefined: none is. */
  readonly demo?: (() => CityState) | undefined;
}

export interface Context {
  readonly services: Services;
  /** Renewed for each event of a subscription. */
  loaders: Loaders;
  /** Of this request: bound to its id. */
  readonly log: Logger;
  readonly requestId: string;
  /** Who asks: he may what his role may. */
  readonly caller: Caller;
  /** Of this request, or of the event of a subscription that is being answered. */
  deadline: Deadline;
  /** Ends the connection of a subscriber that does not keep up. */
  readonly disconnect?: () => void;
  /** Measures and traces it. */
  readonly operation?: OperationWatch | undefined;
}

export interface Request {
  readonly caller: Caller;
  readonly requestId?: string | undefined;
  readonly disconnect?: () => void;
  readonly operation?: OperationWatch | undefined;
}

/** A fresh context: loaders cache, so they must not outlive the request. Without an id of its own the request gets one. Its time begins. */
export function createContext(
  services: Services,
  { caller, requestId = randomUUID(), disconnect, operation }: Request,
): Context {
  return {
    services,
    loaders: createLoaders(services.db),
    log: services.log.child({ requestId }),
    requestId,
    caller,
    deadline: startDeadline(services.config.requests.timeoutMs),
    operation,
    ...(disconnect === undefined ? {} : { disconnect }),
  };
}

/** For the next event of a subscription, which has one context for all: what an earlier event loaded is old by now, and its time is over. */
export function renewContext(context: Context): void {
  const { db, config } = context.services;
  context.loaders = createLoaders(db);
  context.deadline.end();
  context.deadline = startDeadline(config.requests.timeoutMs);
}
