import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import type { PoolClient } from 'pg';
import WebSocket from 'ws';
import { ask, bearer, makeKey } from '../support/callers.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

describeDatabases('a request over its time', (open) => {
  let services: TestServices;
  let server: TestServer;
  beforeAll(async () => {
    services = await openTestServices(open(), { env: { HOTLENS_REQUEST_TIMEOUT_MS: '1000' } });
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
  const timeout = { message: expect.stringContaining('longer than 1000 ms'), extensions: { code: 'TIMEOUT' } };
  const later = { extensions: { code: 'RETRY_LATER', retryAfterMs: 5000 } };
  /** The embedded database answers nobody meanwhile: whoever asks may already be stuck in the question whether he may, where nobody knows what he wants. */
  const stuck = () =>
    open().kind === 'embedded' ? { extensions: { code: expect.stringMatching(/^(TIMEOUT|RETRY_LATER)$/) } } : timeout;

  it.each([
    ['SQL', 'posts', '{ posts { nodes { id } } }'],
    ['Prisma', 'imports', '{ imports { nodes { id } } }'],
    ['a loader', 'images', '{ post(id: "ID") { images { image { sha256 } } } }'],
  ])('is answered with TIMEOUT while the database is stuck in %s, and its statements end', async (_, table, query) => {
    const id = await services.addPost({ images: ['picture'] });
    const asked = query.replace('ID', id);
    await whileLocked(table, async (client) => {
      expect(await server.ask(asked)).toMatchObject({ errors: [stuck()] });
      await nobodyWaits(client);
    });
    const { errors } = await server.ask(asked);
    expect(errors).toBeUndefined();
  });

  it('leaves nothing of a mutation that it ended', async () => {
    const mutation = `mutation { ingestPosts(posts: [{ source: "late", id: "1", text: "a", postedAt: "2026-03-14T15:44:00Z" }]) { accepted } }`;
    const late = `{ posts(filter: { source: "late" }) { totalCount } }`;
    await whileLocked('posts', async (client) => {
      expect(await server.ask(mutation)).toMatchObject({ errors: [later] });
      await nobodyWaits(client);
    });
    expect(await server.data(late)).toEqual({ posts: { totalCount: 0 } });
    // A second try is a first one.
    expect(await server.data(mutation)).toEqual({ ingestPosts: { accepted: 1 } });
    expect(await server.data(late)).toEqual({ posts: { totalCount: 1 } });
  });

  it.each([
    ['who may', 'api_keys'],
    ['the record', 'imports'],
    ['the posts', 'posts'],
    ['the audit', 'audit_events'],
    ['what is asked of the record', 'import_rejections'],
  ])('that brings posts is told when to bring them again, where the database is stuck in %s', async (_, table) => {
    const { key } = await makeKey(open(), 'ADMIN');
    const mutation = `mutation { ingestPosts(posts: [{ source: "${table}", id: "1", text: "a", postedAt: "2026-03-14T15:44:00Z" }]) {
      accepted updated import { rejections { reason } } } }`;
    const bring = () => ask(server.url, mutation, bearer(key));
    try {
      await whileLocked(table, async () => {
        const answer = await bring();
        expect(answer.json).toMatchObject({ errors: [later] });
        // Nobody knows who asks, or GraphQL has begun.
        if (table === 'api_keys') expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
        else expect([200, 503]).toContain(answer.status);
      });
      const { data } = (await bring()).json as { data: { ingestPosts: { accepted: number; updated: number } } };
      expect(data.ingestPosts.accepted + data.ingestPosts.updated).toBe(1);
      const { rows } = await open().pool.query('SELECT count(*)::int AS posts FROM posts WHERE source = $1', [table]);
      expect(rows).toEqual([{ posts: 1 }]);
    } finally {
      await open().pool.query('DELETE FROM api_keys');
    }
  });

  it('leaves the audit event of a mutation that was done and could not say so in time', async () => {
    const { key } = await makeKey(open(), 'ADMIN');
    const post = (id: number) => `{ source: "audited", id: "${id}", text: "a", postedAt: "2026-03-14T15:44:00Z" }`;
    const bring = () =>
      ask(server.url, `mutation { ingestPosts(posts: [${post(1)}, ${post(2)}]) { accepted } }`, bearer(key));
    try {
      await whileLocked('audit_events', async () => {
        expect((await bring()).json).toMatchObject({ errors: [later] });
      });
      // The embedded database is stuck before anything is done.
      if (open().kind === 'embedded') await bring();
      await until('the event', async () => {
        const { rowCount } = await open().pool.query(
          `SELECT FROM audit_events WHERE action = 'ingestPosts' AND after ->> 'accepted' = '2'`,
        );
        return rowCount === 1;
      });
    } finally {
      await open().pool.query('DELETE FROM api_keys');
    }
  });

  it('over WebSocket is told when to come again, and shuts nobody out', async () => {
    const { key } = await makeKey(open(), 'ADMIN');
    const { config } = services;
    // Where keys are needed in any case, the database is asked for this one alone.
    const exposed = await startTestServer({ ...services, config: { ...config, allowedHosts: ['hotlens.example'] } });
    const closes: unknown[] = [];
    const connect = () =>
      createClient({
        url: `${exposed.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        lazy: false,
        retryAttempts: 0,
        onNonLazyError: () => undefined,
        connectionParams: bearer(key),
        on: { closed: (event) => closes.push((event as { code: number }).code) },
      });
    const client = connect();
    const query = '{ caller { role } }';
    const role = { value: { data: { caller: { role: 'ADMIN' } } } };
    try {
      expect(await client.iterate({ query }).next()).toMatchObject(role);
      await whileLocked('api_keys', async () => {
        await expect(client.iterate({ query }).next()).rejects.toMatchObject([later]);
        const other = connect();
        await until('the other connection to be closed', () => closes.length > 0);
        await other.dispose();
      });
      expect(closes).toEqual([1013]);
      expect(await client.iterate({ query }).next()).toMatchObject(role);
    } finally {
      await client.dispose();
      await exposed.close();
      await open().pool.query('DELETE FROM api_keys');
    }
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
