// A running server and a client that talks to it over HTTP.
import { createServer, type Server } from '../../src/server.js';
import type { TestServices } from './testServices.js';

export interface Answer<Data> {
  readonly status: number;
  readonly data?: Data;
  readonly errors?: readonly { message: string; extensions: { code: string; id?: string } }[];
}

export interface TestServer {
  readonly url: string;
  ask<Data = Record<string, unknown>>(query: string, variables?: Record<string, unknown>): Promise<Answer<Data>>;
  /** The data, or a throw with the errors. */
  data<Data = Record<string, unknown>>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  close(): Promise<void>;
}

export async function startTestServer(
  services: TestServices,
  notReady: () => readonly string[] = () => [],
): Promise<TestServer> {
  const server: Server = createServer({ services, notReady });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  async function ask<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<Data>> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, ...((await response.json()) as object) };
  }
  return {
    url,
    ask,
    async data<Data>(query: string, variables?: Record<string, unknown>) {
      const { data, errors } = await ask<Data>(query, variables);
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data!;
    },
    close: () => server.close(),
  };
}
