// How good detection is, after npm run build:
//   node bench/hotspots.js stream DIR             on DIR (posts.ndjson, truth.json, embeddings.npy): all of it; halves of its events;
//                                                 half of its posts; and by words alone
//   node bench/hotspots.js simulated SEED,... RATE,...   on simulated weeks
//   node bench/hotspots.js captions SEED,...      the same weeks with captions of the shipped model beside those without mistakes
// Prints rows of a Markdown table: what `hotlens eval hotspots` says of what `hotlens detect` prints.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openNpyWriter, readNpy } from '../dist/npy.js';

const COLUMNS = [
  ['recall / whole', (f) => `${share(f.recall)} / ${share(f.recall_whole)}`],
  ['latency median / p90 min', (f) => `${f.latency_median} / ${f.latency_p90}`],
  ['P@10 / listed', (f) => `${share(f.precision10)} / ${share(f.precision_listed)}`],
  ['presence', (f) => share(f.presence)],
  ['repeats', (f) => share(f.repeats, 3)],
  ['false alarms a day', (f) => share(f.false_alarms_per_day)],
  ['traps', (f) => f.trap_hits],
  ['stability', (f) => share(f.stability)],
  ['pair purity / recall', (f) => `${share(f.pair_purity)} / ${share(f.pair_recall)}`],
  ['V', (f) => share(f.v)],
  ['ARI', (f) => share(f.ari)],
  ['covered', (f) => share(f.covered)],
  [
    'split, merge, recurrence',
    (f) => [f.split_seen, f.merge_seen, f.recurrence_kept].map((seen) => (seen ? 'yes' : 'no')).join(', '),
  ],
  ['s', (f) => f.seconds.toFixed(0)],
];

const [mode, what, ...rest] = process.argv.slice(2);
if (what === undefined || !['stream', 'simulated', 'captions'].includes(mode))
  throw new Error('usage: node bench/hotspots.js stream DIR | simulated SEEDS RATES | captions SEEDS');
const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-bench-'));
console.log(`| stream | ${COLUMNS.map(([name]) => name).join(' | ')} |\n|---|${COLUMNS.map(() => '---|').join('')}`);
try {
  if (mode === 'stream') await stream(what);
  else if (mode === 'simulated') await simulated(what.split(','), (rest[0] ?? '1').split(','));
  else await captions(what.split(','));
} finally {
  await rm(folder, { recursive: true });
}

async function stream(from) {
  const whole = {
    posts: await readPosts(from),
    truth: JSON.parse(await readFile(path.join(from, 'truth.json'), 'utf8')),
    vectors: await readNpy(path.join(from, 'embeddings.npy')),
  };
  const related = familiesOf(whole.truth);
  await row('all', await written('all', whole));
  await row('all, by words alone', { dir: (await written('words', whole)).dir });
  for (const [name, rest] of [
    ['first half of the events', 0],
    ['second half of the events', 1],
  ])
    await row(
      name,
      await written(
        `half${rest}`,
        withEvents(whole, (id) => related.get(id) % 2 === rest),
      ),
    );
  for (const [name, rest] of [
    ['every other post', 0],
    ['the other posts', 1],
  ])
    await row(
      name,
      await written(
        `thin${rest}`,
        withPosts(whole, (_, i) => i % 2 === rest),
      ),
    );
}

async function simulated(seeds, rates) {
  for (const rate of rates)
    for (const seed of seeds) {
      const dir = path.join(folder, `${seed}-${rate}`);
      await hotlens('simulate', '--out', dir, '--seed', seed, '--rate', rate);
      await row(`seed ${seed}, rate ${rate}`, { dir });
      await rm(dir, { recursive: true });
    }
}

async function captions(seeds) {
  const [{ openCaptioner }, { openSprites }, { drawPost }, { simulate }] = await Promise.all([
    import('../dist/inference/captioner.js'),
    import('../dist/training/scenes/sprites.js'),
    import('../dist/simulation/drawPost.js'),
    import('../dist/simulation/simulate.js'),
  ]);
  const sprites = await openSprites();
  const captioner = await openCaptioner('models/blip2-scenes', { device: 'cpu', threads: 0, ecma: true });
  for (const seed of seeds) {
    const dir = path.join(folder, seed);
    await hotlens('simulate', '--out', dir, '--seed', seed);
    await row(`seed ${seed}, captions without mistakes`, { dir });
    const { pictures } = simulate({ seed: Number(seed), start: Date.UTC(2026, 2, 2), days: 7, rate: 1, late: 0 });
    const said = new Map();
    const all = [...pictures];
    for (let from = 0; from < all.length; from += 32) {
      const batch = await Promise.all(
        all.slice(from, from + 32).map(async ([key, facts]) => ({
          key,
          image: { bytes: await drawPost(sprites, key, facts, 192) },
        })),
      );
      const captions = await captioner.captionBatch(batch.map(({ image }) => ({ image })));
      for (const [i, { key }] of batch.entries()) {
        if (captions[i] instanceof Error) throw captions[i];
        said.set(key, captions[i].caption);
      }
    }
    const posts = await readPosts(dir);
    await writePosts(
      dir,
      posts.map((post) => ({ ...post, caption: post.imageKey === null ? '' : said.get(post.imageKey) })),
    );
    await row(`seed ${seed}, captions of the shipped model`, { dir });
    await rm(dir, { recursive: true });
  }
  await captioner.dispose();
}

