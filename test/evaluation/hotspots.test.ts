// Figures against what score_hotspots.py, which came with the public stream, prints for the same files (test/fixtures/README.md).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { adjustedRand, vMeasure } from '../../src/evaluation/hotspots/clusterAgreement.js';
import { rounded, scoreHotspots } from '../../src/evaluation/hotspots/scoreHotspots.js';
import { activeAt, readTruth, type Truth } from '../../src/evaluation/hotspots/truth.js';

const FOLDER = 'test/fixtures/hotspots';
const rows = (file: string): Record<string, unknown>[] =>
  readFileSync(`${FOLDER}/${file}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const file = JSON.parse(readFileSync(`${FOLDER}/truth.json`, 'utf8')) as {
  events: { id: string; posts: string[] }[];
  traps: { id: string; posts: string[] }[];
  start: string;
  end: string;
};
const posts = rows('posts.ndjson') as { id: string; createdAt: string; author: string }[];
const truth: Truth = readTruth(file, posts);
const expected = JSON.parse(readFileSync(`${FOLDER}/expected.json`, 'utf8')) as Record<string, unknown>[];

const ticks = (() => {
  const found: string[] = [];
  for (let at = Date.parse(file.start) + 900_000; at <= Date.parse(file.end); at += 900_000)
    found.push(new Date(at).toISOString());
  return found;
})();
const assigned = (hotspot: (id: string) => string | null) =>
  posts.map(({ id, createdAt }) => ({ type: 'assign', post: id, hotspot: hotspot(id), at: createdAt }));
const listed = (ids: readonly string[]) =>
  ticks.map((at) => ({ type: 'rank', at, hotspots: ids.map((hotspot) => ({ hotspot, score: 1, size: 1 })) }));

describe('scoreHotspots', () => {
  it.each(expected.map((figures, i) => [i, figures] as const))(
    'scores result %i as the reference does',
    (i, figures) => {
      const { figures: mine } = scoreHotspots(truth, rows(`result-${i}.ndjson`));
      expect(mine).toEqual(figures);
      expect(Object.keys(mine)).toEqual(Object.keys(figures));
    },
  );

  it('does not depend on the order of the rows', () => {
    const result = rows('result-0.ndjson').filter(({ type }) => type !== 'assign');
    const { figures } = scoreHotspots(truth, [...assigned((id) => truth.labels.get(id) ?? null), ...result]);
    const turned = [...assigned((id) => truth.labels.get(id) ?? null), ...result].reverse();
    expect(scoreHotspots(truth, turned).figures).toEqual(figures);
  });

  it('gives nothing for silence, and little for one hotspot of everything', () => {
    const silent = scoreHotspots(truth, []).figures;
    expect(silent).toMatchObject({
      recall: 0,
      precision10: 0,
      assigned: 0,
      false_alarms_per_day: 0,
      latency_median: null,
    });
    const one = scoreHotspots(truth, [...assigned(() => 'all'), ...listed(['all'])]).figures;
    expect(one).toMatchObject({ recall: 0, precision10: 0, stability: 0, ari: 0, covered: 0 });
  });

  it('catches every trap', () => {
    const trapOf = new Map(file.traps.flatMap(({ id, posts: of }) => of.map((post) => [post, `t${id}`] as const)));
    const result = [...assigned((id) => trapOf.get(id) ?? null), ...listed(file.traps.map(({ id }) => `t${id}`))];
    const { figures } = scoreHotspots(truth, result);
    expect(figures.trap_hits).toBe(file.traps.length);
    expect(figures.precision10).toBe(0);
  });

  it('does not count posts that are assigned before they exist', () => {
    const early = assigned((id) => truth.labels.get(id) ?? null).map((row) => ({ ...row, at: file.start }));
    expect(scoreHotspots(truth, early).figures).toMatchObject({ assigned: 0, assigned_before_posted: posts.length });
  });

  it.each([
    [[{ type: 'assign', post: 'nobody', hotspot: 'h', at: file.start }], 'row 1: post nobody is not in the stream'],
    [[{ type: 'rank', hotspots: [], at: 'soon' }], 'row 1: at: expected a date and time, such as 2026-03-02T00:10:19Z'],
    [[{ type: 'list', at: file.start }], 'row 1: type: expected assign, hotspot or rank'],
    [[5], 'row 1: expected an object'],
  ])('refuses %j', (result, message) => {
    expect(() => scoreHotspots(truth, result)).toThrow(message);
  });

  it('refuses a truth that does not fit its posts', () => {
    expect(() => readTruth(file, posts.slice(100))).toThrow(/^truth: post p\d+ of \w+ is not in the stream$/);
    expect(() => readTruth({ ...file, events: 5 }, posts)).toThrow('truth: events: expected a list');
    const wrong = { ...file, relations: [{ type: 'split', from: 'e9', into: [] }] };
    expect(() => readTruth(wrong, posts)).toThrow('truth: a relation names event e9, which is not there');
  });

  it('knows when an event could have been found', () => {
    const first = truth.events.get('e1')!;
    expect(first.detectable).toBe(first.said[7]!.at);
    expect(activeAt(truth, first.detectable!)).toContain('e1');
    expect(activeAt(truth, first.detectable! - 1)).not.toContain('e1');
    expect(truth.events.get('e5')!.detectable).toBeNull();
  });
});

describe('agreement of groups', () => {
  it('is 1 for the same, and 0 for one group of all', () => {
    const labels = ['a', 'a', 'b', 'b', 'c'];
    expect(vMeasure(labels, ['x', 'x', 'y', 'y', 'z'])).toBeCloseTo(1);
    expect(adjustedRand(labels, ['x', 'x', 'y', 'y', 'z'])).toBe(1);
    expect(
      vMeasure(
        labels,
        labels.map(() => 'x'),
      ),
    ).toBe(0);
    expect(
      adjustedRand(
        labels,
        labels.map(() => 'x'),
      ),
    ).toBe(0);
    // sklearn.metrics: v_measure_score and adjusted_rand_score of these.
    expect(vMeasure(['a', 'a', 'b', 'b'], ['x', 'y', 'y', 'y'])).toBeCloseTo(0.3437110184854507, 12);
    expect(adjustedRand(['a', 'a', 'b', 'b'], ['x', 'y', 'y', 'y'])).toBe(0);
  });

  it('rounds as Python does', () => {
    expect([
      rounded(0.03125, 4),
      rounded(0.09375, 4),
      rounded(2.5, 0),
      rounded(3.5, 0),
      rounded(-0.5, 0),
      rounded(1 / 3, 4),
    ]).toEqual([0.0312, 0.0938, 2, 4, -0, 0.3333]);
  });
});
