// Rows as Hotlens would have written them, of a city that talked for months: posts, pictures, captions, vectors, hotspots.
//
// The simulator's weeks, one after the other, five times as busy as the public stream. Its planted events are hotspots, and so are some of its
// everyday topics, for there must be large ones too. Every other post carries one of a million tags, drawn by Zipf's law: the simulator
// knows a thousand words, and a search has to find rare ones. A picture's vector is that of a caption by the embedder that ships, with noise.
import { createHash } from 'node:crypto';
import { uuidv7 } from '../../dist/db/uuidv7.js';

const WEEK_POSTS = 50_000;
const RATE = 5;
const START = Date.UTC(2026, 5, 1);
const WEEK = 7 * 86_400_000;
const HOUR = 3_600_000;
const ROWS = 2_000;
/** Posts whose words are made at a time. */
const WORDS = 5_000;
const CAPTIONER = 'c'.repeat(64);
/** Everyday topics of a week that are hotspots too. */
const LARGE = 2;

/**
 * Fills an empty, migrated database. `embed` gives the vectors of texts; `digest` is the embedder's.
 */
export async function fill({ pool, simulate, embed, digest, posts: total, say }) {
  const client = await pool.connect();
  // Images and captions name each other.
  await client.query('SET session_replication_role = replica');
  const weeks = Math.ceil(total / WEEK_POSTS);
  const random = mulberry(7);
  let hotspotNumber = 0;
  let vectors;
  for (let week = 0; week < weeks; week++) {
    const count = Math.min(WEEK_POSTS, total - week * WEEK_POSTS);
    const simulation = simulate({
      seed: week + 1,
      start: START + week * WEEK,
      days: 7,
      rate: (RATE * count) / WEEK_POSTS,
      late: 0.1,
    });
    vectors ??= await centres(simulation, embed);
    const written = writeWeek(simulation, {
      week,
      random,
      vectors,
      digest,
      nextHotspot: () => `h${++hotspotNumber}`,
      last: week === weeks - 1,
    });
    for (const [table, columns, rows] of written) await insert(client, table, columns, rows);
    say(`${Math.min(total, (week + 1) * WEEK_POSTS)} posts`);
  }
  client.release(true);
  await fillWords({ pool, say });
  await pool.query(
    `INSERT INTO detection_state (id, at, version, embedder_digest, saved) VALUES (1, $1, 1, $2, '{"covered": 2000}')`,
    [new Date(START + weeks * WEEK), digest],
  );
  await pool.query(
    `INSERT INTO imports (id, origin, status, accepted, started_at, finished_at)
     SELECT gen_random_uuid(), 'week ' || n || '.ndjson', 'COMPLETED', $1, $2::timestamptz + n * interval '7 days', $2::timestamptz + n * interval '7 days 1 hour'
     FROM generate_series(1, $3::int) n`,
    [WEEK_POSTS, new Date(START), weeks],
  );
}

/** No trigger has made what is searched for words: its connection writes without them. */
async function fillWords({ pool, say }) {
  const { rows } = await pool.query('SELECT array_agg(id ORDER BY posted_at) AS ids FROM posts');
  for (let at = 0; at < rows[0].ids.length; at += WORDS) {
    await pool.query('SELECT refresh_post_words($1::uuid[])', [rows[0].ids.slice(at, at + WORDS)]);
    if ((at / WORDS) % 20 === 19) say(`words of ${at + WORDS} posts`);
  }
}

/** Captions whose vectors the pictures' vectors lie around. */
async function centres({ posts }, embed) {
  const captions = [...new Set(posts.map(({ caption }) => caption).filter(Boolean))].slice(0, 5_000);
  const found = await embed(captions);
  return captions.map((_, i) => found[i]);
}

