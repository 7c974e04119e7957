// What subscribers may do to each other and to the server, over real sockets.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

const CONNECTIONS = 6;
const OPERATIONS = 5;
let db: Database;
let services: TestServices;
let server: TestServer;
beforeAll(async () => {
  db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
  services = await openTestServices(db, {
    env: {
      HOTLENS_MAX_CONNECTIONS: String(CONNECTIONS),
      HOTLENS_MAX_SUBSCRIPTIONS: String(OPERATIONS),
      HOTLENS_MAX_WAITING_EVENTS: '500',
      HOTLENS_MAX_WAITING_BYTES: '100000',
    },
  });
  server = await startTestServer(services);
});
afterAll(async () => {
  await server?.close();
  await services?.close();
  await db?.close();
});

const url = () => `${server.url.replace('http', 'ws')}/graphql`;
const client = (): Client => createClient({ url: url(), webSocketImpl: WebSocket, retryAttempts: 0 });
const tell = (captionId: string) =>
  services.events.publish({ type: 'captionCompleted', captionId, imageSha256: 'a'.repeat(64) });

/** Tells of events until the subscription answers: only then is it known to be there. */
async function begun(events: AsyncIterator<unknown>): Promise<void> {
  let answered = false;
  const first = events.next().finally(() => {
    answered = true;
  });
  await until('the subscription', async () => {
    if (!answered) await tell('begin');
    return answered;
  });
  await first;
}

/** Closes it, and waits until the server has closed it too. */
async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  const end = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.close();
  await end;
}

