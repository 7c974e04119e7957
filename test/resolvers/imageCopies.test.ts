import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { NEAR_BITS } from '../../src/analytics/detection/nearPictures.js';
import { hammingDistance } from '../../src/ingest/perceptualHash.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { uniforms } from '../support/random.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

describeDatabases('images and their copies over GraphQL', (open) => {
  let services: TestServices;
  let server: TestServer;
  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
  });
  afterEach(() => open().pool.query('TRUNCATE posts, images CASCADE'));
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });

  async function hashed(bytes: string, phash: string): Promise<string> {
    const sha256 = await services.addImage(bytes);
    await open().pool.query('UPDATE images SET phash = $2 WHERE sha256 = $1', [sha256, phash]);
    return sha256;
  }
  interface Near {
    readonly image: {
      nearDuplicates: { differingBits: number; image: { sha256: string; nearDuplicates: object[] } }[];
    };
  }
  const near = async (sha256: string, first = 12) =>
    (
      await server.data<Near>(
        `{ image(sha256: "${sha256}") { nearDuplicates(first: ${first}) { differingBits image { sha256 nearDuplicates { differingBits } } } } }`,
      )
    ).image.nearDuplicates.map(({ differingBits, image }) => [
      differingBits,
      image.sha256,
      image.nearDuplicates.length,
    ]);

  it('are near by at most as many bits as in detection, the nearest first, and never themselves', async () => {
    const one = await hashed('one', '0000000000000000');
    const same = await hashed('same', '0000000000000000');
    const far = await hashed('far', '000000000000007f');
    const six = await hashed('six', 'fc00000000000000');
    const two = await hashed('two', '0000000100000001');
    expect(await near(one)).toEqual([
      [0, same, 3],
      [2, two, 2],
      [6, six, 2],
    ]);
    expect(await near(one, 1)).toEqual([[0, same, 3]]);
    expect(await near(far)).toEqual([]);
  });

  it('are found among many as by looking at each of them', async () => {
    const random = uniforms(3);
    const hash = () => Array.from({ length: 16 }, () => Math.floor(16 * random()).toString(16)).join('');
    const all = Array.from({ length: 400 }, hash);
    // Some like the first few, in some bits.
    for (let i = 0; i < 40; i++) {
      let bits = BigInt(`0x${all[i % 10]}`);
      for (let flips = 0; flips < i % 9; flips++) bits ^= 1n << BigInt(Math.floor(64 * random()));
      all.push(bits.toString(16).padStart(16, '0'));
    }
    await open().pool.query(
      `INSERT INTO images (sha256, bytes, mime_type, width, height, phash)
       SELECT lpad(place::text, 64, '0'), 1, 'image/png', 1, 1, hash FROM unnest($1::text[]) WITH ORDINALITY AS given (hash, place)`,
      [all],
    );
    for (let i = 0; i < 10; i++) {
      const expected = all.filter((other, j) => j !== i && hammingDistance(other, all[i]!) <= NEAR_BITS).length;
      expect((await near(String(i + 1).padStart(64, '0'), 100)).length).toBe(expected);
      expect(expected).toBeGreaterThan(0);
    }
  });

  it.each([0, 101])('refuse to list %i', async (first) => {
    const sha256 = await hashed('one', '0000000000000000');
    const { errors } = await server.ask(
      `{ image(sha256: "${sha256}") { nearDuplicates(first: ${first}) { differingBits } } }`,
    );
    expect(errors).toMatchObject([{ message: `first: expected 1 to 100, got ${first}` }]);
  });

  it('count their posts, whoever has no name as somebody of his own', async () => {
    const { pool } = open();
    const sha256 = await services.addImage('posted');
    const at = (hour: number) => new Date(Date.UTC(2026, 2, 14, hour));
    await services.addPost({ author: 'ann', postedAt: at(3), images: ['posted', 'posted'] });
    await services.addPost({ author: 'ann', postedAt: at(1), images: ['posted'] });
    await services.addPost({ author: 'ben', postedAt: at(2), images: ['other', 'posted'] });
    for (const hour of [4, 5]) await services.addPost({ author: 'nobody', postedAt: at(hour), images: ['posted'] });
    await pool.query(`UPDATE posts SET author = NULL WHERE author = 'nobody'`);
    const counts = async (of: string) =>
      (await server.data(`{ image(sha256: "${of}") { postCount authorCount firstPostAt } }`)).image;
    expect(await counts(sha256)).toEqual({ postCount: 5, authorCount: 4, firstPostAt: at(1).toISOString() });
    expect(await counts(await services.addImage('not posted'))).toEqual({
      postCount: 0,
      authorCount: 0,
      firstPostAt: null,
    });
  });
});
