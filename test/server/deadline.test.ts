import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import type { PoolClient } from 'pg';
import WebSocket from 'ws';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

describeDatabases('a request over its time', (open) => {
  let services: TestServices;
  let server: TestServer;
  beforeAll(async () => {
    services = await openTestServices(open(), { env: { HOTLENS_REQUEST_TIMEOUT_MS: '2000' } });
    server = await startTestServer(services);
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });

  /** Runs `work` while nobody else can read the table. */
  async function whileLocked(table: string, work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await open().pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      await work(client);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }
  /** On PostgreSQL, when the cancellation has reached what waited for the lock; the embedded database dropped it with its connection. */
  async function nobodyWaits(client: PoolClient): Promise<void> {
    if (open().kind === 'embedded') return;
    await until('no statement that waits for the lock', async () => {
      const { rows } = await client.query<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'`,
      );
      return rows[0]!.waiting === 0;
    });
  }
  const timeout = { message: expect.stringContaining('longer than 2000 ms'), extensions: { code: 'TIMEOUT' } };

  it.each([
    ['SQL', 'posts', '{ posts { nodes { id } } }'],
    ['Prisma', 'imports', '{ imports { nodes { id } } }'],
    ['a loader', 'images', '{ post(id: "ID") { images { image { sha256 } } } }'],
  ])('is answered with TIMEOUT while the database is stuck in %s, and its statements end', async (_, table, query) => {
    const id = await services.addPost({ images: ['picture'] });
    const asked = query.replace('ID', id);
    await whileLocked(table, async (client) => {
      expect(await server.ask(asked)).toMatchObject({ errors: [timeout] });
      await nobodyWaits(client);
    });
    const { errors } = await server.ask(asked);
    expect(errors).toBeUndefined();
  });

  it('leaves nothing of a mutation that it ended', async () => {
    const mutation = `mutation { ingestPosts(posts: [{ source: "late", id: "1", text: "a", postedAt: "2026-03-14T15:44:00Z" }]) { accepted } }`;
    const late = `{ posts(filter: { source: "late" }) { totalCount } }`;
    await whileLocked('posts', async (client) => {
      expect(await server.ask(mutation)).toMatchObject({ errors: [timeout] });
      await nobodyWaits(client);
    });
    expect(await server.data(late)).toEqual({ posts: { totalCount: 0 } });
    // A second try is a first one.
    expect(await server.data(mutation)).toEqual({ ingestPosts: { accepted: 1 } });
    expect(await server.data(late)).toEqual({ posts: { totalCount: 1 } });
  });

  it('is answered while inference hangs, over HTTP and over WebSocket, and others are served meanwhile', async () => {
    services.testInference.onCaption = () => new Promise<void>(() => undefined);
    const preview = `mutation { previewCaption(image: { base64: "${Buffer.from('x').toString('base64')}" }) { text } }`;
    const hanging = server.ask(preview);
    expect(await server.ask('{ posts { totalCount } }')).toMatchObject({ status: 200 });
    expect(await hanging).toMatchObject({ errors: [timeout] });
    const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    expect((await client.iterate({ query: preview }).next()).value).toMatchObject({ errors: [timeout] });
    await client.dispose();
    services.testInference.onCaption = () => undefined;
    expect(await server.ask(preview)).toMatchObject({ data: { previewCaption: { text: expect.any(String) } } });
  });

  it('does not run over into the next event of a subscription', async () => {
    const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const events = client.iterate({ query: 'subscription { captionCompleted { image { sha256 } } }' });
    const first = events.next();
    const sha256 = await services.addImage('told');
    const tell = async () => services.events.publish({ type: 'captionCompleted', captionId: 'c', imageSha256: sha256 });
    const answer = { value: { data: { captionCompleted: { image: { sha256 } } } } };
    let told = false;
    void first.finally(() => {
      told = true;
    });
    await until('the first event', async () => {
      await tell();
      return told;
    });
    expect(await first).toMatchObject(answer);
    // The subscription has by now lived longer than a request may: the database alone has been asked for longer.
    await whileLocked('images', async () => {
      await tell();
      let late = await events.next();
      while ((late.value as { errors?: unknown }).errors === undefined) late = await events.next();
      expect(late.value).toMatchObject({ errors: [timeout] });
    });
    await tell();
    let next = await events.next();
    while ((next.value as { errors?: unknown }).errors !== undefined) next = await events.next();
    expect(next).toMatchObject(answer);
    await client.dispose();
  });
});
