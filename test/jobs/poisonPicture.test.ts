// The whole product in its processes: a picture that kills the one that runs inference.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { askGraphQL, endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { TINY_MODELS } from '../support/tinyModels.js';
import { until } from '../support/until.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-poison-'));
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true, force: true });
});

interface Picture {
  readonly status: string;
  readonly error: string | null;
  readonly image: { readonly sha256: string; readonly captions: readonly { status: string; attempts: number }[] };
}

it('a picture that kills inference is parked after three deaths, its seven batch-mates do not pay, and it can be replayed', async () => {
  const pictures = await Promise.all(
    Array.from({ length: 8 }, (_, red) =>
      sharp({ create: { width: 24, height: 24, channels: 3, background: { r: red * 30, g: 90, b: 20 } } })
        .png()
        .toBuffer(),
    ),
  );
  const poison = createHash('sha256').update(pictures[5]!).digest('hex');
  const poisonFile = path.join(folder, 'poison');
  await writeFile(poisonFile, poison);
  const run = runHotlens(['start', '--port', '0'], {
    ...TINY_MODELS,
    HOTLENS_DATA: path.join(folder, 'data'),
    HOTLENS_TEST_POISON: poisonFile,
    NODE_OPTIONS: `--import ${path.resolve('test/support/poison.js')}`,
  });
  const url = await run.url();
  await until('readiness', async () => (await fetch(`${url}/readyz`)).ok);
  const images = pictures.map((bytes) => `{ base64: "${bytes.toString('base64')}" }`).join(' ');
  await askGraphQL(
    url,
    `mutation { ingestPosts(posts: [{ source: "test", id: "1", postedAt: "2026-03-01T00:00:00Z", images: [${images}] }]) { accepted } }`,
  );
  const settled = () =>
    until('every picture settled', async () => {
      const { posts } = await askGraphQL<{ posts: { nodes: { images: Picture[] }[] } }>(
        url,
        '{ posts { nodes { images { status error image { sha256 captions { status attempts } } } } } }',
      );
      const found = posts.nodes[0]!.images;
      return found.every(({ status }) => status !== 'PENDING') ? found : undefined;
    });
  const first = await settled();
  const reason = 'killed the inference process 3 times (SIGKILL)';
  for (const { status, error, image } of first) {
    if (image.sha256 === poison) expect({ status, error }).toEqual({ status: 'FAILED', error: reason });
    else expect(image.captions).toEqual([{ status: 'COMPLETED', attempts: 1 }]);
  }
  expect(run.stderr().match(/"inference died"/g)).toHaveLength(3);
  const { queue } = await askGraphQL<{ queue: { deadLetters: object[]; counts: { name: string; dead: number }[] } }>(
    url,
    '{ queue { deadLetters { queue kind reason attempts } counts { name dead } } }',
  );
  expect(queue.deadLetters).toEqual([{ queue: 'caption', kind: 'CRASH', reason, attempts: 1 }]);

  // What it died of is mended.
  await writeFile(poisonFile, '');
  expect(await askGraphQL(url, 'mutation { retryFailed(filter: { kind: CRASH }) }')).toEqual({ retryFailed: 1 });
  expect((await settled()).map(({ status }) => status)).toEqual(Array(8).fill('COMPLETED'));
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(0);
});
