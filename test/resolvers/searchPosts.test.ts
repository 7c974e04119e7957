// The search over the models that ship and pictures of the sample, which are captioned and embedded as in a running Hotlens.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { readConfig } from '../../src/config.js';
import { AppError } from '../../src/errors.js';
import type { Inference } from '../../src/inference/inference.js';
import { startInference } from '../../src/inference/inferenceClient.js';
import { captionPlan } from '../../src/jobs/captionPlan.js';
import { startWorker, type Worker } from '../../src/jobs/worker.js';
import { bearer, makeKey } from '../support/callers.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

const SEARCH = `query ($words: String, $picture: String, $filter: PostFilter, $first: Int = 20, $after: String) {
  searchPosts(words: $words, picture: $picture, filter: $filter, first: $first, after: $after) {
    nodes {
      post { id nativeId text images { image { sha256 caption { text } } } }
      score
      byWords
      words { sha256 ranges { start end } }
      meaning { sha256 similarity }
      same { sha256 differingBits }
    }
    pageInfo { hasNextPage endCursor }
    totalCount
    aboutPosts
    withoutMeaning
  }
}`;
interface Search {
  readonly searchPosts: {
    readonly nodes: readonly {
      readonly post: {
        readonly id: string;
        readonly nativeId: string;
        readonly text: string;
        readonly images: readonly {
          readonly image: { readonly sha256: string; readonly caption: { readonly text: string } };
        }[];
      };
      readonly score: number;
      readonly byWords: boolean;
      readonly words: readonly {
        readonly sha256: string | null;
        readonly ranges: readonly { start: number; end: number }[];
      }[];
      readonly meaning: { readonly sha256: string; readonly similarity: number } | null;
      readonly same: { readonly sha256: string; readonly differingBits: number } | null;
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly totalCount: number;
    readonly aboutPosts: number | null;
    readonly withoutMeaning: string | null;
  };
}

const INGEST = 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted rejections { reason } } }';
const PICTURES = [
  'flood-boat',
  'flood-cat',
  'flood-street',
  'snow-bench',
  'snow-dog',
  'dogs-park',
  'desert-camel',
  'beach-noon',
];
const pictureOf = (name: string) => readFile(path.resolve('samples/images', `${name}.jpg`));
const settings = readConfig({});

let inference: Inference;
beforeAll(async () => {
  inference = await startInference({
    ...settings.inference,
    device: 'cpu',
    threads: 1,
    maxPixels: 50_000_000,
    decodeMs: 60_000,
  });
}, 120_000);
afterAll(() => inference?.close());

