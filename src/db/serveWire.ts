// The PostgreSQL wire protocol for many connections over PGlite's one session.
//
// Idea: whatever a client sends up to its Sync (or one simple Query) runs as one piece, and while a transaction is open only
// the connection that opened it is served. pglite-socket 0.2.17 lets messages of other connections in between: two
// statements whose parameters span several reads then bind to each other's unnamed statement.
// Limit: the session is one. Named statements, SET, session advisory locks and LISTEN are shared by all connections.
import type { MessagePort } from 'node:worker_threads';
import { WireReader } from './wireReader.js';

/** What is needed of PGlite. */
export interface WireDatabase {
  execProtocolRawStream(message: Uint8Array, options: { onRawData: (data: Uint8Array) => void }): Promise<void>;
  isInTransaction(): boolean;
}

export interface WireServer {
  /** Serves a connection until its port closes. */
  attach(port: MessagePort): void;
  /** Resolves when nothing waits or runs any more. */
  idle(): Promise<void>;
}

interface Connection {
  readonly port: MessagePort;
  closed: boolean;
}

interface Piece {
  readonly connection: Connection;
  readonly bytes: Uint8Array;
  /** Whether the client ended it with Sync or a simple Query, so that another connection may follow. */
  readonly complete: boolean;
}

/** `fail` is told of an error of the database itself (an SQL error is an answer, not an error) and must not return. */
export function serveWire(db: WireDatabase, fail: (error: unknown) => never): WireServer {
  const queue: Piece[] = [];
  /** The connection whose transaction, or unfinished request, is open: nobody else is served meanwhile. */
  let owner: Connection | undefined;
  let running: Promise<void> | undefined;

  function attach(port: MessagePort): void {
    const connection: Connection = { port, closed: false };
    const reader = new WireReader();
    port.on('message', (bytes: Uint8Array) => {
      try {
        for (const piece of reader.push(bytes)) {
          if (piece.type === 'sslRequest') post(port, Uint8Array.of('N'.charCodeAt(0)));
          else queue.push({ connection, bytes: piece.bytes, complete: piece.complete });
        }
        wake();
      } catch {
        // Not the protocol: this connection ends, the others go on.
        port.postMessage(null);
        port.close();
      }
    });
    port.once('close', () => {
      connection.closed = true;
      wake();
    });
  }

  function wake(): void {
    running ??= run()
      .catch(fail)
      .finally(() => {
        running = undefined;
      });
  }

  async function run(): Promise<void> {
    for (;;) {
      if (owner?.closed) await abandon();
      const index = queue.findIndex(({ connection }) => !connection.closed && (!owner || connection === owner));
      if (index < 0) break;
      const [piece] = queue.splice(index, 1) as [Piece];
      const { connection } = piece;
      await db.execProtocolRawStream(piece.bytes, {
        onRawData: (data) => {
          if (!connection.closed) post(connection.port, data);
        },
      });
      owner = !piece.complete || db.isInTransaction() ? connection : undefined;
    }
    // What a client sent and did not stay to see finished.
    for (let i = queue.length - 1; i >= 0; i--) if (queue[i]!.connection.closed) queue.splice(i, 1);
  }

  /** The owner's client went away in the middle: its transaction is rolled back, as a server would. */
  async function abandon(): Promise<void> {
    const ignore = { onRawData: () => undefined };
    await db.execProtocolRawStream(SYNC, ignore);
    if (db.isInTransaction()) await db.execProtocolRawStream(ROLLBACK, ignore);
    owner = undefined;
  }

  return { attach, idle: async () => running };
}

function post(port: MessagePort, data: Uint8Array): void {
  // PGlite reuses its output buffer: a copy, handed over whole.
  const copy = new Uint8Array(data);
  port.postMessage(copy, [copy.buffer]);
}

const SYNC = Uint8Array.of('S'.charCodeAt(0), 0, 0, 0, 4);
const ROLLBACK = Buffer.from('Q\0\0\0\x0dROLLBACK\0', 'latin1');
