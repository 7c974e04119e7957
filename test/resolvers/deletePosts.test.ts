import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

const DELETE = `mutation ($ids: [ID!], $source: String, $nativeIds: [ID!], $author: String, $reason: DeletionReason! = USER) {
  deletePosts(ids: $ids, source: $source, nativeIds: $nativeIds, author: $author, reason: $reason) { posts images tombstones more }
}`;

describeDatabases('deletePosts over GraphQL', (open) => {
  let services: TestServices;
  let server: TestServer;
  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
  });
  afterEach(async () => {
    await open().pool.query('TRUNCATE posts, images, imports, tombstones, lost_images CASCADE; DELETE FROM pgboss.job');
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });

  const remove = async (variables: Record<string, unknown>) =>
    (await server.data<{ deletePosts: object }>(DELETE, variables)).deletePosts;
  const total = async () => (await server.data<{ posts: { totalCount: number } }>('{ posts { totalCount } }')).posts;

  it('deletes by id, with the pictures that no other post shows: they are not served any longer', async () => {
    const id = await services.addPost({ images: ['alone', 'shared'] });
    await services.addPost({ images: ['shared'] });
    const [alone, shared] = [await services.addImage('alone'), await services.addImage('shared')];
    expect(await remove({ ids: [id.toUpperCase()] })).toEqual({ posts: 1, images: 1, tombstones: 1, more: false });
    expect(await remove({ ids: [id] })).toEqual({ posts: 0, images: 0, tombstones: 0, more: false });
    expect((await fetch(`${server.url}/media/${alone}`)).status).toBe(404);
    expect((await fetch(`${server.url}/media/${shared}`)).status).toBe(200);
    const query = `{ post(id: "${id}") { id } image(sha256: "${alone}") { sha256 } posts { totalCount } }`;
    expect(await server.data(query)).toEqual({ post: null, image: null, posts: { totalCount: 1 } });
  });

  it('deletes by source and native id, known or not, as ingest reads them; the tombstone says when and why', async () => {
    const post = { source: 'test', id: '7', text: 'a', postedAt: '2026-03-01T00:00:00Z' };
    const ingest = () =>
      server.data<{ ingestPosts: object }>(
        'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted rejected deleted rejections { reason excerpt } } }',
        { posts: [post] },
      );
    await ingest();
    const deletion = { source: ' test', nativeIds: ['7 ', 'never'], reason: 'UPSTREAM' };
    expect(await remove(deletion)).toEqual({ posts: 1, images: 0, tombstones: 2, more: false });
    const asked = `{ tombstone(source: "test", nativeId: "7") { reason deletedAt } other: tombstone(source: "test", nativeId: "8") { reason } }`;
    expect(await server.data(asked)).toEqual({
      tombstone: { reason: 'UPSTREAM', deletedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
      other: null,
    });
    expect(await ingest()).toMatchObject({
      ingestPosts: {
        accepted: 0,
        rejected: 1,
        rejections: [{ reason: expect.stringMatching(/^deleted on /), excerpt: '' }],
      },
    });
    const forget = 'mutation { forgetTombstones(source: "test", nativeIds: ["7", "8"]) }';
    expect(await server.data(forget)).toEqual({ forgetTombstones: 1 });
    expect(await ingest()).toMatchObject({ ingestPosts: { accepted: 1, rejected: 0 } });
  });

  it('deletes the posts of an author in calls of bounded size, of one source or of all', async () => {
    await open().pool.query(
      `INSERT INTO posts (id, source, native_id, author, posted_at, raw)
       SELECT gen_random_uuid(), CASE WHEN n <= 1200 THEN 'a' ELSE 'b' END, n::text, 'ann', now(), '{}' FROM generate_series(1, 1210) n`,
    );
    await services.addPost({ author: 'bob' });
    expect(await remove({ author: 'ann', source: 'b' })).toEqual({ posts: 10, images: 0, tombstones: 10, more: false });
    expect(await remove({ author: 'ann' })).toEqual({ posts: 1000, images: 0, tombstones: 1000, more: true });
    expect(await remove({ author: 'ann' })).toEqual({ posts: 200, images: 0, tombstones: 200, more: false });
    expect(await total()).toEqual({ totalCount: 1 });
  });

  it('refuses what does not say which posts, or too many', async () => {
    await services.addPost({});
    const messages = async (variables: Record<string, unknown>) =>
      (await server.ask(DELETE, variables)).errors?.map(({ message, extensions }) => `${extensions.code}: ${message}`);
    const which = ['BAD_USER_INPUT: give ids, or source and nativeIds, or author with or without source'];
    expect(await messages({})).toEqual(which);
    expect(await messages({ source: 'test' })).toEqual(which);
    expect(await messages({ nativeIds: ['1'] })).toEqual(which);
    expect(await messages({ ids: [], author: 'ann' })).toEqual(which);
    expect(await messages({ ids: ['x'] })).toEqual(['BAD_USER_INPUT: id: expected a UUID, got "x"']);
    expect(await messages({ source: 'test', nativeIds: [' '] })).toEqual(['BAD_USER_INPUT: id: missing']);
    const many = Array.from({ length: 1001 }, (_, i) => String(i));
    expect(await messages({ source: 'test', nativeIds: many })).toEqual([
      'BAD_USER_INPUT: nativeIds: expected at most 1000, got 1001',
    ]);
    expect(await total()).toEqual({ totalCount: 1 });
  });
});
