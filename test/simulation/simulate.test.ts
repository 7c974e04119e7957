import { beforeAll, describe, expect, it } from '@jest/globals';
import { factsAt } from '../../src/simulation/draft.js';
import { PLOTS } from '../../src/simulation/plots.js';
import { type SimulateOptions, type Simulation, simulate } from '../../src/simulation/simulate.js';
import { TOPICS } from '../../src/simulation/topics.js';
import { classOf } from '../../src/training/scenes/classes.js';
import { randomOf } from '../../src/training/scenes/random.js';
import { sceneWith } from '../../src/training/scenes/scene.js';
import { testSprites } from '../support/sceneSprites.js';

const HOUR = 3_600_000;
const OPTIONS: SimulateOptions = { seed: 1, start: Date.UTC(2026, 2, 2), days: 7, rate: 1, late: 0 };

let week: Simulation;
beforeAll(() => {
  week = simulate(OPTIONS);
});

describe('a simulated week', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(simulate(OPTIONS)).toEqual(week);
    const other = simulate({ ...OPTIONS, seed: 2 });
    expect(other.posts[0]).not.toEqual(week.posts[0]);
    expect(other.truth.events.map(({ start }) => start)).not.toEqual(week.truth.events.map(({ start }) => start));
  });

  it('has as many posts as the rate and the days say, in the order of arrival, within its span', () => {
    expect(week.posts).toHaveLength(10_000);
    expect(simulate({ ...OPTIONS, rate: 0.2 }).posts.length).toBe(2000);
    expect(simulate({ ...OPTIONS, days: 3.5 }).posts.length).toBe(5000);
    const times = week.posts.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(OPTIONS.start);
    expect(times.at(-1)).toBeLessThan(OPTIONS.start + 7 * 24 * HOUR);
    expect(new Set(week.posts.map(({ id }) => id)).size).toBe(10_000);
  });

  it('plants every kind of event, and tells of each post once what it is of', () => {
    const { truth, posts } = week;
    const kinds = new Set(truth.events.map(({ kind }) => kind));
    for (const { kind } of PLOTS) expect(kinds).toContain(kind);
    expect(truth.relations.map(({ type }) => type).sort()).toEqual(['merge', 'recurring', 'split', 'twins']);
    expect(truth.traps.map(({ kind }) => kind)).toEqual(['spam', 'coordinated', 'reposted', 'copied', 'topic-peak']);
    const told = [...truth.events, ...truth.traps]
      .flatMap((planted) => planted.posts)
      .concat(Object.keys(truth.background));
    expect(told.sort()).toEqual(posts.map(({ id }) => id).sort());
    expect(Object.keys(truth.opinions).sort()).toEqual(truth.events.flatMap((event) => event.posts).sort());
  });

  it('begins no event in the first day, and keeps each within the times that it tells', () => {
    const at = new Map(week.posts.map(({ id, createdAt }) => [id, createdAt]));
    for (const { start, peak, end, posts } of week.truth.events) {
      const times = posts.map((id) => at.get(id)!);
      expect([Math.min(...times), Math.max(...times)]).toEqual([Date.parse(start), Date.parse(end)]);
      expect(Date.parse(start)).toBeGreaterThan(OPTIONS.start + 24 * HOUR);
      expect(Date.parse(peak)).toBeGreaterThanOrEqual(Date.parse(start));
      expect(Date.parse(peak)).toBeLessThanOrEqual(Date.parse(end));
    }
  });

  it('sets traps that are what they are called', () => {
    const byId = new Map(week.posts.map((post) => [post.id, post]));
    const of = (id: string) => week.truth.traps.find((trap) => trap.id === id)!.posts.map((post) => byId.get(post)!);
    const authors = (id: string) => new Set(of(id).map(({ author }) => author)).size;
    const pictures = (id: string) => new Set(of(id).map(({ imageKey }) => imageKey)).size;
    expect([of('spam').length, authors('spam')]).toEqual([200, 1]);
    const times = of('coordinated').map(({ createdAt }) => createdAt);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(5 * 60_000);
    expect([authors('coordinated'), pictures('coordinated')]).toEqual([60, 1]);
    expect([pictures('reposted'), authors('reposted') > 60]).toEqual([1, true]);
    expect(of('copied').every(({ text }) => text.includes('copy and paste this'))).toBe(true);
  });

  it('is quiet at night, and has more of a topic at its hours', () => {
    const hour = (at: number) => Math.floor((at % (24 * HOUR)) / HOUR);
    const between = (posts: readonly { createdAt: number }[], from: number, to: number) =>
      posts.filter(({ createdAt }) => hour(createdAt) >= from && hour(createdAt) < to).length;
    const daily = week.posts.filter(({ id }) => id in week.truth.background);
    expect(between(daily, 18, 22)).toBeGreaterThan(3 * between(daily, 2, 6));
    const commute = daily.filter(({ id }) => week.truth.background[id] === 'commute');
    expect(between(commute, 6, 9) + between(commute, 16, 19)).toBeGreaterThan(0.5 * commute.length);
  });

  it('brings late posts when they arrive, with the time at which they were made', () => {
    const { posts } = simulate({ ...OPTIONS, late: 0.3 });
    const late = posts.filter(({ createdAt, receivedAt }) => receivedAt > createdAt);
    expect(late.length / posts.length).toBeCloseTo(0.3, 1);
    const arrivals = posts.map(({ receivedAt }) => receivedAt);
    expect(arrivals).toEqual([...arrivals].sort((a, b) => a - b));
  });
});

describe('the scenes of plots and topics', () => {
  const scenes = [
    ...PLOTS.flatMap((plot) => [plot, ...(plot.parts ?? [])]).flatMap((plot) => plot.scenes),
    ...TOPICS.flatMap((topic) => topic.scenes),
  ];

  it('can all be drawn, of things that exist', async () => {
    const sprites = await testSprites();
    const drawn = new Set([...week.pictures.values()].map((facts) => facts.actor));
    for (const { actor, object, second, far } of scenes) {
      for (const name of [actor, object, second?.actor, far]) if (name !== undefined) classOf(name);
      expect(drawn).toContain(actor);
    }
    for (const [i, scene] of scenes.entries())
      for (const hour of [3, 15]) {
        const facts = factsAt(scene, OPTIONS.start + hour * HOUR, randomOf('test', i, hour));
        expect(sceneWith(sprites, { facts, id: `${i}` }).layers.length).toBeGreaterThan(0);
      }
    for (const { imageKey: key, caption } of week.posts.filter(({ imageKey }) => imageKey !== null).slice(0, 500))
      expect(sceneWith(sprites, { facts: week.pictures.get(key!)!, id: key! }).references).toContain(caption);
  });
});
