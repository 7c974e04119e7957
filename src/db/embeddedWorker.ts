// The thread that runs PGlite. Its parent sends ports; each is served as one connection.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { messageOf } from '../errors.js';
import { serveWire } from './serveWire.js';

export interface EmbeddedWorkerData {
  /** Where the database lies; undefined: in memory. */
  readonly directory: string | undefined;
}

export type EmbeddedRequest = { readonly type: 'connect'; readonly port: MessagePort } | { readonly type: 'close' };
export type EmbeddedMessage = { readonly type: 'ready' } | { readonly type: 'failed'; readonly reason: string };

const parent = parentPort!;
const { directory } = workerData as EmbeddedWorkerData;

/** Says why, then ends the thread: its parent fails every open connection, where a wounded database would leave them waiting. */
function fail(error: unknown): never {
  parent.postMessage({ type: 'failed', reason: messageOf(error) } satisfies EmbeddedMessage);
  process.exit(1);
}

const db = await PGlite.create({ ...(directory ? { dataDir: directory } : {}), extensions: { vector } }).catch(fail);
const wire = serveWire(db, fail);

parent.on('message', async (request: EmbeddedRequest) => {
  if (request.type === 'connect') return wire.attach(request.port);
  await wire.idle();
  await db.close();
  process.exit(0);
});
parent.postMessage({ type: 'ready' } satisfies EmbeddedMessage);
