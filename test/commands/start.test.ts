import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

interface Counts {
  readonly all: { totalCount: number };
  readonly pending: { totalCount: number };
  readonly failed: { totalCount: number };
}

interface SamplePost {
  readonly images: readonly { readonly file: string }[];
}

const sample = readFileSync('samples/posts.ndjson', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as SamplePost);
const withPictures = sample.filter(({ images }) => images.length > 0).length;
/** Pictures by content: files that are equal are one image. */
const distinct = new Set(
  sample
    .flatMap(({ images }) => images.map(({ file }) => file))
    .map((file) =>
      createHash('sha256')
        .update(readFileSync(path.join('samples', file)))
        .digest('hex'),
    ),
).size;

const COUNTS = `{ all: posts(filter: { hasImage: true }) { totalCount }
  pending: posts(filter: { status: PENDING }) { totalCount } failed: posts(filter: { status: FAILED }) { totalCount } }`;

function captioned(url: string): Promise<Counts> {
  return until('the whole sample captioned', async () => {
    const counts = await askGraphQL<Counts>(url, COUNTS);
    return counts.all.totalCount === withPictures && counts.pending.totalCount === 0 ? counts : undefined;
  });
}

describe('hotlens start', () => {
  it('plays the sample: ready, a page, captions by the shipped model; ends with 0 on SIGTERM; again, nothing is doubled', async () => {
    const env = { HOTLENS_DATA: path.join(folder, 'demo') };
    const first = runHotlens(['start', '--demo', '--port', '0'], env);
    const url = await first.url();
    await until('readiness', async () => (await fetch(`${url}/readyz`)).ok);
    expect(await (await fetch(`${url}/`)).text()).toContain('<title>Hotlens</title>');
    expect(await captioned(url)).toMatchObject({ failed: { totalCount: 0 } });
    const { posts } = await askGraphQL<{ posts: { edges: { node: { images: { caption: { text: string } }[] } }[] } }>(
      url,
      '{ posts(first: 20) { edges { node { id text images { caption { text } } } } } }',
    );
    const texts = posts.edges.flatMap(({ node }) => node.images.map(({ caption }) => caption.text));
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.every((text) => typeof text === 'string')).toBe(true);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);

    const second = runHotlens(['start', '--demo', '--port', '0'], env);
    const again = await second.url();
    const { imports } = await until('the second import', async () => {
      const answer = await askGraphQL<{ imports: { nodes: { accepted: number; updated: number; status: string }[] } }>(
        again,
        '{ imports { nodes { accepted updated status } } }',
      );
      return answer.imports.nodes.filter(({ status }) => status === 'COMPLETED').length === 2 ? answer : undefined;
    });
    expect(imports.nodes.map(({ accepted, updated }) => ({ accepted, updated }))).toEqual([
      { accepted: 0, updated: sample.length },
      { accepted: sample.length, updated: 0 },
    ]);
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
  });

  it('killed while it captions, goes on where it was: every picture has exactly one caption', async () => {
    const env = { HOTLENS_DATA: path.join(folder, 'killed'), HOTLENS_BATCH_SIZE: '1' };
    const first = runHotlens(['start', '--demo', '--port', '0'], env);
    const url = await first.url();
    await until('some captions', async () => {
      const { posts } = await askGraphQL<{ posts: { totalCount: number } }>(
        url,
        '{ posts(filter: { status: COMPLETED }) { totalCount } }',
      );
      return posts.totalCount > 0;
    });
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const second = runHotlens(['start', '--demo', '--port', '0'], env);
    const again = await second.url();
    expect(await captioned(again)).toMatchObject({ failed: { totalCount: 0 } });
    const { posts } = await askGraphQL<{
      posts: { nodes: { images: { image: { sha256: string; captions: { status: string }[] } }[] }[] };
    }>(again, '{ posts(first: 100) { nodes { images { image { sha256 captions { status } } } } } }');
    const images = posts.nodes.flatMap((post) => post.images.map(({ image }) => image));
    expect(new Set(images.map(({ sha256 }) => sha256)).size).toBe(distinct);
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
