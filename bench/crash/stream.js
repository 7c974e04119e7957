// Posts with small drawn pictures, sent as a client would: what was not acknowledged is sent again until it is.
import sharp from 'sharp';

/** Of a hundred pictures: come as bytes, are cut off in the middle, are not at the host, were posted before. */
const SHARES = { bytes: 30, cut: 4, missing: 3, again: 12 };

export function createStream({ host, random, url }) {
  let number = 0;
  let sending = null;
  /** Not acknowledged so far, by id; and those that were, with what is expected of their pictures. */
  const unsent = new Map();
  const acknowledged = new Map();
  const drawn = [];
  let pictures = 0;
  const refusals = new Map();

  async function draw() {
    if (drawn.length > 0 && random(100) < SHARES.again) return drawn[random(drawn.length)];
    const id = pictures++;
    const background = { r: id & 255, g: (id >> 8) & 255, b: random(256) };
    const bytes = await sharp({ create: { width: 16 + random(32), height: 24, channels: 3, background } })
      .png()
      .toBuffer();
    const kind = random(100);
    const picture = { bytes, expected: 'COMPLETED', image: null };
    if (kind < SHARES.cut) Object.assign(picture, { bytes: bytes.subarray(0, bytes.length >> 1), expected: 'FAILED' });
    if (kind >= 100 - SHARES.bytes) picture.image = { base64: picture.bytes.toString('base64') };
    else {
      const path = `/${id}.png`;
      if (kind < SHARES.cut + SHARES.missing && kind >= SHARES.cut) picture.expected = 'FAILED';
      else host.pictures.set(path, picture.bytes);
      picture.image = { url: `${host.url}${path}` };
    }
    drawn.push(picture);
    return picture;
  }

  async function post() {
    const pictures = [await draw()];
    if (random(3) === 0) pictures.push(await draw());
    number += 1;
    const values = { source: 'crash', id: String(number), text: `post ${number}`, postedAt: new Date().toISOString() };
    return {
      ...values,
      images: pictures.map(({ image }) => image),
      expected: pictures.map(({ expected }) => expected),
    };
  }

  async function send(posts) {
    const query = 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted updated rejected } }';
    const variables = { posts: posts.map(({ expected: _, ...values }) => values) };
    try {
      const response = await fetch(`${url()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(20_000),
      });
      const { data, errors } = await response.json();
      if (errors !== undefined) {
        const { code } = errors[0].extensions;
        refusals.set(code, (refusals.get(code) ?? 0) + 1);
        return false;
      }
      const { accepted, updated } = data.ingestPosts;
      if (accepted + updated !== posts.length)
        throw new Error(`of ${posts.length} posts ${accepted + updated} went in`);
      for (const one of posts) {
        unsent.delete(one.id);
        acknowledged.set(one.id, one);
      }
      return true;
    } catch (error) {
      if (/went in/.test(error.message)) throw error;
      refusals.set('no answer', (refusals.get('no answer') ?? 0) + 1);
      return false;
    }
  }

  return {
    acknowledged,
    refusals,
    unsent,
    /** Sends a few posts every `pauseMs` until `stop`. */
    start(pauseMs) {
      let going = true;
      const loop = (async () => {
        while (going) {
          const posts = await Promise.all(Array.from({ length: 1 + random(4) }, post));
          for (const one of posts) unsent.set(one.id, one);
          await Promise.all([send(posts), new Promise((resolve) => setTimeout(resolve, pauseMs))]);
        }
      })();
      sending = {
        async stop() {
          going = false;
          await loop;
        },
      };
    },
    stop: () => sending.stop(),
    /** Sends what is left, again and again; throws where that does not come to an end. */
    async finish(deadlineMs) {
      const end = Date.now() + deadlineMs;
      while (unsent.size > 0) {
        const posts = [...unsent.values()].slice(0, 50);
        if (await send(posts)) continue;
        if (Date.now() > end)
          throw new Error(`${unsent.size} posts are refused to the end: ${JSON.stringify([...refusals])}`);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    },
  };
}
