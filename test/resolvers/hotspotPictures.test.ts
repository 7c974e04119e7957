import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { statementsOf } from '../support/countStatements.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { addPicturedPosts } from '../support/picturedHotspot.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

const QUERY = `query ($id: ID!, $first: Int, $after: String, $skip: Int, $asOf: DateTime, $orderBy: HotspotPictureOrder) {
  hotspot(id: $id) { pictures(first: $first, after: $after, skip: $skip, asOf: $asOf, orderBy: $orderBy) {
    nodes { postCount lastPostAt image { sha256 width height caption { text } } } totalCount asOf
    pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;

interface Pictures {
  readonly nodes: readonly {
    readonly postCount: number;
    readonly lastPostAt: string;
    readonly image: { readonly sha256: string; readonly width: number };
  }[];
  readonly totalCount: number;
  readonly asOf: string | null;
  readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
}

describeDatabases('Hotspot.pictures', (open) => {
  let services: TestServices;
  let server: TestServer;
  /** By how many posts show each: a one, b two, c three, and so on. */
  const images: string[] = [];
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));

  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
    for (const name of 'abcdefg') images.push(await services.addImage(name));
  });
  afterAll(async () => {
    await server.close();
    await services.close();
  });
  beforeEach(async () => {
    await open().pool.query('TRUNCATE posts, hotspots CASCADE');
    const posts = images.flatMap((sha256, i) =>
      Array.from({ length: i + 1 }, (_, n) => ({ at: at(i * 3 + n), images: [sha256] })),
    );
    await addPicturedPosts(open().pool, 'h1', posts);
    // Of another hotspot, of none, and without a picture: no part of it.
    await addPicturedPosts(open().pool, 'h2', [{ at: at(50), images: [images[0]!, images[1]!] }]);
    await services.addPost({ images: ['a'], postedAt: at(55) });
    await addPicturedPosts(open().pool, 'h1', [{ at: at(0), images: [] }]);
  });
  const ask = async (variables: Record<string, unknown>) =>
    (await server.data<{ hotspot: { pictures: Pictures } }>(QUERY, { id: 'h1', ...variables })).hotspot.pictures;
  const names = ({ nodes }: Pictures) =>
    nodes.map(({ image: { sha256 } }) => 'abcdefg'[images.indexOf(sha256)]).join('');

  it('has each picture once, the one that was posted last first, with the posts of this hotspot that show it', async () => {
    const all = await ask({ first: 100 });
    expect(names(all)).toBe('gfedcba');
    expect(all.nodes.map(({ postCount }) => postCount)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(all.nodes[0]!.lastPostAt).toBe(at(6 * 3 + 6).toISOString());
    expect(all).toMatchObject({ totalCount: 7, pageInfo: { hasNextPage: false, hasPreviousPage: false } });
    expect(all.asOf).toBe(at(6 * 3 + 6).toISOString());
  });

  it('lists the most posted first; of those with as many posts the newest', async () => {
    await addPicturedPosts(
      open().pool,
      'h1',
      [0, 0, 0, 0].map((i, n) => ({ at: at(58), images: n < 3 ? [images[i]!] : [] })),
    );
    expect(names(await ask({ orderBy: 'MOST_POSTED' }))).toBe('gfeadcb');
  });

  it('counts a post that shows a picture twice as two', async () => {
    await addPicturedPosts(open().pool, 'h1', [{ at: at(59), images: [images[0]!, images[0]!, images[2]!] }]);
    const { nodes } = await ask({ first: 2 });
    expect(nodes.map(({ postCount }) => postCount).sort()).toEqual([3, 4]);
  });

  it.each(['NEWEST', 'MOST_POSTED'])(
    'is paged by cursors and by places alike, without gap or repetition: %s',
    async (orderBy) => {
      const whole = names(await ask({ orderBy, first: 100 }));
      let seen = '';
      let after: string | undefined;
      for (;;) {
        const page: Pictures = await ask({ orderBy, first: 2, after });
        seen += names(page);
        expect(page.totalCount).toBe(7);
        expect(page.pageInfo.hasPreviousPage).toBe(after !== undefined);
        after = page.pageInfo.endCursor;
        if (!page.pageInfo.hasNextPage) break;
      }
      expect(seen).toBe(whole);
      for (const skip of [0, 3, 6])
        expect(names(await ask({ orderBy, first: 3, skip }))).toBe(whole.slice(skip, skip + 3));
      const { endCursor } = (await ask({ orderBy, first: 1 })).pageInfo;
      expect(names(await ask({ orderBy, first: 2, skip: 2, after: endCursor }))).toBe(whole.slice(3, 5));
      expect(await ask({ orderBy, skip: 50 })).toMatchObject({ nodes: [], totalCount: 7 });
    },
  );

  it.each(['NEWEST', 'MOST_POSTED'])(
    'stays the list that it was while posts come in, by its cursors and by `asOf`: %s',
    async (orderBy) => {
      const whole = names(await ask({ orderBy, first: 100 }));
      const first = await ask({ orderBy, first: 2 });
      const later = new Date(Date.parse(first.asOf!) + 60_000);
      await addPicturedPosts(
        open().pool,
        'h1',
        // Posted before, and found to be of it only now.
        Array.from({ length: 9 }, () => ({ at: at(1), joinedAt: later, images: [images[0]!] })),
      );
      const rest = await ask({ orderBy, first: 100, after: first.pageInfo.endCursor });
      expect(names(first) + names(rest)).toBe(whole);
      expect(names(await ask({ orderBy, first: 100, asOf: first.asOf }))).toBe(whole);
      expect((await ask({ orderBy: 'MOST_POSTED', first: 1 })).nodes[0]).toMatchObject({ postCount: 10 });
    },
  );

  it('takes the same few statements however long the page is', async () => {
    const statements = async (first: number) => (await statementsOf(open().pool, () => ask({ first }))).length;
    expect(await statements(7)).toBe(await statements(1));
  });

  it('refuses cursors of other lists, and places before the first', async () => {
    const { endCursor } = (await ask({ first: 1 })).pageInfo;
    for (const variables of [
      { after: endCursor, orderBy: 'MOST_POSTED' },
      { after: 'x' },
      { skip: -1 },
      { first: 101 },
    ])
      expect((await server.ask(QUERY, { id: 'h1', ...variables })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
