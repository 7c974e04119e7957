import { describe, expect, it } from '@jest/globals';
import { createDetector, type Detector } from '../../../src/analytics/detection/detector.js';
import type { Assignment, Finding, Ranking, Transition } from '../../../src/analytics/detection/finding.js';
import type { StreamPost } from '../../../src/analytics/detection/post.js';
import type { SavedPost } from '../../../src/analytics/detection/saved.js';
import { HOUR } from '../../../src/analytics/detection/tuning.js';
import { DIMENSION, madeStream, type Planted, START } from './madeStream.js';

const STEP = HOUR / 4;
const FIRE: Planted = {
  name: 'fire',
  from: 36,
  to: 40,
  posts: 80,
  words: ['smoke', 'flames', 'firefighters', 'burning', 'evacuate', 'sirens', 'roof'],
};

/** Runs a stream through a detector, and another one that goes on from the saved state after every so many steps. */
async function run(
  posts: readonly StreamPost[],
  { restartEvery = Number.POSITIVE_INFINITY, hours }: { restartEvery?: number; hours?: number } = {},
): Promise<Finding[]> {
  let detector: Detector = await createDetector({ dimension: DIMENSION });
  const byId = new Map(posts.map((post) => [post.id, post]));
  const saved = new Map<string, SavedPost>();
  const findings: Finding[] = [];
  const end = START + (hours ?? (posts.at(-1)!.at - START) / HOUR) * HOUR;
  let next = 0;
  for (let [now, steps] = [START + STEP, 1]; now <= end; now += STEP, steps += 1) {
    const from = next;
    while (next < posts.length && posts[next]!.at <= now) next += 1;
    findings.push(...(await detector.arrive(posts.slice(from, next))));
    findings.push(...(await detector.step(now)));
    if (steps % restartEvery !== 0) continue;
    for (const post of detector.changes()) saved.set(post.id, post);
    const state = JSON.parse(JSON.stringify(detector.save()));
    await detector.dispose();
    const again = [...saved.values()].sort((a, b) => a.number - b.number);
    const kept = again.map((post) => ({ post: byId.get(post.id)!, saved: post }));
    detector = await createDetector({ dimension: DIMENSION, from: { saved: state, posts: kept } });
    for (const [number, post] of again.entries()) saved.set(post.id, { ...post, number });
  }
  await detector.dispose();
  return findings;
}

const transitions = (findings: readonly Finding[]) => findings.filter((f): f is Transition => f.type === 'hotspot');
const rankings = (findings: readonly Finding[]) => findings.filter((f): f is Ranking => f.type === 'rank');
function memberships(findings: readonly Finding[]): Map<string, string | null> {
  const found = findings.filter((f): f is Assignment => f.type === 'assign');
  return new Map(found.map(({ post, hotspot }) => [post, hotspot]));
}
const hour = (at: number) => (at - START) / HOUR;

