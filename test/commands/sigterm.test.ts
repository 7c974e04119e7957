// Processes that are asked to end while they have their hands full.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { openDatabase } from '../../src/db/openDatabase.js';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { TINY_MODELS } from '../support/tinyModels.js';
import { until } from '../support/until.js';

const POSTS_A_CALL = 10;

let folder: string;
/** Answers the first 20 pictures, and leaves whoever asks for another one waiting. */
let host: Server;
let asked = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-sigterm-'));
  const bytes = await sharp({ create: { width: 16, height: 16, channels: 3, background: 'green' } })
    .png()
    .toBuffer();
  host = createServer((_request, response) => {
    asked += 1;
    if (asked <= 20) response.writeHead(200, { 'content-type': 'image/png' }).end(bytes);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  endAllHotlens();
  host.closeAllConnections();
  host.close();
  await rm(folder, { recursive: true, force: true });
});

function start(data: string) {
  return runHotlens(['start', '--port', '0'], {
    ...TINY_MODELS,
    HOTLENS_DATA: path.join(folder, data),
    HOTLENS_MEDIA_ALLOW: '127.0.0.1',
    HOTLENS_MEDIA_TIMEOUT_MS: '600000',
  });
}

async function send(url: string, call: number): Promise<number> {
  const { port } = host.address() as AddressInfo;
  const posts = Array.from({ length: POSTS_A_CALL }, (_, i) => ({
    source: 'test',
    id: `${call}.${i}`,
    postedAt: '2026-03-01T00:00:00Z',
    images: [{ url: `http://127.0.0.1:${port}/${call}.${i}.png` }],
  }));
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted } }',
      variables: { posts },
    }),
  });
  const { data } = (await response.json()) as { data?: { ingestPosts: { accepted: number } } };
  return data?.ingestPosts.accepted ?? 0;
}

it('SIGTERM under load: requests are answered, jobs end or go back uncounted, and the status is 0', async () => {
  const run = start('load');
  const url = await run.url();
  await until('readiness', async () => (await fetch(`${url}/readyz`)).ok);
  let accepted = 0;
  let calls = 0;
  let going = true;
  const load = Promise.all(
    // So many that some have their next request on its way when the server ends.
    Array.from({ length: 40 }, async () => {
      while (going) {
        calls += 1;
        // Once it listens no more there is nobody to take the posts, and that is told by the connection.
        const taken = await send(url, calls).catch(() => undefined);
        if (taken === undefined) return;
        accepted += taken;
      }
    }),
  );
  // Downloads that will not come to an end are in work.
  await until('jobs that hang', () => asked > 24);
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  going = false;
  await load;

  const db = await openDatabase({ dataDir: path.join(folder, 'load'), databaseUrl: undefined });
  try {
    const count = async (sql: string) => (await db.pool.query<{ count: number }>(sql)).rows[0]!.count;
    expect(await count('SELECT count(*)::int AS count FROM posts')).toBe(accepted);
    expect(await count(`SELECT count(*)::int AS count FROM pgboss.job WHERE state = 'active'`)).toBe(0);
    // Every picture that is not settled has its job, which nobody has tried yet as far as it knows.
    const { rows } = await db.pool.query(
      `SELECT pi.status::text, j.state::text, j.started_on IS NULL AND j.retry_count = 0 AS fresh
       FROM post_images pi LEFT JOIN pgboss.job j ON j.name = 'fetch' AND j.singleton_key = pi.id::text AND j.state < 'completed'
       GROUP BY 1, 2, 3 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { status: 'PENDING', state: 'created', fresh: true },
      { status: 'STORED', state: null, fresh: null },
    ]);
  } finally {
    await db.close();
  }
});

it('a second SIGTERM ends the process at once, with the status that a shell gives for it', async () => {
  const run = start('twice');
  const url = await run.url();
  await until('readiness', async () => (await fetch(`${url}/readyz`)).ok);
  const before = asked;
  await send(url, 0);
  await until('a job that hangs', () => asked > before);
  run.child.kill('SIGTERM');
  await until('the drain', () => run.stderr().includes('"draining"'));
  run.child.kill('SIGTERM');
  // 128 + 15
  expect(await run.ended).toBe(143);
});
