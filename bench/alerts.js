// What rules of alerts are worth, after npm run build: node bench/alerts.js DIR [SEED...]
//   DIR holds a stream with planted events: posts.ndjson, truth.json, embeddings.npy. With seeds, also weeks of the simulator.
// Replays the stream once and judges every rule after each step, as the server does. An event is told when an alert was raised of a hotspot
// that shows it: its own, or one that it is a part of by then. An alert is false where most of the hotspot's posts are of no event, then and
// for an hour. Prints rows of a Markdown table.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { judge } from '../dist/alerts/judge.js';
import { metricValue } from '../dist/alerts/metrics.js';
import { createDetector } from '../dist/analytics/detection/detector.js';
import { readStreamPosts } from '../dist/commands/streamPosts.js';
import { createMembers } from '../dist/evaluation/hotspots/members.js';
import { readTruth } from '../dist/evaluation/hotspots/truth.js';
import { readNpy } from '../dist/npy.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEP = HOUR / 4;
/** Hours before anything is called unusual, as the detector has it. */
const WARM_UP = 24.2 * HOUR;
/** Events that the goal is about have so many posts. */
const LARGE = 50;

const rule = (metric, threshold, windowMinutes = 60, cooldownMinutes = 1440) => ({
  ...{ metric, threshold, windowMinutes, cooldownMinutes },
});
const RULES = [
  ...[2, 3, 3.5, 4, 5, 6, 8].map((threshold) => rule('SCORE', threshold)),
  ...[4, 6, 8, 12].map((threshold) => rule('AUTHORS', threshold)),
  ...[3, 4, 6, 9].map((threshold) => rule('GROWTH', threshold)),
  rule('GROWTH', 4, 15),
  rule('SCORE', 3.5, 60, 0),
];