describeDatabases('searchPosts', (open) => {
  let services: TestServices;
  let server: TestServer;
  let worker: Worker;

  beforeAll(async () => {
    const test = await openTestServices(open());
    services = { ...test, inference: async () => inference };
    server = await startTestServer(services);
    const { captioner, embedder } = await inference.info();
    worker = await startWorker({
      ...services,
      inference,
      plan: captionPlan(captioner, services.config.captioning),
      embedderDigest: embedder.digest,
      dimension: embedder.dimension,
    });
    const shown = await Promise.all(
      PICTURES.map(async (name, i) => ({
        source: i % 2 === 0 ? 'even' : 'odd',
        id: name,
        author: 'ann',
        text: i === 0 ? 'What a day' : '',
        postedAt: `2026-03-0${1 + i}T00:00:00Z`,
        images: [{ base64: (await pictureOf(name)).toString('base64') }],
      })),
    );
    await ingest(shown);
    await until('all embedded', async () => {
      const { rows } = await open().pool.query<{ count: number }>('SELECT count(*)::int AS count FROM embeddings');
      return rows[0]!.count === PICTURES.length;
    });
  }, 120_000);
  afterAll(async () => {
    await worker?.stop(1000);
    await server?.close();
    await services?.close();
  });

  async function ingest(posts: readonly object[]): Promise<void> {
    expect(await server.data(INGEST, { posts })).toEqual({ ingestPosts: { accepted: posts.length, rejections: [] } });
  }
  const search = async (variables: Record<string, unknown>) =>
    (await server.data<Search>(SEARCH, variables)).searchPosts;
  const found = async (variables: Record<string, unknown>) =>
    (await search(variables)).nodes.map(({ post }) => post.nativeId);
  /** What the ranges of a hit mark, in its text and its captions. */
  const marked = ({ post, words }: Search['searchPosts']['nodes'][number]) =>
    words.flatMap(({ sha256, ranges }) => {
      const text =
        sha256 === null ? post.text : post.images.find(({ image }) => image.sha256 === sha256)!.image.caption.text;
      return ranges.map(({ start, end }) => text.slice(start, end));
    });

  describe('by words', () => {
    it('finds posts by words of their text and of their captions together, in any form, and marks them', async () => {
      const [hit] = (await search({ words: 'DAYS floods' })).nodes;
      expect(hit!.post.nativeId).toBe('flood-boat');
      expect(marked(hit!).map((word) => word.toLowerCase())).toEqual(expect.arrayContaining(['day']));
      expect(marked(hit!).some((word) => /^flood/i.test(word))).toBe(true);
    });

    it('takes phrases, OR and -without as search engines do, and words that say little where there are no others', async () => {
      await ingest([
        { source: 'words', id: 'a', text: 'to be or not to be', postedAt: '2026-03-01T00:00:00Z' },
        { source: 'words', id: 'b', text: 'Pferde und Kühe im Grünen', postedAt: '2026-03-02T00:00:00Z' },
        { source: 'words', id: 'c', text: 'Kühe im Regen', postedAt: '2026-03-03T00:00:00Z' },
      ]);
      const filter = { source: 'words' };
      expect(await found({ words: '"not to be"', filter })).toEqual(['a']);
      expect(await found({ words: '"be to not"', filter })).toEqual([]);
      expect(await found({ words: 'kühe -regen', filter })).toEqual(['b']);
      expect((await found({ words: 'pferde OR regen', filter })).sort()).toEqual(['b', 'c']);
    });

    it('finds emoji and scripts without spaces as they stand', async () => {
      await ingest([
        { source: 'signs', id: 'a', text: 'look🔥🔥 here', postedAt: '2026-03-01T00:00:00Z' },
        { source: 'signs', id: 'b', text: '東京で火事がありました', postedAt: '2026-03-02T00:00:00Z' },
        { source: 'signs', id: 'c', text: 'حريق كبير في المدينة', postedAt: '2026-03-03T00:00:00Z' },
      ]);
      const filter = { source: 'signs' };
      const { nodes } = await search({ words: '🔥', filter });
      expect(nodes.map(({ post }) => post.nativeId)).toEqual(['a']);
      expect(marked(nodes[0]!)).toEqual(['🔥', '🔥']);
      expect(await found({ words: 'look', filter })).toEqual(['a']);
      expect(await found({ words: '火事', filter })).toEqual(['b']);
      expect(await found({ words: 'حريق', filter })).toEqual(['c']);
    });

    it('finds an edited caption by its new words at once and not by the old, and again when it is taken back', async () => {
      const [{ post }] = (await search({ words: 'camel', filter: { source: 'even' } })).nodes as [
        Search['searchPosts']['nodes'][number],
      ];
      const { sha256 } = post.images[0]!.image;
      const edit =
        'mutation ($sha256: String!, $text: String) { editCaption(sha256: $sha256, text: $text) { sha256 } }';
      const byWords = async (words: string) => (await search({ words })).nodes.filter((hit) => hit.byWords).length;
      await server.data(edit, { sha256, text: 'an obstinate quadruped' });
      expect([await byWords('quadrupeds'), await byWords('camel')]).toEqual([1, 0]);
      await server.data(edit, { sha256, text: null });
      expect([await byWords('quadrupeds'), await byWords('camel')]).toEqual([0, 1]);
    });

    it('finds a changed text by its new words, and a deleted post not at all', async () => {
      const post = { source: 'changing', id: '1', postedAt: '2026-03-01T00:00:00Z' };
      await ingest([{ ...post, text: 'mandolin' }]);
      expect(await found({ words: 'mandolin' })).toEqual(['1']);
      await server.data(INGEST, { posts: [{ ...post, text: 'ukulele' }] });
      expect([await found({ words: 'mandolin' }), await found({ words: 'ukulele' })]).toEqual([[], ['1']]);
      await server.data('mutation { deletePosts(source: "changing", nativeIds: ["1"]) { posts } }');
      expect(await found({ words: 'ukulele' })).toEqual([]);
    });
  });

  describe('by meaning', () => {
    it('finds a picture by other words than its caption has', async () => {
      const { nodes, withoutMeaning } = await search({ words: 'a lady riding on the sand' });
      expect(withoutMeaning).toBeNull();
      expect(nodes[0]!.post.nativeId).toBe('desert-camel');
      expect(nodes[0]).toMatchObject({ byWords: false, words: [] });
      expect(nodes[0]!.meaning!.similarity).toBeGreaterThan(0.5);
      expect(nodes[0]!.meaning!.sha256).toBe(nodes[0]!.post.images[0]!.image.sha256);
    });

    it('is left out, and said to be, for words that the embedder has not learnt, and where no model is to be had', async () => {
      const { nodes, withoutMeaning } = await search({ words: 'Bundesliga xyzzy' });
      expect({ nodes, withoutMeaning }).toEqual({
        nodes: [],
        withoutMeaning: expect.stringContaining('has not learnt'),
      });
      const unavailable = {
        ...services,
        inference: () => Promise.reject(new AppError('BAD_MODEL', 'there is no model')),
      };
      const wordsAlone = await startTestServer(unavailable);
      const { searchPosts } = await wordsAlone.data<Search>(SEARCH, { words: 'camel' });
      await wordsAlone.close();
      expect(searchPosts).toMatchObject({
        nodes: [{ post: { nativeId: 'desert-camel' } }],
        withoutMeaning: 'there is no model',
      });
    });
  });

  describe('by a picture', () => {
    it('finds the picture itself first, also when it was encoded anew, and then its like', async () => {
      const bytes = await pictureOf('flood-cat');
      const self = (await search({ picture: bytes.toString('base64') })).nodes;
      expect(self[0]).toMatchObject({ post: { nativeId: 'flood-cat' }, same: { differingBits: 0 } });
      const again = await sharp(bytes).resize(80).webp({ quality: 80 }).toBuffer();
      const { nodes } = await search({ picture: again.toString('base64') });
      expect(nodes[0]!.post.nativeId).toBe('flood-cat');
      expect(nodes[0]!.meaning!.similarity).toBeGreaterThan(0.6);
    });

    it('keeps nothing of it, and refuses what is none', async () => {
      const stranger = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#7a3' } })
        .png()
        .toBuffer();
      const count = async () => (await open().pool.query('SELECT count(*)::int AS count FROM images')).rows[0];
      const before = await count();
      await search({ picture: stranger.toString('base64') });
      expect(await count()).toEqual(before);
      expect((await server.ask(SEARCH, { picture: 'bm90IGEgcGljdHVyZQ==' })).errors![0]!.extensions.code).toBe(
        'BAD_IMAGE',
      );
      expect((await server.ask(SEARCH, { picture: '<svg>' })).errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
    });
  });

  it('looks only among the posts of the filter, by words, meaning and picture alike', async () => {
    const all = { words: 'flood', picture: (await pictureOf('flood-boat')).toString('base64') };
    expect(new Set(await found(all))).toEqual(new Set(['flood-boat', 'flood-cat', 'flood-street']));
    expect(new Set(await found({ ...all, filter: { source: 'even' } }))).toEqual(
      new Set(['flood-boat', 'flood-street']),
    );
    expect(await found({ ...all, filter: { since: '2026-03-02T00:00:00Z', until: '2026-03-03T00:00:00Z' } })).toEqual([
      'flood-cat',
    ]);
    expect(await found({ ...all, filter: { author: 'nobody' } })).toEqual([]);
    expect(await found({ ...all, filter: { hotspotId: 'h999' } })).toEqual([]);
  });

  it('gives every hit once over the pages, while posts with the words come in and others are deleted', async () => {
    const post = (i: number) => ({
      source: 'pages',
      id: String(i),
      text: `zither number ${i}`,
      postedAt: new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString(),
    });
    await ingest(Array.from({ length: 9 }, (_, i) => post(i)));
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Search['searchPosts'] = await search({ words: 'zithers', first: 4, after });
      seen.push(...page.nodes.map(({ post: { nativeId } }) => nativeId));
      if (after === null) {
        await ingest([post(20), post(21)]);
        await server.data('mutation { deletePosts(source: "pages", nativeIds: ["8"]) { posts } }');
      }
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(['8', '7', '6', '5', '4', '3', '2', '1', '0']);
  });

  it.each([
    ['quotes', `'"\\"' OR 1=1; --`],
    ['an open phrase', '"to be'],
    ['operators of tsquery', `a & b | !(c <-> d):*A <2> ' \\`],
    ['nothing but operators', '& | ! ( ) <-> : *'],
    ['wildcards', '%_%'],
    ['1,000 characters', 'word '.repeat(200).trim()],
    ['a word of 1,000 characters', 'x'.repeat(1000)],
    ['emoji', '👩‍👩‍👧‍👦🏳️‍🌈'],
    ['right to left', '\u202eעברית\u202c'],
    ['half a surrogate pair', '\ud83d'],
    ['HTML', '<script>alert(1)</script>'],
    ['a regular expression', '(a+)+$ [a-z]* {1,'],
  ])('takes %s as words like others', async (_name, words) => {
    const { status, errors } = await server.ask(SEARCH, { words });
    expect({ status, errors }).toEqual({ status: 200, errors: undefined });
  });

  it.each([
    ['NUL', { words: 'a\0b' }, 'words: NUL characters are not allowed'],
    ['10,000 characters', { words: 'x'.repeat(10_000) }, 'words: expected at most 1000 characters, got 10000'],
    ['nothing', {}, 'give words or a picture to search for'],
    ['white space', { words: ' \n ' }, 'give words or a picture to search for'],
    ['the cursor of another list', { words: 'a', after: 'cG9zdHMgMSAy' }, 'not a cursor of search: cG9zdHMgMSAy'],
  ])('refuses %s, and says why', async (_name, variables, message) => {
    const { errors } = await server.ask(SEARCH, variables);
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  // The last one: from the first key on nobody is answered without.
  it('is for viewers by words, and by a picture for analysts, whose models it takes the time of', async () => {
    const { key } = await makeKey(open(), 'VIEWER');
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(key) },
      body: JSON.stringify({ query: SEARCH, variables: { picture: 'bm90IGEgcGljdHVyZQ==' } }),
    });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });
});
