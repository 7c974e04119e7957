import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { withTransaction } from '../../src/db/withTransaction.js';
import { requestCaptions } from '../../src/jobs/requestCaptions.js';
import { statementsOf } from '../support/countStatements.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

interface Page {
  readonly posts: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
    readonly pageInfo: {
      hasNextPage: boolean;
      hasPreviousPage: boolean;
      startCursor: string | null;
      endCursor: string | null;
    };
    readonly totalCount?: number;
  };
}

const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: PostFilter) {
  posts(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

describeDatabases('posts', (open) => {
  let services: TestServices;
  let server: TestServer;

  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
  });
  afterEach(async () => {
    await open().pool.query('TRUNCATE posts, images, hotspots, detection_state CASCADE; DELETE FROM pgboss.job');
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });

  /** Gives images a completed caption. */
  async function caption(text: string, sha256s: readonly string[]): Promise<void> {
    const { queue, db } = services;
    await withTransaction(db.pool, async (client) => {
      await requestCaptions({ client, queue }, sha256s, { plan: services.plan()! });
      await client.query(`UPDATE captions SET status = 'COMPLETED', text = $1 WHERE image_sha256 = ANY($2::bpchar[])`, [
        text,
        sha256s,
      ]);
      await client.query(
        'UPDATE images i SET current_caption_id = c.id FROM captions c WHERE c.image_sha256 = i.sha256',
      );
    });
  }

  async function ids(filter: Record<string, unknown>): Promise<string[]> {
    const { posts } = await server.data<Page>(PAGE, { filter });
    return posts.edges.map(({ node }) => node.id);
  }

  describe('cursors', () => {
    /** 23 posts, of which most share one of two moments: order must come from the id too. Newest first. */
    async function addPosts(): Promise<string[]> {
      const posts = Array.from({ length: 23 }, (_, index) => ({
        id: randomUUID(),
        postedAt: new Date(Date.UTC(2026, 2, 1, 0, 0, index % 10 === 0 ? index : index % 2)),
      }));
      for (const post of posts) await services.addPost(post);
      return posts
        .sort((a, b) => b.postedAt.getTime() - a.postedAt.getTime() || (a.id < b.id ? 1 : -1))
        .map(({ id }) => id);
    }

    it('forward, give every post once and in order, also where times are equal', async () => {
      const expected = await addPosts();
      const seen: string[] = [];
      let after: string | null = null;
      for (;;) {
        const { posts }: Page = await server.data<Page>(PAGE, { first: 5, after });
        seen.push(...posts.edges.map(({ node }) => node.id));
        expect(posts.pageInfo.hasPreviousPage).toBe(after !== null);
        after = posts.pageInfo.endCursor;
        if (!posts.pageInfo.hasNextPage) break;
        expect(posts.edges).toHaveLength(5);
      }
      expect(seen).toEqual(expected);
    });

    it('backward, give every post once and in order, also where times are equal', async () => {
      const expected = await addPosts();
      const seen: string[] = [];
      let before: string | null = null;
      for (;;) {
        const { posts }: Page = await server.data<Page>(PAGE, { last: 5, before });
        seen.unshift(...posts.edges.map(({ node }) => node.id));
        expect(posts.pageInfo.hasNextPage).toBe(before !== null);
        before = posts.pageInfo.startCursor;
        if (!posts.pageInfo.hasPreviousPage) break;
      }
      expect(seen).toEqual(expected);
    });

    it('stay in place when newer posts arrive', async () => {
      const expected = await addPosts();
      const first = await server.data<Page>(PAGE, { first: 4 });
      await services.addPost({ postedAt: new Date(Date.UTC(2026, 5, 1)) });
      const second = await server.data<Page>(PAGE, { first: 4, after: first.posts.pageInfo.endCursor });
      expect(second.posts.edges.map(({ node }) => node.id)).toEqual(expected.slice(4, 8));
    });

    it('count the whole list only when asked', async () => {
      await addPosts();
      const { posts } = await server.data<Page>('{ posts(first: 2) { totalCount edges { cursor node { id } } } }');
      expect(posts.totalCount).toBe(23);
      const statements = await statementsOf(open().pool, () => server.data(PAGE, { first: 2 }));
      expect(statements).toHaveLength(1);
    });
  });

  it('answers the query of the README', async () => {
    const id = await services.addPost({ text: 'look', images: ['captioned', 'not yet'] });
    await caption('a red car', [await services.addImage('captioned')]);
    expect(await server.data('{ posts(first: 3) { edges { node { id text images { caption { text } } } } } }')).toEqual(
      {
        posts: {
          edges: [{ node: { id, text: 'look', images: [{ caption: { text: 'a red car' } }, { caption: null }] } }],
        },
      },
    );
  });

  it('are found by each filter, and by all given together', async () => {
    const old = await services.addPost({
      source: 'a',
      author: 'ann',
      text: '100% sure',
      postedAt: new Date('2026-03-01T00:00:00Z'),
    });
    const mid = await services.addPost({
      source: 'b',
      author: 'ben',
      text: '100 x sure',
      postedAt: new Date('2026-03-02T00:00:00Z'),
      images: ['one'],
    });
    const young = await services.addPost({
      source: 'b',
      author: 'ann',
      text: 'Grüße',
      postedAt: new Date('2026-03-03T00:00:00Z'),
      images: ['two', 'three'],
    });
    await caption('A Dog on_the beach', [await services.addImage('one')]);
    await caption('a cat', [await services.addImage('two')]);
    await open().pool.query(`UPDATE post_images SET status = 'FAILED', error = 'gone' WHERE position = 1`);

    expect(await ids({ since: '2026-03-02T00:00:00Z' })).toEqual([young, mid]);
    expect(await ids({ until: '2026-03-02T00:00:00Z' })).toEqual([old]);
    expect(await ids({ since: '2026-03-02T01:00:00+01:00', until: '2026-03-03T00:00:00Z' })).toEqual([mid]);
    expect(await ids({ source: 'b' })).toEqual([young, mid]);
    expect(await ids({ author: 'ann' })).toEqual([young, old]);
    expect(await ids({ text: '100% s' })).toEqual([old]);
    expect(await ids({ text: 'GRüß' })).toEqual([young]);
    expect(await ids({ text: 'dog on_the' })).toEqual([mid]);
    expect(await ids({ text: 'dog%beach' })).toEqual([]);
    expect(await ids({ hasImage: true })).toEqual([young, mid]);
    expect(await ids({ hasImage: false })).toEqual([old]);
    expect(await ids({ status: 'COMPLETED' })).toEqual([young, mid]);
    expect(await ids({ status: 'FAILED' })).toEqual([young]);
    expect(await ids({ status: 'PENDING' })).toEqual([]);
    expect(
      await ids({ source: 'b', author: 'ann', text: 'cat', status: 'FAILED', hasImage: true, since: null }),
    ).toEqual([young]);
  });

  it('are found by their language, in any case and with what is more special, in one of several', async () => {
    const at = (day: number) => new Date(Date.UTC(2026, 2, day));
    const tags = ['en', 'pt-BR', 'PT', 'de', 'den', undefined];
    const all: string[] = [];
    for (const [i, language] of tags.entries())
      all.push(await services.addPost({ postedAt: at(9 - i), ...(language !== undefined && { language }) }));
    const [en, brazil, pt, de] = all;
    expect(await ids({ language: ['en'] })).toEqual([en]);
    expect(await ids({ language: ['pt'] })).toEqual([brazil, pt]);
    expect(await ids({ language: ['pt-br'] })).toEqual([brazil]);
    expect(await ids({ language: ['DE', 'pt'] })).toEqual([brazil, pt, de]);
    expect(await ids({ language: null })).toEqual(all);
    for (const language of [[], ['%'], ['en_US'], Array(21).fill('en')])
      expect((await server.ask(PAGE, { filter: { language } })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('say of each picture how far it has come, as the filter does', async () => {
    await services.addPost({ images: ['waiting', 'done', 'bad', 'unreachable'] });
    await caption('a cat', [await services.addImage('done')]);
    const { queue, db } = services;
    const others = [await services.addImage('waiting'), await services.addImage('bad')];
    await withTransaction(db.pool, (client) => requestCaptions({ client, queue }, others, { plan: services.plan()! }));
    await db.pool.query(`UPDATE captions SET status = 'FAILED', error = 'no picture' WHERE image_sha256 = $1`, [
      others[1],
    ]);
    await db.pool.query(
      `UPDATE post_images SET status = 'FAILED', error = 'not a public address', image_sha256 = NULL WHERE position = 3`,
    );
    const { posts } = await server.data<{ posts: { nodes: { images: unknown[] }[] } }>(
      '{ posts { nodes { images { position status error caption { text status } } } } }',
    );
    expect(posts.nodes[0]!.images).toEqual([
      { position: 0, status: 'PENDING', error: null, caption: null },
      { position: 1, status: 'COMPLETED', error: null, caption: { text: 'a cat', status: 'COMPLETED' } },
      { position: 2, status: 'FAILED', error: 'no picture', caption: null },
      { position: 3, status: 'FAILED', error: 'not a public address', caption: null },
    ]);
    for (const status of ['PENDING', 'COMPLETED', 'FAILED']) expect(await ids({ status })).toHaveLength(1);
  });

  it('cost 5 SQL statements with images, captions and hotspots, on a page of 50 as on a page of 10', async () => {
    // Posts, their pictures, the captions of these, the hotspots of the posts, how much these have.
    const postIds: string[] = [];
    for (let index = 0; index < 50; index++) {
      postIds.push(await services.addPost({ images: [`${index} a`, `${index} b`] }));
    }
    const { rows } = await open().pool.query<{ sha256: string }>('SELECT sha256 FROM images ORDER BY sha256');
    const sha256s = rows.map(({ sha256 }) => sha256);
    await caption('a cat', sha256s);
    for (const half of [1, 2])
      await open().pool.query(`INSERT INTO hotspots (id, title, emerged_at) VALUES ($1, $2, now())`, [
        `h${half}`,
        `half ${half}`,
      ]);
    await open().pool.query(
      `INSERT INTO detection_posts (post_id, at, piece, hotspot_id)
       SELECT id, posted_at, id::text, 'h' || (1 + place % 2) FROM unnest($1::uuid[]) WITH ORDINALITY AS g (id, place) JOIN posts USING (id)
       WHERE place % 3 <> 0`,
      [postIds],
    );
    interface Rich {
      readonly posts: {
        readonly nodes: {
          images: { caption: { text: string } | null }[];
          hotspot: { title: string; postCount: number } | null;
        }[];
      };
    }
    const rich =
      'query ($first: Int) { posts(first: $first) { nodes { id text images { url status sha256 caption { text modelDigest } } hotspot { title postCount } } } }';
    // What a hotspot counts is remembered: the second page only asks whether anything has changed.
    for (const [first, asked] of [
      [50, 6],
      [10, 5],
    ] as const) {
      let answer: Rich | undefined;
      const statements = await statementsOf(open().pool, async () => {
        answer = await server.data<Rich>(rich, { first });
      });
      expect(answer!.posts.nodes).toHaveLength(first);
      expect(
        answer!.posts.nodes.every(
          ({ images }) => images.length === 2 && images.every((one) => one.caption?.text === 'a cat'),
        ),
      ).toBe(true);
      expect(answer!.posts.nodes.some(({ hotspot }) => hotspot !== null && hotspot.postCount > 10)).toBe(true);
      expect(statements).toHaveLength(asked);
    }
  });

  it('load deeper lists with one statement each, also when asked for in two lengths at once', async () => {
    for (let index = 0; index < 6; index++) await services.addPost({ images: ['shared', `${index}`] });
    await caption('a cat', [await services.addImage('shared')]);
    const statements = await statementsOf(open().pool, async () => {
      const { posts } = await server.data<{
        posts: { nodes: { images: { image: { few: unknown[]; many: unknown[]; captions: unknown[] } }[] }[] };
      }>(
        '{ posts { nodes { images { image { few: posts(first: 2) { id } many: posts(first: 5) { id } captions { text } } } } } }',
      );
      const { image } = posts.nodes[0]!.images[0]!;
      expect([image.few.length, image.many.length, image.captions.length]).toEqual([2, 5, 1]);
    });
    // Posts, pictures, images, posts of the images, captions of the images.
    expect(statements).toHaveLength(5);
  });
});