/** Detects, scores, prints. */
async function row(name, { dir, embeddings }) {
  const [posts, truth, result] = ['posts.ndjson', 'truth.json', 'result.ndjson'].map((file) => path.join(dir, file));
  const started = performance.now();
  const out = await open(result, 'w');
  const vectors = embeddings === undefined ? [] : ['--embeddings', embeddings];
  await hotlensInto(out, 'detect', posts, ...vectors);
  await out.close();
  const seconds = (performance.now() - started) / 1000;
  const { stdout } = await hotlens('eval', 'hotspots', truth, posts, result, '--json');
  const figures = { ...JSON.parse(stdout), seconds };
  console.log(`| ${name} | ${COLUMNS.map(([, of]) => of(figures)).join(' | ')} |`);
}

/** Events that split, merge or come again stay together; every second family is of the other half. */
function familiesOf({ events, relations }) {
  const family = new Map(events.map(({ id }) => [id, id]));
  for (const { from, into } of relations.filter(({ type }) => ['split', 'merge'].includes(type)))
    for (const id of [from, into].flat()) family.set(id, [from, into].flat().sort()[0]);
  const names = [...new Set(family.values())];
  return new Map([...family].map(([id, name]) => [id, names.indexOf(name)]));
}

/** Without the posts of the events that are left out. */
function withEvents(whole, kept) {
  const { truth } = whole;
  const out = new Set(truth.events.filter(({ id }) => !kept(id)).flatMap(({ posts }) => posts));
  return withPosts(whole, ({ id }) => !out.has(id));
}

function withPosts({ posts, truth, vectors }, keep) {
  const chosen = posts.map(keep);
  const ids = new Set(posts.filter((_, i) => chosen[i]).map(({ id }) => id));
  const left = ({ posts: of, ...event }) => ({ ...event, posts: of.filter((id) => ids.has(id)) });
  const events = truth.events.map(left).filter((event) => event.posts.length > 0);
  const there = new Set(events.map(({ id }) => id));
  const relations = truth.relations.filter(({ from, into, events: some, event }) =>
    [from, into, some, event].flat().every((id) => id === undefined || there.has(id)),
  );
  const { columns, values } = vectors;
  return {
    posts: posts.filter((_, i) => chosen[i]),
    truth: { ...truth, events, relations, traps: truth.traps.map(left) },
    vectors: {
      columns,
      rows: ids.size,
      values: Float32Array.from(
        posts.flatMap((_, i) => (chosen[i] ? [...values.subarray(i * columns, (i + 1) * columns)] : [])),
      ),
    },
  };
}

async function written(name, { posts, truth, vectors }) {
  const dir = path.join(folder, name);
  await mkdir(dir);
  await writePosts(dir, posts);
  await writeFile(path.join(dir, 'truth.json'), JSON.stringify(truth));
  const embeddings = path.join(dir, 'embeddings.npy');
  const writer = await openNpyWriter(embeddings, vectors.columns);
  const { columns, rows, values } = vectors;
  for (let row = 0; row < rows; row += 1) await writer.write(values.subarray(row * columns, (row + 1) * columns));
  await writer.close();
  return { dir, embeddings };
}

async function readPosts(dir) {
  const text = await readFile(path.join(dir, 'posts.ndjson'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function writePosts(dir, posts) {
  await writeFile(path.join(dir, 'posts.ndjson'), posts.map((post) => `${JSON.stringify(post)}\n`).join(''));
}

async function hotlens(...args) {
  const child = spawn(process.execPath, ['dist/main.js', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  await ended(child, args);
  return { stdout };
}

async function hotlensInto(file, ...args) {
  await ended(spawn(process.execPath, ['dist/main.js', ...args], { stdio: ['ignore', file.fd, 'ignore'] }), args);
}

async function ended(child, args) {
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`hotlens ${args.join(' ')} ended with ${status}`);
}

function share(value, digits = 2) {
  return value === null ? '-' : value.toFixed(digits);
}
