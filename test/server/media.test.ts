import { type IncomingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

describeDatabases('small copies of pictures', (open) => {
  let services: TestServices;
  let server: TestServer;

  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
  });
  afterAll(async () => {
    await server.close();
    await services.close();
  });
  const keep = async (bytes: Buffer) => {
    const { sha256, bytes: length, mimeType, width, height, phash } = await services.media.keep(bytes);
    await open().prisma.image.create({ data: { sha256, bytes: length, mimeType, width, height, phash } });
    return sha256;
  };
  const drawn = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: { r: width % 256, g: 90, b: 30 } } });
  /** Not fetch: that adds headers of its own to whoever asks whether a copy is still good. */
  const get = (where: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      request(`${server.url}/media/${where}`, { headers }, async (response) =>
        resolve({ status: response.statusCode!, headers: response.headers, body: await buffer(response) }),
      )
        .on('error', reject)
        .end();
    });

  it('have a longer edge of at most so many pixels, upright, as WebP that nobody in between keeps', async () => {
    // Lies on its side: 1200 x 800 as it is shown.
    const sha256 = await keep(await drawn(800, 1200).withMetadata({ orientation: 6 }).jpeg().toBuffer());
    for (const [edge, width, height] of [
      [160, 160, 107],
      [320, 320, 213],
      [640, 640, 427],
    ]) {
      const answer = await get(`${sha256}?edge=${edge}`);
      expect(answer.headers).toMatchObject({
        'content-type': 'image/webp',
        'cache-control': 'private, no-cache',
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
      });
      expect(await sharp(answer.body).metadata()).toMatchObject({ format: 'webp', width, height });
      expect((await get(`${sha256}?edge=${edge}`, { 'if-none-match': answer.headers.etag! })).status).toBe(304);
    }
  });

  it('that nobody waits for any more are no error', async () => {
    const sha256 = await keep(await drawn(640, 480).png().toBuffer());
    const asked = Array.from({ length: 40 }, (_, i) => {
      const one = request(`${server.url}/media/${sha256}`, { agent: false }).on('error', () => undefined);
      one.end();
      // As soon as it has been sent, and a little later.
      one.once('finish', () => setTimeout(() => one.destroy(), i % 8));
      return new Promise((resolve) => one.once('close', resolve));
    });
    await Promise.all(asked);
    expect((await get(sha256)).status).toBe(200);
    expect(services.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  it('are the picture itself where that is as small', async () => {
    const png = await drawn(64, 48).png().toBuffer();
    const answer = await get(`${await keep(png)}?edge=320`);
    expect(answer.headers['content-type']).toBe('image/png');
    expect(answer.body.equals(png)).toBe(true);
  });

  it('are of three sizes only, and gone with their picture, also for who has one', async () => {
    const sha256 = await keep(await drawn(900, 900).jpeg().toBuffer());
    expect((await get(`${sha256}?edge=321`)).status).toBe(400);
    const etag = (await get(`${sha256}?edge=320`)).headers.etag!;
    await open().prisma.image.delete({ where: { sha256 } });
    expect((await get(`${sha256}?edge=320`, { 'if-none-match': etag })).status).toBe(404);
  });

  it('say nothing of where a picture lies whose bytes are gone', async () => {
    const sha256 = await keep(await drawn(901, 900).jpeg().toBuffer());
    await services.media.store.delete(sha256);
    const answer = await get(`${sha256}?edge=320`);
    expect(answer.status).toBe(500);
    expect(answer.body.toString()).not.toContain(services.config.dataDir);
  });
});
