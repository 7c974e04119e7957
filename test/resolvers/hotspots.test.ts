import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { START } from '../analytics/detection/madeStream.js';
import { statementsOf } from '../support/countStatements.js';
import { describeDatabases } from '../support/databases.js';
import { addPosts, detected, textStream } from '../support/detectedStream.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

const HOUR = 3_600_000;
const fire = ['smoke', 'flames', 'firefighters', 'burning', 'evacuate', 'sirens', 'roof'];
const flood = ['water', 'river', 'boats', 'rain', 'bridge', 'sandbags', 'rescue'];
const posts = textStream([
  { name: 'fire', from: 30, to: 34, posts: 60, words: fire },
  { name: 'flood', from: 40, to: 47.9, posts: 70, words: flood },
]);

interface Node {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly postCount: number;
  readonly authorCount: number;
  readonly score: number;
  readonly rank: number | null;
}
const FIELDS =
  'id title foundTitle state postCount authorCount score rank pinned muted emergedAt endedAt firstPostAt lastPostAt';

describeDatabases('hotspots', (open) => {
  let services: TestServices;
  let server: TestServer;

  beforeAll(async () => {
    services = await openTestServices(open());
    services.testInference.known = 0;
    await addPosts(open().pool, posts);
    await services.startWorker();
    await detected(services);
    server = await startTestServer(services);
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await services.close();
  });
  async function list(args: string): Promise<Node[]> {
    const { hotspots } = await server.data<{ hotspots: { nodes: Node[]; totalCount: number } }>(
      `{ hotspots(${args}) { totalCount nodes { ${FIELDS} } } }`,
    );
    expect(hotspots.totalCount).toBe(hotspots.nodes.length);
    return hotspots.nodes;
  }
  const one = async (id: string, fields: string) =>
    (await server.data<{ hotspot: Record<string, never> }>(`{ hotspot(id: "${id}") { ${fields} } }`)).hotspot;

  it('are listed by state, window and order', async () => {
    const living = await list('first: 50');
    expect(living.map(({ state }) => state)).toEqual(living.map(() => 'LIVING'));
    expect(living[0]).toMatchObject({
      title: expect.stringMatching(/flood|river|boats|sandbags|bridge|rescue/i),
      rank: 0,
    });
    const scores = living.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const ended = await list('first: 50, state: [ENDED]');
    expect(ended.map(({ title }) => title)).toContainEqual(expect.stringMatching(/fire|smoke|flames|roof|sirens/i));
    expect(ended.every(({ rank }) => rank === null)).toBe(true);
    const all = await list('first: 50, state: [ENDED, LIVING, MERGED], orderBy: LARGEST');
    const sizes = all.map(({ postCount }) => postCount);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(all.length).toBeGreaterThanOrEqual(living.length + ended.length);
    const window = `window: { to: "${new Date(START + 36 * HOUR).toISOString()}" }`;
    const early = await list(`first: 50, ${window}, state: [ENDED, LIVING, MERGED], orderBy: NEWEST`);
    expect(early.every(({ title }) => /fire|smoke|flames|roof|sirens/i.test(title))).toBe(true);
    expect(await list('first: 50, trending: true')).toEqual(living.filter(({ rank }) => rank !== null));
  });

  it('are listed page by page without gap or repetition', async () => {
    for (const orderBy of ['TRENDING', 'PEAK', 'NEWEST', 'LARGEST']) {
      const whole = await list(`first: 50, state: [ENDED, LIVING, MERGED], orderBy: ${orderBy}`);
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const { hotspots }: { hotspots: { nodes: Node[]; pageInfo: { endCursor: string; hasNextPage: boolean } } } =
          await server.data(
            `query ($after: String) { hotspots(first: 1, after: $after, state: [ENDED, LIVING, MERGED], orderBy: ${orderBy}) {
               nodes { ${FIELDS} } pageInfo { endCursor hasNextPage } } }`,
            { after },
          );
        seen.push(...hotspots.nodes.map(({ id }) => id));
        after = hotspots.pageInfo.hasNextPage ? hotspots.pageInfo.endCursor : null;
      } while (after !== null);
      expect(seen).toEqual(whole.map(({ id }) => id));
    }
  });

  it('say why, over time, with their posts and history', async () => {
    const [top] = await list('first: 1, trending: true');
    const hotspot = (await one(
      top!.id,
      `why { surprise evidence expected hours words peak { at surprise evidence expected hours } } timeline(minutes: 60) { from to posts authors expected low high score }
       events { nodes { kind reason posts { id } hotspot { id } } } posts(first: 100) { totalCount nodes { id hotspot { id } } }
       keywords news(hours: 2) { text now before z } captions { text posts } images { sha256 } related { id } earlier { id } later { id } parts { id } branches { id } mergedInto { id } splitFrom { id }`,
    )) as unknown as {
      why: {
        surprise: number;
        evidence: number;
        expected: number;
        hours: number;
        words: string[];
        peak: { at: string; surprise: number; evidence: number; expected: number };
      };
      timeline: {
        from: string;
        to: string;
        posts: number;
        authors: number;
        expected: number | null;
        low: number;
        high: number;
      }[];
      events: { nodes: { kind: string; reason: string; posts: unknown[] }[] };
      posts: { totalCount: number; nodes: { id: string; hotspot: { id: string } }[] };
    };
    const { why, timeline, events } = hotspot;
    expect(why.surprise).toBe(top!.score);
    expect(why.evidence).toBeGreaterThan(why.expected);
    expect(why.words[0]).toMatch(
      /^now [\d.]+ distinct authors and pieces in (an hour|\d hours), where [\d.]+ are usual/,
    );
    expect(why.peak.surprise).toBeGreaterThanOrEqual(why.surprise);
    expect(why.peak.evidence).toBeGreaterThan(why.peak.expected);
    const ended = await list('first: 5, state: ENDED, orderBy: PEAK');
    expect(ended.length).toBeGreaterThan(0);
    for (const { id } of ended) {
      const past = (await one(id, 'why { surprise words peak { at surprise } }')) as unknown as { why: typeof why };
      expect(past.why.surprise).toBe(0);
      expect(past.why.words[0]).toMatch(/^at its height, 20.+Z, [\d.]+ distinct/);
    }
    const { detection } = await server.data<{ detection: object }>(
      '{ detection { lastStepAt coveredHours learning waitingPosts livingHotspots } }',
    );
    expect(detection).toMatchObject({ learning: false, waitingPosts: 0, coveredHours: expect.any(Number) });
    expect(timeline.reduce((sum, { posts: count }) => sum + count, 0)).toBe(top!.postCount);
    expect(timeline.every((bar, i) => i === 0 || bar.from === timeline[i - 1]!.to)).toBe(true);
    const known = timeline.filter(({ expected }) => expected !== null);
    expect(known.length).toBeGreaterThan(3);
    expect(known.every(({ expected, low, high }) => low <= expected! && expected! <= high)).toBe(true);
    expect(events.nodes.at(-1)).toMatchObject({ kind: 'EMERGED', hotspot: { id: top!.id } });
    expect(events.nodes.every(({ posts: on }) => on.length > 0)).toBe(true);
    const { keywords, news } = hotspot as unknown as { keywords: string[]; news: { now: number; before: number }[] };
    expect(keywords.length).toBeGreaterThan(2);
    expect(keywords.join(' ')).toMatch(/flood|river|boats|sandbags/);
    expect(news.every(({ now }) => now >= 3)).toBe(true);
    expect(hotspot.posts.totalCount).toBe(top!.postCount);
    expect(hotspot.posts.nodes.every((post) => post.hotspot.id === top!.id)).toBe(true);
  });

  it('tell opinion over time, every author once, with the posts behind it', async () => {
    const [top] = await list('first: 1');
    const bar = 'from to score low high negative neutral positive unknown';
    const { opinion } = (await one(
      top!.id,
      `opinion { whole { ${bar} } turn { at before after p } camps { p } agreement { pearson low high on } timeline(minutes: 120) { ${bar} posts(first: 100) { id opinion { score class } hotspot { id } } } }`,
    )) as unknown as {
      opinion: {
        whole: Record<string, number>;
        turn: unknown;
        agreement: { pearson: number; low: number; high: number };
        timeline: (Record<string, number> & {
          posts: { opinion: { score: number | null; class: string }; hotspot: { id: string } }[];
        })[];
      };
    };
    const people = (of: Record<string, number>) => of.negative! + of.neutral! + of.positive! + of.unknown!;
    expect(people(opinion.whole)).toBe(top!.authorCount);
    expect(opinion.turn).toBeNull();
    expect(opinion.agreement.low).toBeLessThan(opinion.agreement.pearson);
    const behind = opinion.timeline.flatMap((one) => one.posts);
    expect(behind).toHaveLength(top!.postCount);
    for (const post of behind) {
      expect(post.hotspot.id).toBe(top!.id);
      expect(post.opinion.class === 'UNKNOWN').toBe(post.opinion.score === null);
    }
    // "rescue" is a good word, and "rain" none.
    expect(behind.some((post) => post.opinion.class === 'POSITIVE')).toBe(true);
  });

  it('cost as many SQL statements on a page of many as on a page of one', async () => {
    const query =
      'query ($first: Int) { hotspots(first: $first, state: [LIVING, ENDED, MERGED]) { nodes { id postCount authorCount captions { text } images { sha256 } earlier { id } later { id } why { words } opinion { whole { score } } } } }';
    const asked = async (first: number) =>
      (await statementsOf(open().pool, () => server.data(query, { first }))).length;
    /** As if detection had taken a step. */
    const step = (minute: number) =>
      open().pool.query(
        `INSERT INTO hotspot_points (hotspot_id, at, expected, low, high, score)
         SELECT id, '2126-01-01'::timestamptz + make_interval(mins => $1), 1, 0, 2, 0 FROM hotspots`,
        [minute],
      );
    const counts: number[] = [];
    for (const first of [1, 20]) {
      await step(first);
      counts.push(await asked(first));
    }
    expect(counts[1]).toBe(counts[0]);
    // What was counted and scored is remembered for as long as the posts are the same.
    expect(await asked(20)).toBeLessThan(counts[1]!);
    expect(await asked(1)).toBe(await asked(20));
    await open().pool.query(`DELETE FROM hotspot_points WHERE at >= '2126-01-01'`);
  });

  it('are told of as they change, and their history is kept', async () => {
    const { hotspotEvents } = await server.data<{
      hotspotEvents: { totalCount: number; nodes: { kind: string; at: string }[] };
    }>('{ hotspotEvents(first: 100, kinds: [EMERGED, ENDED]) { totalCount nodes { kind at } } }');
    expect(hotspotEvents.nodes.length).toBeGreaterThanOrEqual(3);
    const times = hotspotEvents.nodes.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
  });

  describe('what a person says of them', () => {
    it('is shown, and can be taken back', async () => {
      const [top] = await list('first: 1');
      const { renameHotspot } = await server.data<{ renameHotspot: object }>(
        `mutation { renameHotspot(id: "${top!.id}", name: " The flood ") { title foundTitle } }`,
      );
      expect(renameHotspot).toEqual({ title: 'The flood', foundTitle: top!.title });
      await server.data(`mutation { renameHotspot(id: "${top!.id}", name: null) { title } }`);
      expect((await list('first: 1'))[0]!.title).toBe(top!.title);

      await server.data(`mutation { muteHotspot(id: "${top!.id}") { muted } }`);
      expect((await list('first: 50')).map(({ id }) => id)).not.toContain(top!.id);
      expect((await list('first: 50, muted: true')).map(({ id }) => id)).toEqual([top!.id]);
      await server.data(`mutation { muteHotspot(id: "${top!.id}", muted: false) { muted } }`);

      const all = await list('first: 50, state: [LIVING, ENDED]');
      const last = all.at(-1)!;
      await server.data(`mutation { pinHotspot(id: "${last.id}") { pinned } }`);
      expect((await list('first: 50, state: [LIVING, ENDED]'))[0]!.id).toBe(last.id);
      await server.data(`mutation { pinHotspot(id: "${last.id}", pinned: false) { pinned } }`);
    });

    it('takes posts out, merges hotspots, and holds when detection goes on and is stopped', async () => {
      const [top] = await list('first: 1');
      const { posts: of } = (await one(top!.id, 'posts(first: 8) { nodes { id } }')) as unknown as {
        posts: { nodes: { id: string }[] };
      };
      const ids = of.nodes.map(({ id }) => id);
      const client = createClient({
        url: `${server.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        lazy: false,
      });
      const events = client.iterate<{ hotspotChanged: { kind: string; other: { id: string } | null } }>({
        query: 'subscription { hotspotChanged { kind other { id } } }',
      });
      const next = events.next();
      // Asked behind it on the same connection: by its answer the subscription is there.
      await client.iterate({ query: '{ caller { name } }' }).next();
      const split = await server.data<{ splitPosts: { id: string; postCount: number; splitFrom: { id: string } } }>(
        'mutation ($id: ID!, $postIds: [ID!]!) { splitPosts(id: $id, postIds: $postIds) { id postCount splitFrom { id } } }',
        { id: top!.id, postIds: ids },
      );
      expect(split.splitPosts).toEqual({
        id: expect.stringMatching(/^h\d+$/),
        postCount: 8,
        splitFrom: { id: top!.id },
      });
      expect(split.splitPosts.id).not.toBe(top!.id);
      const { value } = await next;
      expect(value!.data!.hotspotChanged).toEqual({ kind: 'SPLIT', other: { id: top!.id } });
      await events.return?.();
      await client.dispose();

      // A later post goes on; the posts stay where the person has put them, also for another worker.
      const later = posts.at(-1)!.at + HOUR;
      await addPosts(open().pool, [{ ...posts.at(-1)!, id: '00000000-0000-4000-9000-000000000000', at: later }]);
      await detected(services);
      expect(await one(split.splitPosts.id, 'postCount')).toEqual({ postCount: 8 });

      const merged = await server.data<{ mergeHotspots: Node & { parts: { id: string; state: string }[] } }>(
        `mutation { mergeHotspots(id: "${top!.id}", part: "${split.splitPosts.id}") { postCount parts { id state } } }`,
      );
      expect(merged.mergeHotspots.parts).toContainEqual({ id: split.splitPosts.id, state: 'MERGED' });
      expect(merged.mergeHotspots.postCount).toBeGreaterThanOrEqual(top!.postCount);
      expect(await one(split.splitPosts.id, 'mergedInto { id } postCount')).toEqual({
        mergedInto: { id: top!.id },
        postCount: 0,
      });

      // Both are taken back, the last first.
      const decided = async () =>
        (await one(top!.id, 'decisions { id kind undone hotspot { id } other { id } }')) as unknown as {
          decisions: { id: string; kind: string; undone: boolean }[];
        };
      const { decisions } = await decided();
      const [hotspot, other] = [{ id: top!.id }, { id: split.splitPosts.id }];
      expect(decisions).toMatchObject([
        { kind: 'MERGE', undone: false, hotspot, other },
        { kind: 'SPLIT', undone: false, hotspot, other },
      ]);
      const undo = (decision: { id: string }) =>
        server.ask(`mutation { undoDecision(id: "${decision.id}") { id state postCount mergedInto { id } } }`);
      expect((await undo(decisions[1]!)).errors![0]!.message).toContain('became part of another');
      expect((await undo(decisions[0]!)).data).toEqual({
        undoDecision: { ...other, state: 'LIVING', postCount: 8, mergedInto: null },
      });
      expect((await undo(decisions[0]!)).errors![0]!.message).toContain('it was already');
      // Nor does detection, going on, put together what a person has taken apart.
      await addPosts(open().pool, [{ ...posts.at(-1)!, id: '00000000-0000-4000-9000-000000000001', at: later + HOUR }]);
      await detected(services);
      expect(await one(other.id, 'state mergedInto { id }')).toEqual({ state: 'LIVING', mergedInto: null });
      expect((await undo(decisions[1]!)).data).toMatchObject({ undoDecision: hotspot });
      expect(await one(other.id, 'state mergedInto { id } postCount')).toEqual({
        state: 'MERGED',
        mergedInto: hotspot,
        postCount: 0,
      });
      expect((await decided()).decisions.map(({ undone }) => undone)).toEqual([true, true]);
    });

    it.each([
      ['renameHotspot(id: "h999", name: "x") { id }', 'there is no hotspot h999'],
      ['renameHotspot(id: "h1", name: " ") { id }', 'name: expected 1 to 200 characters, got 0'],
      ['pinHotspot(id: "1") { id }', 'id: expected a hotspot\'s, such as h12, got "1"'],
      ['mergeHotspots(id: "h1", part: "h1") { id }', 'part: expected another hotspot than the whole'],
      [
        'undoDecision(id: "00000000-0000-4000-8000-ffffffffffff") { id }',
        'there is no decision 00000000-0000-4000-8000-ffffffffffff',
      ],
      ['splitPosts(id: "h1", postIds: []) { id }', 'postIds: expected 1 to 100, got 0'],
      [
        'splitPosts(id: "h1", postIds: ["00000000-0000-4000-8000-ffffffffffff"]) { id }',
        'postIds: none of them is in h1 and still looked at',
      ],
    ])('is refused in words: %s', async (mutation, message) => {
      const { errors } = await server.ask(`mutation { ${mutation} }`);
      expect(errors).toEqual([expect.objectContaining({ message })]);
    });
  });

  it('lose a post that is deleted from every number', async () => {
    const [top] = await list('first: 1');
    const { posts: of } = (await one(top!.id, 'posts(first: 3) { nodes { id } }')) as unknown as {
      posts: { nodes: { id: string }[] };
    };
    await open().pool.query('DELETE FROM posts WHERE id = ANY($1::uuid[])', [of.nodes.map(({ id }) => id)]);
    expect(await one(top!.id, 'postCount')).toEqual({ postCount: top!.postCount - 3 });
    await detected(services);
    await until('detection told', async () => (await open().pool.query('SELECT FROM removed_posts')).rowCount === 0);
    const { events } = (await one(top!.id, 'events { nodes { posts { id } } }')) as unknown as {
      events: { nodes: { posts: { id: string }[] }[] };
    };
    const named = events.nodes.flatMap(({ posts: on }) => on.map(({ id }) => id));
    expect(named.some((id) => of.nodes.some((gone) => gone.id === id))).toBe(false);
  });
});
