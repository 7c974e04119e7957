import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import sharp from 'sharp';
import WebSocket from 'ws';
import { saneId } from '../../src/server/logRequests.js';
import { ask, send } from '../support/callers.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

const INGEST = `mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted import { id } } }`;

describeDatabases('the id of a request', (open) => {
  let services: TestServices;
  let server: TestServer;
  let picture: Buffer;
  beforeAll(async () => {
    picture = await sharp({ create: { width: 8, height: 6, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    services = await openTestServices(open(), { env: { HOTLENS_LOG_LEVEL: 'debug' }, fetch: async () => picture });
    server = await startTestServer(services);
    await services.startWorker();
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });

  it('goes from ingestPosts through the fetch and caption jobs to that of the vector, with the id of the import', async () => {
    const requestId = 'client-4711/a';
    const answer = await send(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': requestId },
      body: JSON.stringify({
        query: INGEST,
        variables: {
          posts: [
            {
              source: 'test',
              id: '1',
              text: 'hello',
              postedAt: '2026-03-01T00:00:00Z',
              images: [{ url: 'http://pictures.example.org/1.png' }],
            },
          ],
        },
      }),
    });
    expect(answer.headers['x-request-id']).toBe(requestId);
    const { id } = (answer.json.data as { ingestPosts: { import: { id: string } } }).ingestPosts.import;
    const done = (queue: string) => services.lines.find((line) => line.msg === 'job done' && line.queue === queue);
    for (const queue of ['fetch', 'caption', 'embed'])
      expect(await until(`the ${queue} job`, () => done(queue))).toMatchObject({ requestId, importId: id });
    expect(services.lines).toContainEqual(expect.objectContaining({ msg: 'request', path: '/graphql', requestId }));
    // What serves all is nobody's.
    expect(await until('detection', () => done('detect'))).not.toHaveProperty('requestId');
  });

  it('is in the log line of a job that fails, and its dead letter tells what it was about, without it', async () => {
    const requestId = 'will-fail';
    services.testInference.onCaption = () => {
      throw new Error('broken');
    };
    const image = { base64: (await sharp(picture).negate({ alpha: false }).png().toBuffer()).toString('base64') };
    const post = { source: 'test', id: '2', text: '', postedAt: '2026-03-01T00:00:00Z', images: [image] };
    await send(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': requestId },
      body: JSON.stringify({ query: INGEST, variables: { posts: [post] } }),
    });
    const line = await until('the failure', () => services.lines.find(({ msg }) => msg === 'job failed'));
    expect(line).toMatchObject({ queue: 'caption', requestId, importId: expect.any(String) });
    expect(line.data).toEqual({ captionId: expect.any(String) });
    services.testInference.onCaption = () => undefined;
  });

  it('is in the extensions of errors: of GraphQL, of what never reaches it, and over WebSocket', async () => {
    const headers = { 'x-request-id': 'mine' };
    const extensions = async (answer: ReturnType<typeof ask>) => (await answer).json.errors?.[0]?.extensions;
    expect(await extensions(ask(server.url, '{ nothing }', headers))).toMatchObject({ requestId: 'mine' });
    expect(await extensions(ask(server.url, '{ post(id: "none") { id } }', headers))).toEqual({
      code: 'BAD_USER_INPUT',
      requestId: 'mine',
    });
    const body = '{"query": ';
    const broken = send(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    expect(await extensions(broken)).toMatchObject({ code: 'BAD_REQUEST', requestId: 'mine' });
    const strange = send(`${server.url}/`, { headers: { ...headers, origin: 'http://elsewhere.example' } });
    expect(await extensions(strange)).toEqual({ code: 'FORBIDDEN', requestId: 'mine' });

    class Named extends WebSocket {
      constructor(url: string, protocols: string) {
        super(url, protocols, { headers });
      }
    }
    const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: Named });
    const failed = (query: string) =>
      new Promise<unknown>((resolve, reject) =>
        client.subscribe(
          { query },
          {
            next: ({ errors }) => resolve(errors?.[0]?.extensions),
            error: (errors) => resolve((errors as { extensions: unknown }[])[0]?.extensions),
            complete: () => reject(new Error('no answer')),
          },
        ),
      );
    expect(await failed('{ nothing }')).toMatchObject({ requestId: 'mine' });
    expect(await failed('{ post(id: "none") { id } }')).toMatchObject({ requestId: 'mine' });
    await client.dispose();
  });
});

describe('an id that a client gives', () => {
  it.each(['a', '0199aa3e-5c1f-7d2a-9b1e-2f6f3c0d9a11', 'Root=1-67891233-abcdef', 'x'.repeat(128)])(
    'is taken: %s',
    (id) => {
      expect(saneId(id)).toBe(id);
    },
  );

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(129)],
    ['with a line end', 'a\nb'],
    ['with blanks', 'a b'],
    ['markup', '<b>'],
    ['not ASCII', 'ä'],
    ['a key', `hotlens_${'a'.repeat(8)}_${'b'.repeat(43)}`],
    ['given twice', undefined],
  ])('is not taken: %s', (_what, id) => {
    expect(saneId(id)).toBeUndefined();
  });
});