/** A WebSocket by hand: subscribes, and then never reads. */
async function subscribeAndStopReading(query: string): Promise<Socket> {
  const { port, host } = new URL(url());
  const socket = connect(Number(port), '127.0.0.1');
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  const text = () => Buffer.concat(received).toString('latin1');
  socket.write(
    `GET /graphql HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
  );
  await until('the upgrade', () => text().includes('101 Switching Protocols'));
  socket.write(frame({ type: 'connection_init' }));
  await until('the acknowledgement', () => text().includes('connection_ack'));
  socket.write(frame({ id: '1', type: 'subscribe', payload: { query } }));
  await until('the subscription', async () => {
    await tell('begin');
    return text().includes('"next"');
  });
  socket.pause();
  return socket;
}

/** A masked text frame (RFC 6455, 5.2) with a mask of zeros. */
function frame(message: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const head =
    payload.length < 126 ? [0x81, 0x80 | payload.length] : [0x81, 0xfe, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]);
}

describe('a subscriber that stops reading', () => {
  it('is cut off, while one that reads gets all of 10,000 events', async () => {
    // Many short names: an answer of some 10 kB without a question to the database, so that the kernel's buffers fill.
    const names = Array.from({ length: 50 }, (_, i) => `${`a${i}`.padEnd(180, '_')}: __typename`).join(' ');
    const stuck = await subscribeAndStopReading(`subscription { captionCompleted { ${names} } }`);
    let cut = false;
    stuck.on('close', () => {
      cut = true;
    });
    stuck.on('error', () => undefined);
    const reading = client();
    const events = reading.iterate({ query: 'subscription { captionCompleted { __typename } }' });
    await begun(events);
    let read = 0;
    // In steps that a healthy reader keeps up with: what waits for it stays below the limit.
    for (let told = 0; told < 10_000; told += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, i) => tell(String(told + i))));
      for (let i = 0; i < 100; i++) {
        expect((await events.next()).value).toEqual({ data: { captionCompleted: { __typename: 'CaptionCompleted' } } });
        read++;
      }
    }
    expect(read).toBe(10_000);
    // Only a socket that is read from learns of its end.
    stuck.resume();
    await until('the end of the connection', () => cut);
    expect(await server.ask('{ posts { totalCount } }')).toMatchObject({ status: 200 });
    await reading.dispose();
  });
});

describe('a client', () => {
  it('holds so many connections and no more, until it closes one', async () => {
    const sockets = await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        const socket = new WebSocket(url(), 'graphql-transport-ws');
        await new Promise((resolve) => socket.on('open', resolve));
        return socket;
      }),
    );
    const refused = new WebSocket(url(), 'graphql-transport-ws');
    expect((await new Promise<Error>((resolve) => refused.on('error', resolve))).message).toContain('429');
    sockets[0]!.close();
    await until('a free place', async () => {
      const socket = new WebSocket(url(), 'graphql-transport-ws');
      const opened = await new Promise<boolean>((resolve) => {
        socket.on('open', () => resolve(true)).on('error', () => resolve(false));
      });
      if (opened) await closed(socket);
      return opened;
    });
    await Promise.all(sockets.map((socket) => closed(socket)));
  });

  it('runs so many operations at a time over all of its connections, until one ends', async () => {
    const [one, other] = [client(), client()];
    const query = 'subscription { captionCompleted { __typename } }';
    const running = [];
    for (let i = 0; i < OPERATIONS; i++) {
      const events = (i < 3 ? one : other).iterate({ query });
      await begun(events);
      running.push(events);
    }
    const refusal = await new Promise((resolve) => {
      other.subscribe({ query }, { next: () => undefined, error: resolve, complete: () => undefined });
    });
    expect(refusal).toMatchObject([
      { message: `expected at most ${OPERATIONS} operations at a time`, extensions: { code: 'TOO_MANY_REQUESTS' } },
    ]);
    await running[0]!.return!();
    const next = other.iterate({ query });
    await begun(next);
    await Promise.all([one.dispose(), other.dispose()]);
  });

  it('is cut off when it answers no ping, and not when it does', async () => {
    const asking = await openTestServices(db, { env: { HOTLENS_PING_MS: '2000' } });
    const askingServer = await startTestServer(asking);
    const address = `${askingServer.url.replace('http', 'ws')}/graphql`;
    const [silent, lively] = [
      new WebSocket(address, 'graphql-transport-ws', { autoPong: false }),
      new WebSocket(address, 'graphql-transport-ws'),
    ];
    let pings = 0;
    lively.on('ping', () => {
      pings++;
    });
    for (const socket of [silent, lively]) {
      await new Promise((resolve) => socket.on('open', resolve));
      socket.send(JSON.stringify({ type: 'connection_init' }));
    }
    await new Promise((resolve) => silent.on('close', resolve));
    await until('another ping', () => pings > 2);
    expect(lively.readyState).toBe(WebSocket.OPEN);
    await closed(lively);
    await askingServer.close();
    await asking.close();
  });

  it('is cut off after a message beyond a mebibyte', async () => {
    const socket = new WebSocket(url(), 'graphql-transport-ws');
    await new Promise((resolve) => socket.on('open', resolve));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload: { x: 'x'.repeat(1 << 20) } }));
    expect(await closed).toBe(1009);
  });

  it.each([
    [
      'depth',
      '{ posts(first: 1) { nodes { images { image { posts { images { image { posts { images { image { posts { images { image { posts { images { image { posts { images { image { posts { id } } } } } } } } } } } } } } } } } } } } }',
      'TOO_COSTLY',
    ],
    ['aliases', `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(' ')} }`, 'TOO_COSTLY'],
    ['tokens', `{ ${'__typename '.repeat(15_000)} }`, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'cost',
      'subscription { captionCompleted { posts(first: 100) { images { image { posts(first: 100) { id text author } } } } } }',
      'TOO_COSTLY',
    ],
  ])('is refused an operation beyond the limits: %s', async (_, query, code) => {
    const asking = client();
    const refusal = await new Promise((resolve) => {
      asking.subscribe({ query }, { next: resolve, error: resolve, complete: () => undefined });
    });
    expect(refusal).toMatchObject([{ extensions: { code } }]);
    await asking.dispose();
  });
});
