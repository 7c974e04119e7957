import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import sharp from 'sharp';
import { type App, startApp } from '../src/app.js';
import { readConfig } from '../src/config.js';
import type { Inference } from '../src/inference/inference.js';
import { startInference } from '../src/inference/inferenceClient.js';
import { quietTelemetry } from '../src/telemetry/telemetry.js';
import { describePostgres } from './support/databases.js';
import { askGraphQL } from './support/runHotlens.js';
import { until } from './support/until.js';

const POSTS = 200;

/** A picture of its own for each number: its colour. */
function picture(number: number): Promise<Buffer> {
  const background = { r: number, g: (number * 37) % 256, b: (number * 101) % 256 };
  return sharp({ create: { width: 32, height: 24, channels: 3, background } })
    .png()
    .toBuffer();
}

function tests(databaseUrl: () => string | undefined): void {
  let folder: string;
  let app: App;
  let inference: Inference;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-app-'));
    const config = readConfig({
      HOTLENS_DATA: folder,
      HOTLENS_PORT: '0',
      DATABASE_URL: databaseUrl(),
      HOTLENS_BATCH_SIZE: '16',
      HOTLENS_MEDIA_ALLOW: '127.0.0.1',
    });
    app = await startApp({
      config,
      log: pino({ level: 'silent' }),
      telemetry: quietTelemetry(),
      api: true,
      worker: true,
      async startInference() {
        inference = await startInference({
          ...config.inference,
          maxPixels: config.media.maxPixels,
          decodeMs: config.media.decodeMs,
        });
        return inference;
      },
    });
    await app.ready;
  });
  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const count = async (status: string) =>
    (
      await askGraphQL<{ posts: { totalCount: number } }>(
        app.url!,
        `{ posts(filter: { status: ${status} }) { totalCount } }`,
      )
    ).posts.totalCount;

  it(`captions each of ${POSTS} posts exactly once or fails it with its reason although inference is killed in the middle`, async () => {
    const posts = await Promise.all(
      Array.from({ length: POSTS }, async (_, number) => {
        // Every fiftieth is cut off in the middle, and none of these can be captioned.
        const bytes = await picture(number);
        const cut = number % 50 === 49;
        const base64 = (cut ? bytes.subarray(0, bytes.length >> 1) : bytes).toString('base64');
        return `{ source: "test", id: "${number}", postedAt: "2026-03-01T00:00:00Z", images: [{ base64: "${base64}" }] }`;
      }),
    );
    const ingest = `mutation { ingestPosts(posts: [${posts.join(' ')}]) { accepted rejected } }`;
    expect(await askGraphQL(app.url!, ingest)).toEqual({ ingestPosts: { accepted: POSTS, rejected: 0 } });
    await until('some captions', async () => (await count('COMPLETED')) >= POSTS / 10);
    const { pid } = await inference.info();
    process.kill(pid, 'SIGKILL');
    await until('every post settled', async () => (await count('PENDING')) === 0);
    const { restarts } = await inference.info();
    expect(restarts).toBe(1);
    expect([await count('COMPLETED'), await count('FAILED')]).toEqual([196, 4]);

    const { rows } = await app.services.db.pool.query<{ error: string | null; captions: number; completed: number }>(
      `SELECT pi.error, count(c.id)::int AS captions, (count(*) FILTER (WHERE c.status = 'COMPLETED'))::int AS completed
       FROM post_images pi LEFT JOIN captions c ON c.image_sha256 = pi.image_sha256 GROUP BY pi.id`,
    );
    expect(rows).toHaveLength(POSTS);
    for (const { error, captions, completed } of rows) {
      if (error === null) expect({ captions, completed }).toEqual({ captions: 1, completed: 1 });
      else expect({ error, captions }).toEqual({ error: expect.stringContaining('not a picture'), captions: 0 });
    }
  });

  it('is ready again when inference is back', async () => {
    await until('readiness', async () => (await fetch(`${app.url}/readyz`)).ok);
  });

  it('puts previews and queued work into the same batches', async () => {
    const before = (await inference.info()).recentBatches.length;
    const ids = await askGraphQL<{ posts: { nodes: { id: string }[] } }>(
      app.url!,
      '{ posts(first: 6, filter: { status: COMPLETED }) { nodes { id } } }',
    );
    const postIds = ids.posts.nodes.map(({ id }) => `"${id}"`).join(' ');
    const recaption = `mutation { recaption(input: { postIds: [${postIds}] }, options: { prompt: "a" }) { queued } }`;
    const previews = await Promise.all(
      // Pictures that nobody has posted, so that none is computed together with a queued one.
      Array.from({ length: 6 }, async (_, number) => (await picture(POSTS + number)).toString('base64')),
    );
    const asked = previews.map((base64) => `mutation { previewCaption(image: { base64: "${base64}" }) { text } }`);
    const answers = await Promise.all([recaption, ...asked].map((query) => askGraphQL(app.url!, query)));
    expect(answers[0]).toEqual({ recaption: { queued: 6 } });
    const batches = await until('all twelve captions', async () => {
      const { recentBatches } = await inference.info();
      const since = recentBatches.slice(before);
      return since.reduce((total, size) => total + size, 0) === 12 ? since : undefined;
    });
    expect(batches.length).toBeLessThan(12);
  });

  it('fetches pictures from where it may, tries again what failed for a moment, and fails the rest with the reason', async () => {
    const bytes = await picture(250);
    const broken = Buffer.from('words instead of a picture');
    let refusals = 0;
    let repaired = false;
    const host = createServer((request, response) => {
      if (request.url === '/late.png' && refusals++ === 0) response.writeHead(503).end();
      else if (request.url === '/none.png' && !repaired) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'image/png' }).end(request.url === '/broken.png' ? broken : bytes);
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const { port } = host.address() as AddressInfo;
    const images = ['/late.png', '/none.png', '/picture.png', '/broken.png'].map(
      (name) => `{ url: "http://127.0.0.1:${port}${name}" }`,
    );
    await askGraphQL(
      app.url!,
      `mutation { ingestPosts(posts: [{ source: "web", id: "1", postedAt: "2026-03-01T00:00:00Z", images: [${images.join(' ')} { base64: "${broken.toString('base64')}" } { url: "http://10.0.0.1/x.png" }] }]) { accepted } }`,
    );
    interface Pictures {
      readonly posts: {
        nodes: { images: { status: string; error: string | null; caption: { text: string } | null }[] }[];
      };
    }
    const settledPictures = async () => {
      const query = '{ posts(filter: { source: "web" }) { nodes { images { status error caption { text } } } } }';
      const { images } = (await askGraphQL<Pictures>(app.url!, query)).posts.nodes[0]!;
      return images.every(({ status }) => status !== 'PENDING') ? images : undefined;
    };
    const pictures = await until('every picture settled', settledPictures);
    expect(pictures.map(({ status }) => status)).toEqual([
      'COMPLETED',
      'FAILED',
      'COMPLETED',
      'FAILED',
      'FAILED',
      'FAILED',
    ]);
    expect(pictures[1]!.error).toBe(`http://127.0.0.1:${port}/none.png: the server answered 404`);
    // The same bytes, fetched by a job and given to ingest, are refused in the same words.
    expect(pictures[3]!.error).toMatch(/^not a picture that can be read/);
    expect(pictures[4]!.error).toBe(pictures[3]!.error);
    expect(pictures[5]!.error).toMatch(/^10\.0\.0\.1: not a public address/);
    expect(pictures[0]!.caption).toEqual(pictures[2]!.caption);

    repaired = true;
    const { posts } = await askGraphQL<{ posts: { nodes: { id: string }[] } }>(
      app.url!,
      '{ posts(filter: { source: "web" }) { nodes { id } } }',
    );
    const refetch = `mutation { refetchImages(postIds: ["${posts.nodes[0]!.id}"]) }`;
    expect(await askGraphQL(app.url!, refetch)).toEqual({ refetchImages: 3 });
    await until('the repaired picture', async () => (await settledPictures())?.[1]?.status === 'COMPLETED');
    host.close();
  });
}

describe('the running parts on PGlite', () => tests(() => undefined));
describePostgres('the running parts', tests);