describe('createDetector', () => {
  it('finds what is unusual early, takes in its posts, and tells its life', async () => {
    const findings = await run(madeStream({ days: 3, planted: [FIRE] }));
    const [born, ...rest] = transitions(findings);
    expect(born).toMatchObject({ event: 'emerged', hotspot: 'h1' });
    expect(hour(born!.at)).toBeGreaterThan(36);
    expect(hour(born!.at)).toBeLessThan(37.1);
    expect(born!.reason).toMatch(
      /^\d+ posts \(\d+ different\) by \d+ authors, worth \d+ in (an hour|\d hours), where [\d.]+ are usual at this time of the day$/,
    );
    expect(born!.posts.length).toBeGreaterThan(3);
    expect(born!.posts.every((id) => id.startsWith('fire-'))).toBe(true);
    expect(rest.map(({ hotspot }) => hotspot)).toEqual(rest.map(() => 'h1'));
    expect(rest.map(({ event }) => event)).toEqual(expect.arrayContaining(['grew', 'cooled']));
    expect(rest.at(-1)!.event).toBe('ended');
    const homes = memberships(findings);
    const members = [...homes].filter(([, home]) => home === 'h1').map(([id]) => id);
    expect(members.filter((id) => id.startsWith('fire-')).length).toBeGreaterThanOrEqual(76);
    expect(members.filter((id) => !id.startsWith('fire-')).length).toBeLessThanOrEqual(2);
    const listed = rankings(findings).filter(({ hotspots }) => hotspots.length > 0);
    expect(hour(listed[0]!.at)).toBe(hour(born!.at));
    expect(listed.every(({ hotspots }) => hotspots.length === 1)).toBe(true);
  });

  it('finds nothing in everyday posts', async () => {
    const findings = await run(madeStream({ days: 3, perDay: 400 }));
    expect(findings.every(({ type }) => type === 'rank')).toBe(true);
    expect(rankings(findings).every(({ hotspots }) => hotspots.length === 0)).toBe(true);
    expect(rankings(findings)).toHaveLength(3 * 24 * 4 - 1);
  });

  it('reads posts that no model embedded by their words', async () => {
    const findings = await run(madeStream({ planted: [FIRE], vectors: false }));
    const emerged = transitions(findings).filter(({ event }) => event === 'emerged');
    expect(emerged.length).toBeGreaterThanOrEqual(1);
    expect(emerged.every(({ posts }) => posts.every((id) => id.startsWith('fire-')))).toBe(true);
    expect(hour(emerged[0]!.at)).toBeLessThan(37.5);
  });

  it('says the same however often it is stopped, and again', async () => {
    const posts = madeStream({ days: 2, planted: [{ ...FIRE, from: 30, to: 33 }] }).map((post, i) =>
      i % 5 === 2 ? { ...post, vector: null } : post,
    );
    const once = await run(posts);
    expect(once.filter(({ type }) => type === 'hotspot').length).toBeGreaterThan(1);
    expect(await run(posts, { restartEvery: 9 })).toEqual(once);
  });

  it('knows a hotspot that comes again, and one that is another', async () => {
    const again = { ...FIRE, posts: 60, from: 62, to: 65 };
    const flood = { ...FIRE, name: 'flood', from: 63, to: 66, words: ['water', 'river', 'boats', 'rain', 'bridge'] };
    const posts = madeStream({ days: 3, planted: [{ ...FIRE, posts: 60 }, flood] });
    const second = madeStream({ seed: 2, days: 3, perDay: 0, planted: [again] });
    const renamed = second.map((post) => ({ ...post, id: `second ${post.id}`, picture: `second ${post.picture}` }));
    const findings = await run([...posts, ...renamed].sort((a, b) => a.at - b.at));
    const emerged = transitions(findings).filter(({ event }) => event === 'emerged');
    expect(emerged).toHaveLength(3);
    const [first, ...later] = emerged;
    expect(first!.from).toBeUndefined();
    const next = later.find(({ posts: on }) => on[0]!.startsWith('second'));
    expect(next!.from).toBe(first!.hotspot);
    expect(later.find(({ posts: on }) => on[0]!.startsWith('flood'))!.from).toBeUndefined();
  });

  it('takes what comes every evening for unusual at first, and for usual after some days', async () => {
    const evenings = Array.from({ length: 7 }, (_, i) => i + 2).map((day) => ({
      ...FIRE,
      name: `choir${day}`,
      like: 'choir',
      from: 24 * day + 18,
      to: 24 * day + 22,
      posts: 30,
      words: ['choir', 'singing', 'voices', 'song', 'stage'],
    }));
    const findings = await run(madeStream({ days: 9, perDay: 120, planted: evenings }));
    const listedOn = new Set(
      rankings(findings)
        .filter(({ hotspots }) => hotspots.length > 0)
        .map(({ at }) => Math.floor(hour(at) / 24)),
    );
    expect([...listedOn]).toEqual(expect.arrayContaining([2, 3, 4]));
    expect([7, 8].filter((day) => listedOn.has(day))).toEqual([]);
  });

  it('counts one author, and one picture, as little', async () => {
    const posts = madeStream({ planted: [FIRE] });
    const oneAuthor = posts.map((post) => (post.id.startsWith('fire') ? { ...post, author: 'loud' } : post));
    expect(transitions(await run(oneAuthor))).toEqual([]);
    const onePicture = posts.map((post) => (post.id.startsWith('fire') ? { ...post, picture: 'the same' } : post));
    expect(transitions(await run(onePicture)).filter(({ event }) => event !== 'coordinated')).toEqual([]);
  });

  it('tells suspected coordination as a finding of its own', async () => {
    const bots = { ...FIRE, name: 'bots', from: 40, to: 40.07, posts: 40 };
    const posts = madeStream({ planted: [bots] }).map((post) =>
      post.id.startsWith('bots') ? { ...post, picture: 'one picture' } : post,
    );
    const told = transitions(await run(posts));
    expect(told.map(({ event }) => event)).toEqual(['coordinated']);
    const [found] = told;
    expect(found).toMatchObject({ hotspot: 'c1', within: [] });
    expect(found!.posts).toHaveLength(40);
    expect(found!.reason).toMatch(/^(39|40) accounts posted the same within 10 minutes, where 1(\.\d)? are usual$/);
  });

  it('tells a piece of coordinated accounts once while it is posted, and again when it comes back after three days', async () => {
    const wave = (name: string, from: number): Planted => ({ ...FIRE, name, from, to: from + 0.07, posts: 40 });
    const planted = [wave('first', 40), wave('second', 100), wave('third', 180)];
    const posts = madeStream({ days: 8, perDay: 100, planted }).map((post) =>
      /^(first|second|third)/.test(post.id) ? { ...post, picture: 'one picture' } : post,
    );
    const told = transitions(await run(posts, { restartEvery: 50 })).filter(({ event }) => event === 'coordinated');
    expect(told.map(({ hotspot, at }) => [hotspot, Math.floor(hour(at))])).toEqual([
      ['c1', 40],
      ['c2', 180],
    ]);
  });

  it('places late posts by their own time', async () => {
    const posts = madeStream({ planted: [FIRE] });
    const late = new Set(posts.filter(({ id }, i) => id.startsWith('fire') && i % 4 === 0).map(({ id }) => id));
    const detector = await createDetector({ dimension: DIMENSION });
    const findings: Finding[] = [];
    let sent = 0;
    for (let now = START + STEP; now <= START + 48 * HOUR; now += STEP) {
      // Late ones come six hours after they were posted.
      const arrived = posts.filter(({ id, at }) => {
        const received = late.has(id) ? at + 6 * HOUR : at;
        return received > now - STEP && received <= now;
      });
      sent += arrived.length;
      findings.push(...(await detector.arrive(arrived)), ...(await detector.step(now)));
    }
    await detector.dispose();
    expect(sent).toBe(posts.filter(({ at }) => at <= START + 48 * HOUR).length);
    const homes = memberships(findings);
    const hotspot = transitions(findings)[0]!.hotspot;
    const placed = [...late].filter((id) => homes.get(id) === hotspot);
    expect(late.size).toBeGreaterThan(10);
    expect(placed.length).toBeGreaterThanOrEqual(late.size - 2);
    for (const finding of findings)
      if (finding.type === 'assign' && late.has(finding.post))
        expect(finding.at).toBeGreaterThanOrEqual(posts.find(({ id }) => id === finding.post)!.at + 6 * HOUR - STEP);
  });

  it('does not take a stray post of last year for a year of silence', async () => {
    const posts = madeStream({ planted: [FIRE] });
    const stray = { ...posts[0]!, id: 'stray', at: START - 300 * 24 * HOUR };
    const plain = await run(posts);
    const strayed = await run([stray, ...posts]);
    expect(transitions(strayed).length).toBe(transitions(plain).length);
  });

  it('needs no post, and takes posts that say nothing', async () => {
    const empty = await createDetector({ dimension: 3 });
    expect(await empty.step(START)).toEqual([{ type: 'rank', at: START, hotspots: [] }]);
    const nothing = { id: 'n', at: START, author: 'a', picture: null, text: '', caption: '', vector: null };
    expect(await empty.arrive([nothing, { ...nothing, id: 'z', vector: new Float32Array(3) }])).toEqual([]);
    expect(await empty.step(START + STEP)).toEqual([{ type: 'rank', at: START + STEP, hotspots: [] }]);
    await empty.dispose();
  });

  it('forgets what is old', async () => {
    const detector = await createDetector({ dimension: DIMENSION });
    await detector.arrive(madeStream({ days: 1, perDay: 50 }));
    await detector.step(START + 24 * HOUR);
    expect(detector.changes()).toHaveLength(50);
    await detector.step(START + 30 * 24 * HOUR);
    await detector.arrive([{ ...madeStream({ days: 1, perDay: 1 })[0]!, id: 'new', at: START + 30 * 24 * HOUR }]);
    expect(detector.changes().map(({ id, neighbours }) => [id, neighbours.kernels.length])).toEqual([['new', 0]]);
    await detector.dispose();
  });
});
