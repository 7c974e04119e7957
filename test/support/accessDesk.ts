// A server whose door is tried, and the ways to it.
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { newOwnerKey } from '../../src/access/secrets.js';
import type { Config } from '../../src/config.js';
import type { Database } from '../../src/db/database.js';
import { createServer, type Server } from '../../src/server.js';
import { openTestServices, type TestServices } from './testServices.js';

/** Asks a server who one is to it. */
export const WHO = '{ caller { name role keyId session } }';
/** The owner of its data directory. */
export const OWNER = newOwnerKey();

export interface AccessDesk {
  readonly services: TestServices;
  /** Of the server that runs now. */
  readonly url: string;
  /** Another server in its place, configured so. */
  again(config: Partial<Config>): Promise<void>;
  /** A connection, and how it ended. */
  socket(
    connectionParams?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): { readonly client: Client; readonly ended: Promise<{ code: number; reason: string }> };
  /** What the server says to `WHO` over a connection. */
  who(connectionParams?: Record<string, unknown>, headers?: Record<string, string>): Promise<unknown>;
}

/** For the tests of a `describe`: a server before each of them, to a database that has no key then. */
export function accessDesk(open: () => Database): AccessDesk {
  let services: TestServices;
  let server: Server;
  let url: string;
  let clients: Client[] = [];

  beforeAll(async () => {
    services = await openTestServices(open());
  });
  afterAll(() => services?.close());
  beforeEach(async () => {
    await open().pool.query('DELETE FROM api_keys');
    await start({});
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    clients = [];
    await server.close();
  });

  async function start(config: Partial<Config>): Promise<void> {
    const own = { ...services, config: { ...services.config, ...config } };
    server = createServer({ services: own, notReady: () => ['the models are away'], ownerKey: OWNER });
    ({ url } = await server.listen({ host: '127.0.0.1', port: 0 }));
  }

  function socket(connectionParams?: Record<string, unknown>, headers: Record<string, string> = {}) {
    class WithHeaders extends WebSocket {
      constructor(address: string, protocol: string) {
        super(address, protocol, { headers });
      }
    }
    let closed: (event: { code: number; reason: string }) => void;
    const ended = new Promise<{ code: number; reason: string }>((resolve) => {
      closed = resolve;
    });
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WithHeaders,
      lazy: false,
      retryAttempts: 0,
      onNonLazyError: () => undefined,
      ...(connectionParams && { connectionParams }),
      on: { closed: (event) => closed(event as { code: number; reason: string }) },
    });
    clients.push(client);
    return { client, ended };
  }

  return {
    get services() {
      return services;
    },
    get url() {
      return url;
    },
    async again(config) {
      await server.close();
      await start(config);
    },
    socket,
    async who(connectionParams, headers) {
      return (await socket(connectionParams, headers).client.iterate({ query: WHO }).next()).value as unknown;
    },
  };
}
