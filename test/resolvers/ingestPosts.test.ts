import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

const INGEST = `mutation ($posts: [PostInput!], $rows: [JSON!]) { ingestPosts(posts: $posts, rows: $rows) {
  accepted updated rejected rejections { place reason } import { origin status accepted updated rejected }
} }`;

describeDatabases('ingest and lists over GraphQL', (open) => {
  let services: TestServices;
  let server: TestServer;
  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
  });
  afterEach(async () => {
    await open().pool.query(
      'TRUNCATE posts, images, imports, hotspots, detection_state CASCADE; DELETE FROM pgboss.job',
    );
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });

  const post = (id: string, more: object = {}) => ({
    source: 'test',
    id,
    text: 'hello',
    postedAt: '2026-03-01T00:00:00Z',
    ...more,
  });

  it('takes posts in with their pictures, and asks for a caption once for a picture that two of them show', async () => {
    const bytes = await sharp({ create: { width: 8, height: 6, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const images = [{ base64: bytes.toString('base64'), alt: 'red' }];
    const { ingestPosts } = await server.data<{ ingestPosts: object }>(INGEST, {
      posts: [post('1', { images }), post('2', { images, likes: 3 })],
    });
    expect(ingestPosts).toEqual({
      accepted: 2,
      updated: 0,
      rejected: 0,
      rejections: [],
      import: { origin: 'graphql', status: 'COMPLETED', accepted: 2, updated: 0, rejected: 0 },
    });
    const { posts } = await server.data<{ posts: object }>(
      '{ posts(filter: { hasImage: true }) { totalCount nodes { nativeId likes images { altText width height mimeType status image { posts { nativeId } } } } } }',
    );
    const picture = { altText: 'red', width: 8, height: 6, mimeType: 'image/png', status: 'PENDING' };
    const both = { posts: [{ nativeId: expect.any(String) }, { nativeId: expect.any(String) }] };
    expect(posts).toMatchObject({
      totalCount: 2,
      nodes: [{ images: [{ ...picture, image: both }] }, { images: [{ ...picture, image: both }] }],
    });
    expect(await services.queue.boss.findJobs('caption', { queued: true })).toHaveLength(1);
  });

  it('rejects each bad row by itself, with its place and reason, also in `imports`', async () => {
    const rows = [post('1'), { id: '2' }, 'nonsense', post('1', { text: 'again' })];
    const { ingestPosts } = await server.data<{ ingestPosts: { rejections: { place: number; reason: string }[] } }>(
      INGEST,
      { rows },
    );
    expect(ingestPosts).toMatchObject({ accepted: 1, updated: 1, rejected: 2 });
    expect(ingestPosts.rejections.map(({ place }) => place)).toEqual([1, 2]);
    const { imports } = await server.data<{
      imports: { nodes: { rejections: { place: number; reason: string; excerpt: string }[] }[] };
    }>('{ imports { nodes { rejections { place reason excerpt } } } }');
    expect(imports.nodes[0]!.rejections).toMatchObject([
      { place: 1, excerpt: '{"id":"2"}' },
      { place: 2, reason: expect.stringContaining('object') },
    ]);
  });

  it('refuses a call that is none: both, neither, or too many', async () => {
    const codes = async (variables: object) =>
      (await server.ask(INGEST, variables as Record<string, unknown>)).errors?.map(({ extensions }) => extensions.code);
    expect(await codes({})).toEqual(['BAD_USER_INPUT']);
    expect(await codes({ posts: [post('1')], rows: [post('1')] })).toEqual(['BAD_USER_INPUT']);
    expect(await codes({ rows: Array.from({ length: 1001 }, (_, index) => post(String(index))) })).toEqual([
      'BAD_USER_INPUT',
    ]);
  });

  it('keeps NUL out of the database', async () => {
    const { errors } = await server.ask('{ posts(filter: { text: "a\\u0000b" }) { nodes { id } } }');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    const { ingestPosts } = await server.data<{ ingestPosts: object }>(INGEST, { rows: [post('1', { text: 'a\0b' })] });
    expect(ingestPosts).toMatchObject({ accepted: 1 });
  });

  it('pages through imports without gaps', async () => {
    for (let index = 0; index < 5; index++) await server.data(INGEST, { rows: [post(String(index))] });
    interface Page {
      readonly imports: {
        totalCount: number;
        nodes: { id: string }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    }
    const seen = new Set<string>();
    let after: string | null = null;
    do {
      const page: Page = await server.data<Page>(
        'query ($after: String) { imports(first: 2, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      expect(page.imports.totalCount).toBe(5);
      for (const { id } of page.imports.nodes) seen.add(id);
      after = page.imports.pageInfo.hasNextPage ? page.imports.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen.size).toBe(5);
  });
});
