// Three API processes and three workers over one PostgreSQL and one media folder, as they are built.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import pg from 'pg';
import sharp from 'sharp';
import WebSocket from 'ws';
import { describePostgres } from '../support/databases.js';
import { textStream } from '../support/detectedStream.js';
import { endAllHotlens, type RunningHotlens, runHotlens } from '../support/runHotlens.js';
import { TINY_MODELS } from '../support/tinyModels.js';
import { until } from '../support/until.js';

const PROCESSES = 3;
const PICTURES = 60;
/** Six processes start at once, on a machine that has other things to do. */
const HANG_MS = 240_000;
/** Rounds of pictures until each worker has captioned some: one that never gets any shows after so many. */
const ROUNDS = 10;

interface PostInput {
  readonly source: string;
  readonly id: string;
  readonly postedAt: string;
  readonly text: string;
  readonly author?: string | null;
  readonly images?: readonly { readonly base64: string }[];
}

describePostgres('three APIs and three workers', (databaseUrl) => {
  let folder: string;
  let urls: string[];
  let workers: RunningHotlens[];
  let pool: pg.Pool;
  let listener: pg.Client;
  const clients: Client[] = [];
  /** What each API told its subscriber. */
  const captioned: string[][] = [];
  const changed: string[][] = [];
  /** The workers' sessions that told of captions. */
  const tellers = new Set<number>();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-processes-'));
    const env = {
      ...TINY_MODELS,
      DATABASE_URL: databaseUrl(),
      HOTLENS_DATA: folder,
      HOTLENS_THREADS: '1',
      HOTLENS_DEVICE: 'cpu',
    };
    // All at once, on an empty database: who comes first makes the tables.
    const apis = Array.from({ length: PROCESSES }, () => runHotlens(['api', '--port', '0'], env));
    workers = Array.from({ length: PROCESSES }, () => runHotlens(['worker'], env));
    urls = await Promise.all(
      apis.map((api) => until('an API', () => /http:\/\/127\.0\.0\.1:\d+/.exec(api.stdout())?.[0], HANG_MS)),
    );
    pool = new pg.Pool({ connectionString: databaseUrl(), max: 2 });
    listener = new pg.Client({ connectionString: databaseUrl() });
    await listener.connect();
    // The database is dropped before these are closed.
    pool.on('error', () => undefined);
    listener.on('error', () => undefined);
    listener.on('notification', ({ processId, payload }) => {
      if (payload?.includes('captionCompleted')) tellers.add(processId);
    });
    await listener.query('LISTEN hotlens_events');
    for (const url of urls) {
      captioned.push(subscribe(url, 'subscription { captionCompleted { image { sha256 } } }', 'captionCompleted'));
      changed.push(subscribe(url, 'subscription { hotspotChanged { id } }', 'hotspotChanged'));
    }
    for (const worker of workers) await until('a worker at work', () => /"working"/.test(worker.stderr()), HANG_MS);
  }, 900_000);
  afterAll(async () => {
    for (const client of clients) await client.dispose();
    endAllHotlens();
    await listener?.end();
    await pool?.end();
    await rm(folder, { recursive: true, force: true });
  });

  function subscribe(url: string, query: string, field: string): string[] {
    const told: string[] = [];
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, lazy: false });
    clients.push(client);
    const events = client.iterate<Record<string, { id?: string; image?: { sha256: string } }>>({ query });
    void (async () => {
      for await (const { data } of events) {
        const event = data?.[field];
        told.push(event?.id ?? event?.image?.sha256 ?? '');
      }
    })();
    return told;
  }

  async function ingest(api: number, posts: readonly PostInput[]): Promise<void> {
    const response = await fetch(`${urls[api]}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted updated rejected } }',
        variables: { posts },
      }),
    });
    const { data, errors } = (await response.json()) as {
      data?: { ingestPosts: { accepted: number; updated: number } };
      errors?: unknown;
    };
    expect(errors).toBeUndefined();
    expect(data!.ingestPosts.accepted + data!.ingestPosts.updated).toBe(posts.length);
  }

  async function drawn(background: { readonly r: number; readonly g: number; readonly b: number }): Promise<string> {
    const bytes = await sharp({ create: { width: 16, height: 16, channels: 3, background } })
      .png()
      .toBuffer();
    return bytes.toString('base64');
  }

  /** Hashes of a source's pictures whose captions are there. */
  async function completed(source: string): Promise<string[]> {
    const { rows } = await pool.query<{ sha256: string }>(
      `SELECT DISTINCT c.image_sha256::text AS sha256 FROM captions c JOIN post_images i USING (image_sha256)
       JOIN posts p ON p.id = i.post_id WHERE p.source = $1 AND c.status = 'COMPLETED'`,
      [source],
    );
    return rows.map(({ sha256 }) => sha256);
  }

  it('share the work: each worker captions some, every picture is captioned once, and every API tells of each', async () => {
    // A subscription says nothing when it begins: one that was told of something has begun.
    for (let probe = 0; captioned.some((told) => told.length === 0); probe++) {
      expect(probe).toBeLessThan(50);
      await ingest(0, [
        {
          source: 'probe',
          id: String(probe),
          text: 'a picture',
          postedAt: '2026-03-01T00:00:00Z',
          images: [{ base64: await drawn({ r: probe, g: 0, b: 10 }) }],
        },
      ]);
      await until('a probe captioned', async () => (await completed('probe')).length > probe, HANG_MS);
    }
    const sent = new Set<number>();
    for (let round = 0; round < ROUNDS && (round < 2 || tellers.size < PROCESSES); round++) {
      const pictures = await Promise.all(
        Array.from({ length: PICTURES }, async (_, i) => {
          const colour = round * PICTURES + i;
          sent.add(colour);
          return drawn({ r: colour & 255, g: colour >> 8, b: 99 });
        }),
      );
      // The same pictures at the same time through every API, in posts of its own.
      await Promise.all(
        urls.map((_, api) =>
          ingest(
            api,
            pictures.map((base64, i) => ({
              source: `api-${api}`,
              id: `${round}.${i}`,
              text: 'a picture',
              postedAt: '2026-03-01T00:00:00Z',
              images: [{ base64 }],
            })),
          ),
        ),
      );
      await until('every caption', async () => (await completed('api-0')).length >= sent.size, HANG_MS);
    }
    const hashes = (await completed('api-0')).sort();
    const ofThese = (told: readonly string[]) => told.filter((sha256) => hashes.includes(sha256)).sort();
    await until('every event', () => captioned.every((told) => new Set(ofThese(told)).size >= sent.size), HANG_MS);
    expect(tellers.size).toBe(PROCESSES);

    expect(hashes).toHaveLength(sent.size);
    // Told once, not only at least once.
    for (const told of captioned) expect(ofThese(told)).toEqual(hashes);
    const { rows: captions } = await pool.query(
      `SELECT count(*)::int AS captions, count(DISTINCT image_sha256)::int AS images, min(attempts) AS fewest, max(attempts) AS most
       FROM captions WHERE image_sha256 = ANY($1::bpchar[])`,
      [hashes],
    );
    expect(captions).toEqual([{ captions: sent.size, images: sent.size, fewest: 1, most: 1 }]);
    // A second run would have left its job, or a retry: results that come second are dropped without a word.
    const { rows: jobs } = await pool.query(
      `SELECT count(*)::int AS jobs, count(DISTINCT c.id)::int AS captions, max(j.retry_count) AS retries
       FROM pgboss.job j JOIN captions c ON c.id::text = j.data ->> 'captionId'
       WHERE j.name = 'caption' AND c.image_sha256 = ANY($1::bpchar[])`,
      [hashes],
    );
    expect(jobs).toEqual([{ jobs: sent.size, captions: sent.size, retries: 0 }]);
  }, 900_000);

  it('find the hotspots of one stream together, and every API tells of every change', async () => {
    const fire = ['smoke', 'flames', 'firefighters', 'burning', 'evacuate', 'sirens', 'roof'];
    const stream = textStream([{ name: 'fire', from: 30, to: 34, posts: 60, words: fire }]);
    const share = Math.ceil(stream.length / PROCESSES);
    for (const [api] of urls.entries()) {
      const posts = stream.slice(api * share, (api + 1) * share);
      await ingest(
        api,
        posts.map(({ id, author, text, at }) => ({
          source: 'stream',
          id,
          author,
          text,
          postedAt: new Date(at).toISOString(),
        })),
      );
    }
    await until(
      'every post taken in',
      async () => {
        const { rows } = await pool.query<{ left: number }>(
          'SELECT count(*)::int AS left FROM posts WHERE detected_at IS NULL',
        );
        return rows[0]!.left === 0;
      },
      240_000,
    );
    await until('every API told', async () => {
      const { rows } = await pool.query<{ id: string }>('SELECT id::text FROM hotspot_events');
      return rows.length > 0 && changed.every((told) => told.length >= rows.length);
    });
    const { rows } = await pool.query<{ events: number }>(
      `SELECT count(*)::int AS events FROM hotspot_events WHERE kind = 'EMERGED'`,
    );
    expect(rows[0]!.events).toBeGreaterThan(0);
    for (const told of changed) {
      expect(new Set(told).size).toBe(told.length);
      expect([...told].sort()).toEqual([...changed[0]!].sort());
    }
  }, 600_000);

  it('run each schedule once per due time, although every process looks after it', async () => {
    interface Due {
      readonly schedule: string;
      readonly minute: Date;
      readonly times: number;
    }
    const due = async () => {
      // What pg-boss puts down when a schedule is due, before it makes the job.
      const { rows } = await pool.query<Due>(
        `SELECT data ->> 'name' AS schedule, date_trunc('minute', created_on) AS minute, count(*)::int AS times
         FROM pgboss.job WHERE name = '__pgboss__send-it' GROUP BY 1, 2`,
      );
      return rows;
    };
    const seen = await until(
      'three due times of detection',
      async () => {
        const rows = await due();
        return rows.filter(({ schedule }) => schedule === 'detect').length >= 3 ? rows : undefined;
      },
      300_000,
    );
    expect(seen.filter(({ times }) => times !== 1)).toEqual([]);
  }, 360_000);
});
