// What happened, told to the subscribers of every API process. Told at most once: the tables are the truth.
import pg from 'pg';
import type { Logger } from 'pino';
import { messageOf } from './errors.js';
import { createFanOut } from './fanOut.js';
import { gathered } from './gathered.js';
import type { ImportProgress } from './ingest/importProgress.js';

/** A caption was completed. */
export interface CaptionCompleted {
  readonly type: 'captionCompleted';
  readonly captionId: string;
  readonly imageSha256: string;
}

/** Something became of a hotspot. */
export interface HotspotChanged {
  readonly type: 'hotspotChanged';
  readonly eventId: string;
  /** Null: of none (accounts that were coordinated). */
  readonly hotspotId: string | null;
}

/** A rule has raised an alert, or ended one. */
export interface AlertRaised {
  readonly type: 'alertRaised';
  readonly alertId: string;
  readonly ruleId: string;
  readonly hotspotId: string;
}

/** An import has come further. */
export interface ImportProgressed extends ImportProgress {
  readonly type: 'importProgress';
}

type Event = CaptionCompleted | HotspotChanged | AlertRaised | ImportProgressed;
type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;

export interface Events {
  publish(event: Event): Promise<void>;
  /** Events of a type from now on, until the iterator is returned; `onOverflow` as in fanOut.ts. */
  subscribe<T extends Event['type']>(type: T, onOverflow?: () => void): AsyncIterableIterator<EventOf<T>>;
  close(): Promise<void>;
}

const CHANNEL = 'hotlens_events';
/** Longest that telling of an event may take (ms). */
const SENDER_MS = 5000;
const MAX_WAITING = 10_000;

/**
 * Without a database URL, events stay in this process (the embedded database has only one). With it they travel by
 * NOTIFY; `listen` keeps one connection of its own for them, and reconnects with backoff when that breaks. What is
 * published while it is broken does not reach this process's subscribers.
 */
export async function openEvents({
  databaseUrl,
  listen,
  log,
  maxWaiting = MAX_WAITING,
}: {
  readonly databaseUrl?: string | undefined;
  readonly listen: boolean;
  readonly log: Logger;
  /** Events that may wait for one subscriber. */
  readonly maxWaiting?: number;
}): Promise<Events> {
  const local = {
    captionCompleted: createFanOut<CaptionCompleted>({ maxWaiting }),
    hotspotChanged: createFanOut<HotspotChanged>({ maxWaiting }),
    alertRaised: createFanOut<AlertRaised>({ maxWaiting }),
    importProgress: createFanOut<ImportProgressed>({ maxWaiting }),
  };
  const subscribe = <T extends Event['type']>(type: T, onOverflow?: () => void) =>
    local[type].subscribe(onOverflow) as AsyncIterableIterator<EventOf<T>>;
  const deliver = (event: Event) => {
    if (event.type === 'captionCompleted') local.captionCompleted.publish(event);
    else if (event.type === 'hotspotChanged') local.hotspotChanged.publish(event);
    else if (event.type === 'alertRaised') local.alertRaised.publish(event);
    // A process of another version may tell of what is unknown here.
    else if (event.type === 'importProgress') local.importProgress.publish(event);
  };
  if (databaseUrl === undefined) {
    return {
      async publish(event) {
        deliver(event);
      },
      subscribe,
      async close() {},
    };
  }
  // One connection: publishing is a short statement, and the pool is not its to fill.
  // A server that has gone silent must not hold up the job that tells of its end.
  const sender = new pg.Pool({
    connectionString: databaseUrl,
    max: 1,
    connectionTimeoutMillis: SENDER_MS,
    query_timeout: SENDER_MS,
    keepAlive: true,
  });
  sender.on('error', (error) => log.warn({ reason: messageOf(error) }, 'event connection lost'));
  const listener = listen ? keepListening(databaseUrl, deliver, log) : null;
  await listener?.ready;
  return {
    // A burst takes two or three statements, where one each would wait in line for the connection until their time is up and be dropped.
    publish: gathered(
      async (events) => {
        await tell(sender, events, log);
        return events.map(() => undefined);
      },
      { most: Number.POSITIVE_INFINITY },
    ),
    subscribe,
    async close() {
      await listener?.close();
      await sender.end();
    },
  };
}

/** Never rejects: what the events are about is stored already, and that nobody can be told is no failure of the work. */
async function tell(sender: pg.Pool, events: readonly Event[], log: Logger): Promise<void> {
  const payloads = events.map((event) => JSON.stringify(event));
  await sender
    .query('SELECT pg_notify($1, payload)::text FROM unnest($2::text[]) AS payload', [CHANNEL, payloads])
    .catch((error: unknown) => log.warn({ reason: messageOf(error), events: events.length }, 'cannot tell of events'));
}

/** A dedicated connection in LISTEN; `ready` resolves when it listens for the first time. */
function keepListening(connectionString: string, deliver: (event: Event) => void, log: Logger) {
  let closed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let delay = 100;
  let settled: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    settled = resolve;
  });

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString, keepAlive: true, keepAliveInitialDelayMillis: 10_000 });
    client = next;
    let ended = false;
    const again = (reason: unknown) => {
      if (closed || ended) return;
      ended = true;
      next.end().catch(() => undefined);
      log.warn({ reason: messageOf(reason), delay }, 'event listener lost, connecting again');
      timer = setTimeout(() => void connect(), delay);
      delay = Math.min(delay * 2, 10_000);
    };
    next.on('error', again);
    next.on('end', () => again('connection ended'));
    next.on('notification', ({ payload }) => {
      if (payload !== undefined) deliver(JSON.parse(payload) as Event);
    });
    try {
      await next.connect();
      await next.query(`LISTEN ${CHANNEL}`);
      delay = 100;
      settled();
    } catch (error) {
      again(error);
    }
  }

  void connect();
  return {
    ready,
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