/** The tables' rows of one week, in the order in which they can be inserted. */
function writeWeek({ posts, truth }, { week, random, vectors, digest, nextHotspot, last }) {
  const rows = {
    posts: [],
    images: [],
    captions: [],
    post_images: [],
    embeddings: [],
    hotspots: [],
    detection_posts: [],
    hotspot_points: [],
    hotspot_events: [],
  };
  const hotspotOf = new Map();
  const topics = new Map();
  for (const [id, topic] of Object.entries(truth.background)) {
    if (topic !== null) topics.set(topic, [...(topics.get(topic) ?? []), id]);
  }
  const large = [...topics].sort((a, b) => b[1].length - a[1].length).slice(0, LARGE);
  const groups = [
    ...truth.events.map(({ description, posts: ids }) => ({ title: description, ids })),
    ...large.map(([title, ids]) => ({ title, ids })),
  ];
  const times = new Map(posts.map(({ id, createdAt }) => [id, createdAt]));
  for (const [rank, { title, ids }] of groups.entries()) {
    const id = nextHotspot();
    for (const post of ids) hotspotOf.set(post, id);
    const at = ids.map((post) => times.get(post)).sort((a, b) => a - b);
    rows.hotspots.push(...hotspotRows(id, { title, at, living: last, rank }));
    for (let time = at[0]; time < at.at(-1); time += HOUR / 4)
      rows.hotspot_points.push({ hotspot_id: id, at: iso(time), expected: 3, low: 1, high: 7, score: 2, rank });
    rows.hotspot_events.push(
      ...['EMERGED', 'GREW', 'COOLED', 'ENDED'].map((kind, i) => ({
        id: uuidv7(at[0] + i),
        at: iso(at[Math.floor((i / 3) * (at.length - 1))]),
        kind,
        hotspot_id: id,
        score: 3,
        reason: `${kind.toLowerCase()} with ${ids.length} posts`,
        post_ids: [],
        created_at: iso(at[0]),
      })),
    );
  }
  const drawn = new Map();
  for (const { id: name, createdAt, author, text, caption, imageKey } of posts) {
    const id = uuidv7(createdAt);
    const at = iso(createdAt);
    const words = random() < 0.5 ? text : `${text} #tag${zipf(random, 1_000_000)}`;
    const nativeId = `${week}-${name}`;
    rows.posts.push({
      id,
      source: ['bluesky', 'mastodon', 'simulation'][nativeId.length % 3],
      native_id: nativeId,
      author,
      text: words,
      language: 'en',
      url: null,
      posted_at: at,
      likes: 3,
      reposts: 1,
      replies: 0,
      raw: { id: nativeId, author, text: words, createdAt: at },
      created_at: at,
      updated_at: at,
      detected_at: at,
    });
    const sha256 = imageKey === null ? null : createHash('sha256').update(`${week} ${imageKey}`).digest('hex');
    const phash = sha256?.slice(0, 16) ?? null;
    if (sha256 !== null && !drawn.has(sha256)) {
      drawn.set(sha256, true);
      const captionId = uuidv7(createdAt);
      rows.images.push({
        sha256,
        bytes: 20_000,
        mime_type: 'image/jpeg',
        width: 96,
        height: 96,
        phash,
        created_at: at,
        current_caption_id: captionId,
      });
      rows.captions.push({
        id: captionId,
        image_sha256: sha256,
        model_digest: CAPTIONER,
        adapter_digest: '',
        prompt: '',
        options: {},
        options_digest: CAPTIONER,
        status: 'COMPLETED',
        text: caption,
        token_ids: [5, 6, 7, 8, 9, 10],
        log_prob: -1,
        confidence: 0.9,
        attempts: 1,
        created_at: at,
        completed_at: at,
      });
      const vector = near(vectors[Math.floor(random() * vectors.length)], random);
      rows.embeddings.push({
        id: uuidv7(createdAt),
        image_sha256: sha256,
        kind: 'CAPTION',
        model_digest: digest,
        dimension: 128,
        text: caption,
        vector,
        created_at: at,
      });
    }
    if (sha256 !== null)
      rows.post_images.push({
        id: uuidv7(createdAt),
        post_id: id,
        position: 0,
        status: 'STORED',
        attempts: 1,
        image_sha256: sha256,
        created_at: at,
      });
    rows.detection_posts.push({
      post_id: id,
      number: week * WEEK_POSTS + rows.posts.length,
      at,
      author,
      caption,
      text: words,
      piece: sha256 ?? id,
      phash,
      hotspot_id: hotspotOf.get(name) ?? null,
      joined_at: at,
      evidence: random() * 5,
      fixed: false,
      opinion: random() * 2 - 1,
      kept: last,
    });
  }
  return Object.entries(rows).map(([table, all]) => [table, Object.keys(all[0] ?? {}), all]);
}

function hotspotRows(id, { title, at, living, rank }) {
  const burst = { evidence: 30, expected: 3, hours: 1 };
  return [
    {
      id,
      state: living ? 'LIVING' : 'ENDED',
      title,
      keywords: title.split(' ').slice(0, 6),
      emerged_at: iso(at[0]),
      ended_at: living ? null : iso(at.at(-1)),
      score: living ? 20 - rank / 2 : 0,
      rank: living ? rank : null,
      burst,
      peak_score: 30 - rank,
      peak: { ...burst, at: iso(at[at.length >> 1]) },
    },
  ];
}

async function insert(client, table, columns, rows) {
  const names = columns.map((name) => `"${name}"`).join(', ');
  for (let from = 0; from < rows.length; from += ROWS) {
    const json = JSON.stringify(rows.slice(from, from + ROWS));
    await client.query(
      `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1::json)`,
      [json],
    );
  }
}

const iso = (time) => new Date(time).toISOString();

/** Of unit length, at a cosine of about 0.9. */
function near(centre, random) {
  const noisy = Float64Array.from(centre, (value) => value + (random() - 0.5) * 0.15);
  const length = Math.hypot(...noisy);
  return `[${Array.from(noisy, (value) => (value / length).toFixed(4)).join(',')}]`;
}

/** 1 to `most`, k with a probability as 1 / k. */
function zipf(random, most) {
  return Math.floor(most ** random());
}

/** Source: mulberry32, Tommy Ettinger 2017, in the public domain. */
function mulberry(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
