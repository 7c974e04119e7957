// The map of captions from end to end: embedded captions get places, keep them, and are asked for as bytes, by GraphQL and as a filter.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { storeCaptionEmbeddings } from '../../src/db/captionEmbedding.js';
import { waitingPictures } from '../../src/db/map/waitingPictures.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import { createLiveMap } from '../../src/jobs/liveMap.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { addMapped, type Mapped } from '../support/mapOf.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

const START = Date.parse('2026-03-02T00:00:00Z');
const DIGEST = 'test-embedder';

/** Captions of three topics, whose vectors point three ways; each a minute after the one before. */
function topics(count: number, from = 0): Mapped[] {
  return Array.from({ length: count }, (_, n) => {
    const i = n + from;
    const vector = Float32Array.from({ length: 8 }, (_v, axis) =>
      axis === i % 3 ? 1 : 0.1 * Math.sin(i * (axis + 1)),
    );
    return { text: `topic ${i % 3}, caption ${i}`, vector, postedAt: new Date(START + i * 60_000) };
  });
}

interface Row {
  readonly sha256: string;
  readonly number: number;
  readonly layout: number;
  readonly x: number;
  readonly y: number;
  readonly ordinal: number;
}

describeDatabases('the map of captions', (open) => {
  let services: TestServices;
  let server: TestServer;
  const place = async (most = 200_000) => {
    const { pool } = open();
    const map = createLiveMap({ pool, embedderDigest: DIGEST, most });
    for (;;) {
      const waiting = await waitingPictures(pool, { embedderDigest: DIGEST, limit: 250 });
      if (waiting.length === 0) return;
      expect(await map.place(waiting)).toBe(true);
    }
  };
  const rows = async () =>
    (
      await open().pool.query<Row>(
        'SELECT image_sha256 AS sha256, number, layout, x, y, ordinal FROM map_points ORDER BY number',
      )
    ).rows;
  const places = (of: readonly Row[]) => new Map(of.map(({ sha256, x, y }) => [sha256, [x, y]]));

  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
  });
  afterAll(async () => {
    await server.close();
    await services.close();
  });
  beforeEach(async () => {
    await open().pool.query(
      'TRUNCATE posts, images, hotspots, map_layout RESTART IDENTITY CASCADE; DELETE FROM pgboss.job',
    );
  });

  describe('its places', () => {
    it('are near for like captions, stay while others come, and go with their pictures', async () => {
      const first = await addMapped(services, topics(60));
      await place();
      const before = await rows();
      expect(before.every(({ layout }) => layout === 1)).toBe(true);
      const far = (a: Row, b: Row) => Math.hypot(a.x - b.x, a.y - b.y);
      for (const [i, row] of before.entries()) {
        const nearest = before.filter((each) => each !== row).sort((a, b) => far(a, row) - far(b, row))[0]!;
        expect(before.indexOf(nearest) % 3).toBe(i % 3);
      }
      const [later] = await addMapped(services, topics(1, 60));
      await place();
      const after = await rows();
      for (const [sha256, at] of places(before)) expect(places(after).get(sha256)).toEqual(at);
      const added = after.find(({ sha256 }) => sha256 === later!.sha256)!;
      expect(added.layout).toBe(1);
      const beside = before.toSorted((a, b) => far(a, added) - far(b, added))[0]!;
      expect(before.indexOf(beside) % 3).toBe(60 % 3);
      await open().pool.query('DELETE FROM images WHERE sha256 = $1', [first[0]!.sha256]);
      expect(await rows()).toHaveLength(60);
    });

    it('are round one for pictures with the same caption, none on another, from any process', async () => {
      const [same] = topics(1);
      const again = (count: number, from: number) =>
        Array.from({ length: count }, (_, i) => ({ ...same!, postedAt: new Date(START + (from + i) * 60_000) }));
      await addMapped(services, [...topics(12), ...again(3, 100)]);
      await place();
      await addMapped(services, again(4, 200));
      await place();
      const disc = (await rows()).filter(({ ordinal }, i) => i === 0 || ordinal > 0);
      expect(disc.map(({ ordinal }) => ordinal).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(new Set(disc.map(({ x, y }) => `${x} ${y}`)).size).toBe(8);
    });

    it('are found anew for a caption that was edited, and for all when captions are a quarter more', async () => {
      const [first] = await addMapped(services, topics(60));
      await place();
      const embedding = { vector: topics(2)[1]!.vector, modelDigest: DIGEST };
      await withTransaction(open().pool, (client) =>
        storeCaptionEmbeddings(client, [{ sha256: first!.sha256, text: 'topic 1, caption 1', embedding }]),
      );
      await place();
      const edited = (await rows()).find(({ sha256 }) => sha256 === first!.sha256)!;
      expect(edited).toMatchObject({ layout: 1, ordinal: 1 });
      await addMapped(services, topics(60, 60));
      await place();
      expect((await rows()).every(({ layout }) => layout === 2)).toBe(true);
    });

    it('are those of the newest where there are more than the map holds', async () => {
      await addMapped(services, topics(30));
      await place(20);
      await addMapped(services, topics(60, 30));
      await place(20);
      const kept = await rows();
      expect(kept.length).toBeLessThanOrEqual(25);
      expect(kept.at(-1)!.number).toBe(90);
    });

    it('are given by one of two processes that place at once; the other asks again', async () => {
      await addMapped(services, topics(10));
      const { pool } = open();
      const maps = [1, 2].map(() => createLiveMap({ pool, embedderDigest: DIGEST, most: 1000 }));
      const waiting = await waitingPictures(pool, { embedderDigest: DIGEST, limit: 250 });
      const done = await Promise.all(maps.map((map) => map.place(waiting)));
      expect(done.filter((each) => each).length).toBeGreaterThanOrEqual(1);
      expect((await rows()).every(({ layout }) => layout > 0)).toBe(true);
    });
  });

  describe('GET /map/points', () => {
    // Node's fetch would ask for what is not cached.
    const asked = (etag: string) => ({ 'if-none-match': etag, 'cache-control': 'max-age=0' });
    const get = (parameters: string, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/map/points?${parameters}`, { headers });

    it('gives what is documented: the places of the window, with their hotspots, and an ETag that changes with them', async () => {
      const added = await addMapped(services, topics(60));
      await place();
      const { pool } = open();
      await pool.query(`INSERT INTO hotspots (id, title, keywords, emerged_at) VALUES ('h1', 'fire', '{}', now())`);
      await pool.query(
        `INSERT INTO detection_posts (post_id, at, piece, hotspot_id) SELECT id, posted_at, '', 'h1' FROM posts WHERE id = ANY($1::uuid[])`,
        [added.slice(30, 40).map(({ postId }) => postId)],
      );
      const answer = await get(`since=${new Date(START + 20 * 60_000).toISOString()}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('private, no-cache');
      const bytes = await answer.arrayBuffer();
      const view = new DataView(bytes);
      const count = view.getUint32(4, true);
      expect([Buffer.from(bytes, 0, 4).toString('latin1'), count, view.getUint32(8, true)]).toEqual(['HLM1', 40, 1]);
      const stored = new Map((await rows()).map((row) => [row.number, row]));
      for (let i = 0; i < count; i += 1) {
        const row = stored.get(view.getUint32(16 + 8 * count + 4 * i, true))!;
        expect(view.getFloat32(16 + 4 * i, true)).toBe(Math.fround(row.x));
        expect(view.getFloat32(16 + 4 * count + 4 * i, true)).toBe(Math.fround(row.y));
        const at = added.findIndex(({ sha256 }) => sha256 === row.sha256);
        expect(view.getUint16(16 + 12 * count + 2 * i, true)).toBe(at >= 30 && at < 40 ? 1 : 0);
      }
      const text = JSON.parse(Buffer.from(bytes, 16 + 14 * count, view.getUint32(12, true)).toString());
      expect(text).toMatchObject({ hotspots: ['h1'], since: new Date(START + 20 * 60_000).toISOString() });

      const etag = answer.headers.get('etag')!;
      const same = await get(`since=${new Date(START + 20 * 60_000).toISOString()}`, asked(etag));
      expect([same.status, await same.text()]).toEqual([304, '']);
      await addMapped(services, topics(1, 60));
      await place();
      const changed = await get(`since=${new Date(START + 20 * 60_000).toISOString()}`, asked(etag));
      expect(changed.status).toBe(200);
    });

    it('is of the newest day where nothing is said, and says what is wrong with what is', async () => {
      const old = topics(2).map((each) => ({ ...each, postedAt: new Date(START - 48 * 3_600_000) }));
      await addMapped(services, [...old, ...topics(10, 2)]);
      await place();
      const count = async (parameters: string) =>
        new DataView(await (await get(parameters)).arrayBuffer()).getUint32(4, true);
      expect(await count('')).toBe(10);
      expect(await count('hours=168')).toBe(12);
      for (const wrong of ['since=yesterday', 'hours=0', 'hours=1e9', 'nothing=1'])
        expect((await get(wrong)).status).toBe(400);
    });

    it('is empty where nothing was ever captioned', async () => {
      const bytes = await (await get('')).arrayBuffer();
      expect(new DataView(bytes).getUint32(4, true)).toBe(0);
      expect(await server.data('{ map { layout pictures waiting bounds { left } hotspots { id } } }')).toEqual({
        map: { layout: 0, pictures: 0, waiting: 0, bounds: null, hotspots: [] },
      });
    });
  });

  it('tells by GraphQL what is on it, and which picture a number is', async () => {
    const added = await addMapped(services, topics(12));
    await addMapped(services, []);
    await place();
    const { map } = await server.data<{ map: { pictures: number; bounds: { left: number; right: number } } }>(
      '{ map { version layout since until pictures waiting bounds { left right bottom top } hotspots { pictures hotspot { title } } } }',
    );
    expect(map).toMatchObject({ layout: 1, pictures: 12, waiting: 0, hotspots: [] });
    expect(map.bounds.left).toBeLessThan(map.bounds.right);
    const numbers = (await rows()).map(({ number }) => number);
    const { mapPictures } = await server.data<{ mapPictures: unknown[] }>(
      'query ($numbers: [Int!]!) { mapPictures(numbers: $numbers) { number image { sha256 } } }',
      { numbers: [numbers[3], 999_999, numbers[1]] },
    );
    expect(mapPictures).toEqual([
      { number: numbers[3], image: { sha256: added[3]!.sha256 } },
      { number: numbers[1], image: { sha256: added[1]!.sha256 } },
    ]);
    const tooMany = await server.ask('query ($numbers: [Int!]!) { mapPictures(numbers: $numbers) { number } }', {
      numbers: Array.from({ length: 101 }, (_, i) => i),
    });
    expect(tooMany.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('a part of it is a filter of posts and exports, and refused of another layout', async () => {
    const added = await addMapped(services, topics(60));
    await place();
    const [row] = await rows();
    const box = (by: number) =>
      [
        [row!.x - by, row!.y - by],
        [row!.x + by, row!.y - by],
        [row!.x + by, row!.y + by],
        [row!.x - by, row!.y + by],
      ]
        .map(([x, y]) => `${x!.toFixed(3)},${y!.toFixed(3)}`)
        .join(';');
    const QUERY = 'query ($area: String!) { posts(first: 100, filter: { area: $area }) { totalCount nodes { id } } }';
    const found = async (area: string) =>
      (await server.data<{ posts: { totalCount: number; nodes: { id: string }[] } }>(QUERY, { area })).posts;
    expect((await found(`1;${box(1000)}`)).totalCount).toBe(60);
    const near = await found(`1;${box(0.01)}`);
    expect(near.nodes.map(({ id }) => id)).toContain(added[0]!.postId);
    expect(near.totalCount).toBeLessThan(20);
    const exported = await fetch(`${server.url}/export/posts.ndjson?area=${encodeURIComponent(`1;${box(0.01)}`)}`);
    expect((await exported.text()).trim().split('\n')).toHaveLength(near.totalCount);
    for (const wrong of [`2;${box(1)}`, '1;0,0;1,1', '1;0,0;1,1;2', "1;0,0;1,1;2,2');--", 'x'])
      expect((await server.ask(QUERY, { area: wrong })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
