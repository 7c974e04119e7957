// What the clients of the load ask: bodies of requests, and what their answers say.
import sharp from 'sharp';

const HEADERS = { 'content-type': 'application/json' };
/** Posts of one call, and how many of a hundred bring a picture that was never there before; as many bring an old one. */
const POSTS = 5;
const NEW_PICTURES = 8;

const request = (query, variables = {}) => ({
  method: 'POST',
  path: '/graphql',
  headers: HEADERS,
  body: JSON.stringify({ query, variables }),
});

/** Small pictures, each of its own colours. */
export async function drawPictures(count) {
  return await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const background = { r: i & 255, g: (i >> 8) & 255, b: 60 };
      const bytes = await sharp({ create: { width: 96, height: 96, channels: 3, background } })
        .png()
        .toBuffer();
      return bytes.toString('base64');
    }),
  );
}

/** One kind of client: autocannon's requests, and the answers that it counts by code. */
function kind(requests, onAnswer = () => undefined) {
  const codes = new Map();
  return {
    codes,
    requests: requests.map((make) => ({
      ...make(),
      setupRequest: (given, context) => Object.assign(given, make(context)),
      onResponse(status, body, context) {
        let code = `HTTP ${status}`;
        try {
          const { data, errors } = JSON.parse(body);
          code = errors?.[0].extensions.code ?? 'fine';
          if (code === 'fine') onAnswer(data, context);
        } catch {
          // Not an answer of GraphQL: told of by its status.
        }
        codes.set(code, (codes.get(code) ?? 0) + 1);
      },
    })),
  };
}

/** `acknowledged` gets the ids of posts that the server said it has. */
export function ingestKind({ pictures, acknowledged }) {
  let posts = 0;
  let drawn = 0;
  const query = 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted updated rejected } }';
  const post = () => {
    posts += 1;
    const share = posts % 100;
    const images = [];
    if (share < NEW_PICTURES) images.push({ base64: pictures[drawn++ % pictures.length] });
    else if (share < 2 * NEW_PICTURES && drawn > 0)
      images.push({ base64: pictures[posts % Math.min(drawn, pictures.length)] });
    const text = `post ${posts} about ${['rain', 'a match', 'lunch', 'a march', 'cats'][posts % 5]}`;
    return { source: 'load', id: String(posts), text, postedAt: new Date().toISOString(), images };
  };
  const make = (context) => {
    // Without a context autocannon only looks whether the request can be made: it is not sent.
    const some = context === undefined ? [] : Array.from({ length: POSTS }, post);
    if (context !== undefined) context.ids = some.map(({ id }) => id);
    return request(query, { posts: some });
  };
  return kind([make], ({ ingestPosts: { accepted, updated } }, { ids }) => {
    if (accepted + updated === ids.length) for (const id of ids) acknowledged.add(id);
  });
}

export function queryKind() {
  const queries = [
    '{ posts(first: 20) { totalCount edges { node { id author text images { caption { text confidence } } } } } }',
    '{ hotspots(first: 10) { nodes { id title postCount authorCount why { words } } } }',
    '{ posts(first: 10, filter: { text: "march" }) { nodes { id text } } }',
    '{ queue { counts { name waiting running dead } } detection { waitingPosts } }',
  ];
  return kind(queries.map((query) => () => request(query)));
}

export function previewKind(pictures) {
  let number = 0;
  const query = 'mutation ($image: ImageInput!) { previewCaption(image: $image) { text } }';
  return kind([() => request(query, { image: { base64: pictures[number++ % pictures.length] } })]);
}
