// Connections that are kept alive while the server ends.
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import express, { type Response } from 'express';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { drainConnections } from '../../src/server/drainConnections.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

let db: Database;
let services: TestServices;

beforeAll(async () => {
  db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
  services = await openTestServices(db);
});

afterAll(async () => {
  await services?.close();
  await db?.close();
});

interface Connection {
  readonly socket: Socket;
  /** What has come so far. */
  readonly received: () => string;
  /** Whether the other side said that nothing more comes. */
  readonly ended: () => boolean;
}

/** Keeps its own half open when the other side ends, as a client does whose next request is already on its way. */
async function open({ url }: Pick<TestServer, 'url'>): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let received = '';
  let ended = false;
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  socket.on('end', () => {
    ended = true;
  });
  // It may be reset, which is an answer too.
  socket.on('error', () => {
    ended = true;
  });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { socket, received: () => received, ended: () => ended };
}

function ingest(id: string): string {
  const body = JSON.stringify({
    query: 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted } }',
    variables: { posts: [{ source: 'drain', id, postedAt: '2026-03-01T00:00:00Z', text: id }] },
  });
  return [
    'POST /graphql HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

async function stored(): Promise<string[]> {
  const { rows } = await db.pool.query<{ text: string }>(`SELECT text FROM posts WHERE source = 'drain' ORDER BY text`);
  return rows.map(({ text }) => text);
}

it('answers what has begun, tells its client to send no more there, and does nothing that it could not answer', async () => {
  const server = await startTestServer(services);
  const [idle, slow, slower] = [await open(server), await open(server), await open(server)];
  idle.socket.write(ingest('before'));
  await until('the first answer', () => idle.received().includes('"accepted":1'));
  expect(idle.received()).not.toMatch(/^connection: close\r$/im);

  const begin = ({ socket }: Connection, id: string) => socket.write(ingest(id).slice(0, -1));
  const answerOf = async ({ socket, received, ended }: Connection) => {
    socket.write('}');
    await until('the answer', () => received().includes('"accepted":1'));
    await until('the end of the connection', ended);
    return received();
  };
  begin(slow, 'under way');
  begin(slower, 'under way too');
  // Their heads are read by the time that this is answered.
  await fetch(`${server.url}/healthz`);
  const closed = server.close();
  await until('the end of the idle connection', idle.ended);
  expect(await answerOf(slow)).toMatch(/^connection: close\r$/im);

  for (const { socket } of [slow, idle]) if (socket.writable) socket.write(ingest('too late'));
  // Whatever was begun before its last byte came has been read by the time that it is answered.
  await answerOf(slower);
  for (const { socket } of [slow, slower, idle]) socket.end();
  await closed;
  expect(await stored()).toEqual(['before', 'under way', 'under way too']);
  const lines = services.lines.filter(({ msg, path }) => msg === 'request' && path === '/graphql');
  expect(lines).toHaveLength(3);
});

it('begins nothing behind an answer whose head was sent before the end, and which could not tell of it', async () => {
  const connections = drainConnections();
  const answers: Response[] = [];
  const app = express().use(connections.handler, (_request, response) => {
    answers.push(response);
    response.write('begun');
  });
  const http = createServer(app);
  const drain = await ApolloServerPluginDrainHttpServer({ httpServer: http }).serverWillStart?.(undefined as never);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const { socket, received, ended } = await open({ url: `http://127.0.0.1:${port}` });
  const request = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  socket.write(request);
  await until('the head', () => received().includes('begun'));
  connections.begin();
  const closed = drain!.drainServer!();
  await until('nobody new', () => !http.listening);
  answers[0]!.end();
  await until('the end', ended);
  expect(received()).not.toMatch(/^connection: close\r$/im);
  socket.write(request);
  socket.end();
  await closed;
  expect(answers).toHaveLength(1);
});

it('answers what has begun over WebSockets, begins nothing more, and waits for no client that is silent', async () => {
  const server = await startTestServer(services);
  const url = `${server.url.replace('http', 'ws')}/graphql`;
  const { info } = services.testInference;
  let answer = () => {};
  let begun = false;
  services.testInference.info = async () => {
    begun = true;
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return info();
  };
  const silent = new WebSocket(url, 'graphql-transport-ws');
  await new Promise((resolve) => silent.once('open', resolve));
  silent.pause();
  let code: number | undefined;
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    on: {
      closed: (event) => {
        ({ code } = event as { code: number });
      },
    },
  });
  const first = client.iterate({ query: '{ model { restarts } }' }).next();
  await until('its query', () => begun);

  let ended = false;
  const closed = server.close().then(() => {
    ended = true;
  });
  const second = client.iterate({ query: '{ caller { name } }' }).next();
  await expect(second).rejects.toMatchObject([{ extensions: { code: 'RETRY_LATER', retryAfterMs: 5000 } }]);
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  answer();
  expect((await first).value).toEqual({ data: { model: { restarts: 0 } } });
  await until('the end of the connection', () => code !== undefined);
  expect(code).toBe(1001);
  // A hang: whoever does not say goodbye would be waited for as long as ws does, half a minute.
  await until('the end of the server', () => ended, 15_000);
  await closed;
  services.testInference.info = info;
  silent.terminate();
});