const [dir, ...seeds] = process.argv.slice(2);
if (dir === undefined) throw new Error('usage: node bench/alerts.js DIR [SEED...]');
console.log(
  '| stream | rule | events of 50 posts or more told | by an alert of their own | smaller ones | latency median / p90 min | alerts a day | false a day | of traps |\n|---|---|---|---|---|---|---|---|---|',
);
await measure('public', dir, path.join(dir, 'embeddings.npy'));
for (const seed of seeds) {
  const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-alerts-'));
  try {
    await hotlens('simulate', '--out', path.join(folder, 'city'), '--seed', seed);
    await measure(`simulated, seed ${seed}`, path.join(folder, 'city'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(name, from, embeddings) {
  const file = path.join(from, 'posts.ndjson');
  const { posts } = await readStreamPosts(file, (line, reason) => {
    throw new Error(`${file}:${line}: ${reason}`);
  });
  const truth = readTruth(
    JSON.parse(await readFile(path.join(from, 'truth.json'), 'utf8')),
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
  const vectors = embeddings === undefined ? null : await readNpy(embeddings);
  const columns = vectors?.columns ?? 8;
  const arrivals = posts
    .map((post) => ({
      ...post,
      vector: vectors === null ? null : vectors.values.subarray(post.row * columns, (post.row + 1) * columns),
    }))
    .sort((a, b) => a.received - b.received || a.at - b.at || (a.id < b.id ? -1 : 1));
  const judged = RULES.map((one) => ({
    rule: one,
    last: new Map(),
    fired: new Map(),
    told: new Map(),
    own: new Set(),
    alerts: [],
  }));
  const members = createMembers(truth);
  const home = new Map();
  const postsOf = new Map();
  /** By hotspot: what became part of it, and what it was before. */
  const kin = new Map();
  const byId = new Map(posts.map((post) => [post.id, post]));
  const detector = await createDetector({ dimension: columns, step: STEP });
  let done = 0;
  let now = Math.floor(arrivals[0].received / STEP) * STEP;
  const last = arrivals.at(-1).received;
  do {
    now += STEP;
    const begin = done;
    while (done < arrivals.length && arrivals[done].received <= now) done += 1;
    take(await detector.arrive(arrivals.slice(begin, done)));
    take(await detector.step(now));
    look();
  } while (now < last);
  await detector.dispose();
  for (const { rule: one, told, own, alerts } of judged) print(name, one, { told, own, alerts });

  function take(findings) {
    for (const finding of findings) {
      if (finding.type === 'assign') {
        const before = home.get(finding.post);
        if (before !== undefined) postsOf.get(before).delete(finding.post);
        home.delete(finding.post);
        if (finding.hotspot !== null) {
          home.set(finding.post, finding.hotspot);
          if (!postsOf.has(finding.hotspot)) postsOf.set(finding.hotspot, new Set());
          postsOf.get(finding.hotspot).add(finding.post);
        }
        if (finding.at >= truth.times.get(finding.post)) members.put(finding.post, finding.hotspot);
      } else if (finding.type === 'hotspot' && finding.event === 'merged')
        kin.set(finding.into, [...(kin.get(finding.into) ?? []), finding.hotspot]);
      else if (finding.type === 'hotspot' && finding.event === 'emerged' && finding.from !== undefined)
        kin.set(finding.hotspot, [...(kin.get(finding.hotspot) ?? []), finding.from]);
    }
  }

  function look() {
    const pulses = detector.pulses();
    const living = new Set(pulses.map(({ hotspot }) => hotspot));
    for (const one of judged) {
      const { windowMinutes, metric } = one.rule;
      for (const pulse of pulses) {
        const { hotspot } = pulse;
        const window = [...(postsOf.get(hotspot) ?? [])]
          .map((id) => byId.get(id))
          .filter(({ at }) => at > now - windowMinutes * MINUTE && at <= now);
        const authors = new Set(window.map(({ author }) => author)).size;
        const opinion = { now: null, nowOf: 0, before: null, beforeOf: 0 };
        const reading = {
          hotspotId: hotspot,
          at: now,
          score: pulse.score,
          expected: pulse.hour.expected,
          posts: window.length,
          authors,
          opinion,
        };
        const value = metricValue(metric, windowMinutes, reading);
        const times = (kin.get(hotspot) ?? []).flatMap((id) => one.fired.get(id) ?? []);
        const past = { last: one.last.get(hotspot) ?? null, kinAt: times.length === 0 ? null : Math.max(...times) };
        const state = judge(one.rule, { at: now, value }, past);
        if (state === null) continue;
        one.last.set(hotspot, { state, at: now, round: (past.last?.round ?? 0) + 1 });
        if (state !== 'FIRING') continue;
        one.fired.set(hotspot, now);
        one.alerts.push({ hotspot, at: now, right: false });
        for (const event of members.shows(hotspot)) one.own.add(event);
      }
      for (const alert of one.alerts)
        if (now <= alert.at + HOUR && members.family(alert.hotspot) !== null) alert.right = true;
      for (const hotspot of living) {
        // Of what became part of it, or was its earlier life, an alert leads here.
        const alerted = one.fired.has(hotspot) || (kin.get(hotspot) ?? []).some((id) => one.fired.has(id));
        if (!alerted) continue;
        for (const event of members.shows(hotspot))
          if (!one.told.has(event) && now <= truth.events.get(event).end + HOUR) one.told.set(event, now);
      }
    }
  }

  function print(stream, { metric, threshold, windowMinutes, cooldownMinutes }, { told, own, alerts }) {
    const events = [...truth.events.values()];
    const large = events.filter((event) => event.posts.length >= LARGE);
    const small = events.filter((event) => event.posts.length < LARGE);
    const share = (some) => `${some.filter(({ id }) => told.has(id)).length} of ${some.length}`;
    const lateness = events
      .filter(({ id }) => told.has(id))
      .map(({ id, detectable }) => Math.max(0, told.get(id) - (detectable ?? told.get(id))) / MINUTE)
      .sort((a, b) => a - b);
    const quantile = (q) =>
      (lateness[Math.min(lateness.length - 1, Math.ceil(q * lateness.length) - 1)] ?? Number.NaN).toFixed(1);
    const days = (truth.stop - truth.start - WARM_UP) / DAY;
    const wrong = alerts.filter(({ right }) => !right);
    const trapped = alerts.filter(({ hotspot }) => members.traps(hotspot).length > 0);
    const called = `${metric} ${threshold} in ${windowMinutes} min${cooldownMinutes === 1440 ? '' : `, cooldown ${cooldownMinutes} min`}`;
    console.log(
      `| ${[stream, called, share(large), large.filter(({ id }) => own.has(id)).length, share(small), `${quantile(0.5)} / ${quantile(0.9)}`, (alerts.length / days).toFixed(1), (wrong.length / days).toFixed(2), trapped.length].join(' | ')} |`,
    );
  }
}

async function hotlens(...args) {
  const child = spawn(process.execPath, ['dist/main.js', ...args], { stdio: 'ignore' });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`hotlens ${args.join(' ')} ended with ${status}`);
}
