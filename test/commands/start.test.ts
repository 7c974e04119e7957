import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { describePostgres } from '../support/databases.js';
import { askGraphQL, endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { until } from '../support/until.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-start-'));
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true, force: true });
});

interface Day {
  readonly posts: { readonly totalCount: number };
  readonly pending: { readonly totalCount: number };
  readonly failed: { readonly totalCount: number };
  readonly demo: { readonly at: string | null; readonly firstDay: number };
}

const DAY = `{ posts { totalCount } pending: posts(filter: { status: PENDING }) { totalCount }
  failed: posts(filter: { status: FAILED }) { totalCount } demo { at firstDay } }`;
/** A hang: the day takes most of a minute on two idle cores. */
const DAY_MS = 280_000;
const PAUSE = 'mutation { setDemo(paused: true) { at } }';

/** Stops the city's time once its first day is in, and waits until every picture is captioned. */
async function captioned(url: string): Promise<Day> {
  await until('the first day', async () => (await askGraphQL<Day>(url, DAY)).demo.firstDay === 1, DAY_MS);
  await askGraphQL(url, PAUSE);
  const all = async () => {
    const day = await askGraphQL<Day>(url, DAY);
    return day.pending.totalCount === 0 ? day : undefined;
  };
  return until('every picture captioned', all, DAY_MS);
}

describe('hotlens start --demo', () => {
  it('plays a city: ready, the dashboard, captions by the model that ships; ends with 0 on SIGTERM; again, it goes on with the story', async () => {
    const env = { HOTLENS_DATA: path.join(folder, 'demo') };
    const first = runHotlens(['start', '--demo', '--port', '0'], env);
    const url = await first.url();
    const day = await captioned(url);
    expect(day.failed.totalCount).toBe(0);
    expect(day.posts.totalCount).toBeGreaterThan(800);
    await until('readiness', async () => (await fetch(`${url}/readyz`)).ok);
    const page = await (await fetch(`${url}/`)).text();
    const script = /<script [^>]*src="([^"]+)"/.exec(page)![1]!;
    expect((await fetch(`${url}${script}`)).headers.get('cache-control')).toContain('immutable');
    const { posts } = await askGraphQL<{ posts: { nodes: { images: { caption: { text: string } }[] }[] } }>(
      url,
      '{ posts(first: 50) { nodes { images { caption { text } } } } }',
    );
    const texts = posts.nodes.flatMap(({ images }) => images.map(({ caption }) => caption.text));
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.every((text) => /^(a|an|the|two|three|four|five|many|\w+) /.test(text))).toBe(true);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);

    const second = runHotlens(['start', '--demo', '--port', '0'], env);
    const later = await captioned(await second.url());
    expect(later.posts.totalCount).toBeGreaterThanOrEqual(day.posts.totalCount);
    // From the last post that was taken in.
    expect(Date.parse(day.demo.at!) - Date.parse(later.demo.at!)).toBeLessThan(3_600_000);
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
  }, 600_000);
});

interface Images {
  readonly posts: { nodes: { images: { image: { sha256: string; captions: { status: string }[] } }[] }[] };
}

describe('hotlens start', () => {
  it('killed while it captions, goes on where it was: every picture has exactly one caption', async () => {
    const env = { HOTLENS_DATA: path.join(folder, 'killed'), HOTLENS_BATCH_SIZE: '1' };
    const taken = runHotlens(['ingest', 'samples/posts.ndjson'], env);
    expect(await taken.ended).toBe(0);
    const first = runHotlens(['start', '--port', '0'], env);
    const url = await first.url();
    const all = 'posts(filter: { hasImage: true }) { totalCount }';
    const of = (status: string) => `posts(filter: { status: ${status} }) { totalCount }`;
    const count = async (address: string, posts: string) =>
      (await askGraphQL<{ posts: { totalCount: number } }>(address, `{ ${posts} }`)).posts.totalCount;
    await until('some captions', async () => (await count(url, of('COMPLETED'))) > 0);
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const second = runHotlens(['start', '--port', '0'], env);
    const again = await second.url();
    const withPictures = await count(again, all);
    expect(withPictures).toBeGreaterThan(50);
    await until('all captions', async () => (await count(again, of('COMPLETED'))) === withPictures);
    const { posts } = await askGraphQL<Images>(
      again,
      '{ posts(first: 100, filter: { hasImage: true }) { nodes { images { image { sha256 captions { status } } } } } }',
    );
    const images = posts.nodes.flatMap((post) => post.images.map(({ image }) => image));
    expect(new Set(images.map(({ sha256 }) => sha256)).size).toBeGreaterThan(50);
    expect(images.every(({ captions }) => captions.length === 1 && captions[0]!.status === 'COMPLETED')).toBe(true);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  it('says in one line what is wrong, and what to do', async () => {
    const env = { HOTLENS_DATA: path.join(folder, 'wrong') };
    const cases: [string[], Record<string, string>, number, RegExp][] = [
      [['api'], {}, 2, /DATABASE_URL is not set.*hotlens start/],
      [['worker'], {}, 2, /DATABASE_URL is not set.*hotlens start/],
      [['start', '--port', '70000'], {}, 2, /expected a number from 0 to 65535/],
      [['start', '--port', '0'], { HOTLENS_HOST: '0.0.0.0' }, 2, /HOTLENS_HOST is 0\.0\.0\.0.*127\.0\.0\.1 only/],
      [['start', '--port', '0'], { HOTLENS_MODEL: '/nowhere' }, 1, /nowhere/],
    ];
    for (const [args, variables, status, message] of cases) {
      const run = runHotlens(args, { ...env, ...variables, HOTLENS_LOG_LEVEL: 'silent' });
      expect({ args, status: await run.ended, stderr: run.stderr() }).toEqual({
        args,
        status,
        stderr: expect.stringMatching(message),
      });
    }
  });
});

describePostgres('hotlens api and hotlens worker', (url) => {
  it('work apart over one database: what the one takes in the other captions, and the first tells of it', async () => {
    const env = { DATABASE_URL: url(), HOTLENS_DATA: path.join(folder, 'apart') };
    const api = runHotlens(['api', '--port', '0'], env);
    const address = await api.url();
    await until('readiness', async () => (await fetch(`${address}/readyz`)).ok);
    const client = createClient({
      url: `${address.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
    });
    const events = client.iterate<{ captionCompleted: { posts: { nativeId: string }[] } }>({
      query: 'subscription { captionCompleted { posts { nativeId } } }',
    });
    const next = events.next();
    // A worker takes seconds to load its models: by then the API listens.
    const worker = runHotlens(['worker'], env);
    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    await askGraphQL(
      address,
      `mutation { ingestPosts(posts: [{ source: "test", id: "1", postedAt: "2026-03-01T00:00:00Z", images: [{ base64: "${pixel}" }] }]) { accepted rejections { reason } } }`,
    );
    expect((await next).value).toMatchObject({ data: { captionCompleted: { posts: [{ nativeId: '1' }] } } });
    await client.dispose();
    api.child.kill('SIGTERM');
    worker.child.kill('SIGTERM');
    expect(await Promise.all([api.ended, worker.ended])).toEqual([0, 0]);
  });
});
