// How good a detector's hotspots are, against the truth of a stream with planted events. The figures and their rules are those of
// score_hotspots.py, which came with the public stream; test/evaluation/hotspots.test.ts compares with what it prints.
import { AppError } from '../../errors.js';
import { adjustedRand, pairsOf, vMeasure } from './clusterAgreement.js';
import { createMembers, type Members } from './members.js';
import { activeAt, HOUR, list, liveAt, MINUTE, object, TICK, type Truth, text, time, WARM_UP } from './truth.js';

/** Names and order are those of score_hotspots.py. */
export interface HotspotFigures {
  readonly recall: number;
  readonly recall_whole: number;
  readonly latency_median: number | null;
  readonly latency_p90: number | null;
  readonly precision10: number;
  readonly precision_listed: number;
  readonly presence: number;
  readonly repeats: number;
  readonly false_alarms_per_day: number;
  readonly traps: readonly string[];
  readonly trap_hits: number;
  readonly stability: number;
  readonly stability_events: number;
  readonly pair_purity: number;
  readonly pair_recall: number;
  readonly v: number;
  readonly ari: number;
  readonly assigned: number;
  readonly covered: number;
  readonly split_seen: boolean;
  readonly merge_seen: boolean;
  readonly recurrence_kept: boolean | null;
  readonly ranks: number;
  readonly assigned_before_posted: number;
}

export interface EventFigures {
  readonly id: string;
  readonly kind: string;
  readonly posts: number;
  /** Minutes; null: not found. */
  readonly latency: number | null;
  readonly stability: number | null;
}

const LISTED = 10;
const TRAPPED = 5;
const ORDER: Readonly<Record<string, number>> = { assign: 0, hotspot: 1, rank: 2 };

type Row =
  | { readonly at: number; readonly kind: 'assign'; readonly post: string; readonly hotspot: string | null }
  | {
      readonly at: number;
      readonly kind: 'hotspot';
      readonly id: string;
      readonly event: unknown;
      readonly into: string | null;
      readonly from: string | null;
    }
  | { readonly at: number; readonly kind: 'rank'; readonly ids: readonly string[] };

/** Scores the rows of a result. Throws AppError BAD_USER_INPUT naming the row that can't be used. */
export function scoreHotspots(
  truth: Truth,
  result: readonly unknown[],
): { readonly figures: HotspotFigures; readonly events: readonly EventFigures[] } {
  const rows = result
    .map((value, i) => readRow(value, i, truth))
    .sort((a, b) => a.at - b.at || ORDER[a.kind]! - ORDER[b.kind]!);
  const members = createMembers(truth);
  const seen = watch(truth, rows, members);
  const { found, whole, shownBy, into, back, mergers } = seen;

  const stability = new Map<string, number>();
  for (const { id, kind } of truth.events.values()) {
    const share = stabilityOf(id, groups(members, truth, kind === 'recurring' ? [into, back] : [into]), truth);
    if (share !== null) stability.set(id, share);
  }
  const pairs = pairFigures(members, truth, into);
  const planted = [...truth.events.values()].flatMap(({ id, posts }) => posts.map((post) => ({ post, id })));
  const home = (post: string) => members.of.get(post) ?? null;
  const latency = new Map(
    [...found].map(([id, at]) => [id, Math.max(0, at - (truth.events.get(id)!.detectable ?? at)) / MINUTE]),
  );
  const latencies = [...latency.values()].sort((a, b) => a - b);
  const quantile = (share: number) =>
    latencies.length === 0
      ? null
      : rounded(latencies[Math.min(latencies.length - 1, Math.ceil(share * latencies.length) - 1)]!, 1);
  const days = (truth.stop - truth.start - WARM_UP) / (24 * HOUR);
  const alarms = [...seen.listed].filter((hotspot) => !seen.good.has(hotspot)).length;
  const recurring = [...truth.events.values()].find(({ kind }) => kind === 'recurring');
  const [left, right] = (truth.split ?? []).map((part) => shownBy.get(part) ?? new Set<string>());
  const figures: HotspotFigures = {
    recall: rounded(found.size / truth.events.size, 4),
    recall_whole: rounded(whole.size / truth.events.size, 4),
    latency_median: quantile(0.5),
    latency_p90: quantile(0.9),
    precision10: mean(seen.precision),
    precision_listed: mean(seen.spoken),
    presence: mean(seen.presence),
    repeats: mean(seen.repeats),
    false_alarms_per_day: rounded(alarms / days, 2),
    traps: [...seen.trapped].sort(),
    trap_hits: seen.trapped.size,
    stability: mean([...stability.values()]),
    stability_events: stability.size,
    ...pairs,
    assigned: mean(planted.map(({ post }) => Number(home(post) !== null))),
    covered: mean(
      planted.map(({ post, id }) => {
        const hotspot = home(post);
        return Number(hotspot !== null && members.family(hotspot) === truth.family.get(id));
      }),
    ),
    split_seen: left !== undefined && right !== undefined && [...left].some((a) => [...right].some((b) => a !== b)),
    merge_seen: truth.merge !== null && mergers.some((shown) => truth.merge!.every((part) => shown.has(part))),
    recurrence_kept: recurring === undefined ? null : (stability.get(recurring.id) ?? 0) >= 0.9,
    ranks: seen.ranks,
    assigned_before_posted: seen.early,
  };
  const events = [...truth.events.values()].map(({ id, kind, posts }) => ({
    id,
    kind,
    posts: posts.length,
    latency: latency.has(id) ? rounded(latency.get(id)!, 0) : null,
    stability: stability.get(id) ?? null,
  }));
  return { figures, events };
}

/** Goes through the rows as a person would who looks at the list every quarter of an hour, and at every new one. */
function watch(truth: Truth, rows: readonly Row[], members: Members) {
  const found = new Map<string, number>();
  const whole = new Set<string>();
  const shownBy = new Map<string, Set<string>>();
  const [listed, good, trapped] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const [into, back] = [new Map<string, string>(), new Map<string, string>()];
  const mergers: ReadonlySet<string>[] = [];
  const precision: number[] = [];
  const spoken: number[] = [];
  const presence: number[] = [];
  const repeats: number[] = [];
  let top: readonly string[] = [];
  let [ranks, early, next] = [0, 0, 0];

  for (let tick = truth.start + TICK; tick <= truth.stop; tick += TICK) {
    for (; next < rows.length && rows[next]!.at <= tick; next += 1) take(rows[next]!);
    look(tick);
    const active = activeAt(truth, tick);
    if (active.length === 0) continue;
    const live = liveAt(truth, tick);
    const show = new Set<string>();
    let [right, again] = [0, 0];
    for (const hotspot of top) {
      const family = members.family(hotspot);
      if (family === null || !live.has(family)) continue;
      const shown = members.shows(hotspot);
      const what = shown.size > 0 ? shown : new Set([family]);
      right += 1;
      if ([...what].every((event) => show.has(event))) again += 1;
      for (const event of what) show.add(event);
    }
    precision.push(top.length > 0 ? right / top.length : 0);
    if (top.length > 0) spoken.push(right / top.length);
    repeats.push(top.length > 0 ? again / top.length : 0);
    const seen = active.filter(
      (event) => show.has(event) || [...truth.instead.get(event)!].some((other) => show.has(other)),
    );
    presence.push(seen.length / active.length);
  }
  // What comes after the end still says where posts belong.
  for (const row of rows.slice(next))
    if (row.kind === 'assign' && row.at >= truth.times.get(row.post)!) members.put(row.post, row.hotspot);
  return {
    found,
    whole,
    shownBy,
    listed,
    good,
    trapped,
    into,
    back,
    mergers,
    precision,
    spoken,
    presence,
    repeats,
    ranks,
    early,
  };

  function take(row: Row): void {
    if (row.kind === 'assign') {
      if (row.at >= truth.times.get(row.post)!) members.put(row.post, row.hotspot);
      else early += 1;
    } else if (row.kind === 'rank') {
      top = row.ids;
      ranks += 1;
      look(row.at);
    } else if (row.event === 'merged' && row.into !== null && row.into !== row.id) {
      into.set(row.id, row.into);
      mergers.push(new Set([...members.shows(row.id), ...members.shows(row.into)]));
    } else if (row.event === 'emerged' && row.from !== null) back.set(row.id, row.from);
  }

  function look(at: number): void {
    for (const [place, hotspot] of top.entries()) {
      if (at - truth.start > WARM_UP) {
        listed.add(hotspot);
        if (place < TRAPPED) for (const trap of members.traps(hotspot)) trapped.add(trap);
      }
      if (members.family(hotspot) !== null) good.add(hotspot);
      for (const event of members.shows(hotspot)) {
        good.add(hotspot);
        if (!shownBy.has(event)) shownBy.set(event, new Set());
        shownBy.get(event)!.add(hotspot);
        const { end, said } = truth.events.get(event)!;
        if (at > end + HOUR) continue;
        if (!found.has(event)) found.set(event, at);
        const soFar = said.filter((one) => one.at <= at).length;
        if (members.count(hotspot, event) >= 0.5 * soFar) whole.add(event);
      }
    }
  }
}

type Links = ReadonlyMap<string, string>;

/** What a hotspot became part of in the end, or its first life; circles end where they are noticed. */
function follow(hotspot: string, links: readonly Links[]): string {
  const seen = new Set<string>();
  let at = hotspot;
  while (!seen.has(at)) {
    seen.add(at);
    const next = links.find((link) => link.has(at))?.get(at);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

/** Posts by their final hotspot and label. */
function groups(members: Members, truth: Truth, links: readonly Links[]): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const [post, hotspot] of members.of) {
    if (hotspot === null) continue;
    const end = follow(hotspot, links);
    const labels = found.get(end) ?? new Map<string, number>();
    found.set(end, labels);
    const label = truth.labels.get(post) ?? '';
    labels.set(label, (labels.get(label) ?? 0) + 1);
  }
  return found;
}

/** The largest share of an event's posts under one hotspot that is of its family; null of fewer than five posts. */
function stabilityOf(
  event: string,
  found: ReadonlyMap<string, ReadonlyMap<string, number>>,
  truth: Truth,
): number | null {
  let all = 0;
  for (const labels of found.values()) all += labels.get(event) ?? 0;
  if (all < 5) return null;
  const relatives = [...truth.events.keys()].filter((id) => truth.family.get(id) === truth.family.get(event));
  let best = 0;
  for (const labels of found.values()) {
    const mine = labels.get(event) ?? 0;
    const size = [...labels.values()].reduce((a, b) => a + b, 0);
    const family = relatives.reduce((sum, id) => sum + (labels.get(id) ?? 0), 0);
    if (mine > 0 && family >= 0.5 * size) best = Math.max(best, mine / all);
  }
  return best;
}

function pairFigures(members: Members, truth: Truth, into: Links) {
  let [right, both] = [0, 0];
  for (const labels of groups(members, truth, [into]).values()) {
    const counted = new Map<string, number>();
    let size = 0;
    let planted = 0;
    for (const [label, posts] of labels) {
      const pair = truth.pairs.get(label);
      if (pair === null) continue;
      size += posts;
      if (pair === undefined) continue;
      planted += posts;
      counted.set(pair, (counted.get(pair) ?? 0) + posts);
    }
    for (const posts of counted.values()) right += pairsOf(posts);
    both += pairsOf(size) - pairsOf(size - planted);
  }
  const labels: string[] = [];
  const found: string[] = [];
  const totals = new Map<string, number>();
  for (const { id, posts } of truth.events.values()) {
    const pair = truth.pairs.get(id)!;
    if (pair === null) continue;
    for (const post of posts) {
      const hotspot = members.of.get(post) ?? null;
      totals.set(pair, (totals.get(pair) ?? 0) + 1);
      labels.push(pair);
      found.push(hotspot === null ? `post ${post}` : `hotspot ${follow(hotspot, [into])}`);
    }
  }
  const all = [...totals.values()].reduce((sum, posts) => sum + pairsOf(posts), 0);
  return {
    pair_purity: both > 0 ? rounded(right / both, 4) : 0,
    pair_recall: rounded(right / Math.max(1, all), 4),
    v: rounded(vMeasure(labels, found), 4),
    ari: rounded(adjustedRand(labels, found), 4),
  };
}

function readRow(value: unknown, index: number, truth: Truth): Row {
  const name = `row ${index + 1}`;
  const row = object(value, name);
  const at = time(row.at, `${name}: at`);
  const optional = (field: unknown) => (typeof field === 'string' && field !== '' ? field : null);
  switch (row.type) {
    case 'assign': {
      const post = text(row.post, `${name}: post`);
      if (!truth.times.has(post)) throw new AppError('BAD_USER_INPUT', `${name}: post ${post} is not in the stream`);
      return { at, kind: 'assign', post, hotspot: optional(row.hotspot) };
    }
    case 'hotspot':
      return {
        at,
        kind: 'hotspot',
        id: text(row.hotspot, `${name}: hotspot`),
        event: row.event,
        into: optional(row.into),
        from: optional(row.from),
      };
    case 'rank': {
      const ids = list(row.hotspots, `${name}: hotspots`).map((one) =>
        text(object(one, name).hotspot, `${name}: a hotspot`),
      );
      return { at, kind: 'rank', ids: ids.slice(0, LISTED) };
    }
    default:
      throw new AppError('BAD_USER_INPUT', `${name}: type: expected assign, hotspot or rank`);
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : rounded(values.reduce((a, b) => a + b, 0) / values.length, 4);
}

/** To so many digits, a number exactly between two to the even one, as Python's round does. */
export function rounded(value: number, digits: number): number {
  const [whole, fraction = ''] = Math.abs(value)
    .toFixed(Math.min(100, digits + 60))
    .split('.');
  const rest = fraction.slice(digits);
  const kept = BigInt(`${whole}${fraction.slice(0, digits)}`);
  const half = `5${'0'.repeat(rest.length - 1)}`;
  const up = rest > half || (rest === half && kept % 2n === 1n);
  return (Math.sign(value) * Number(kept + (up ? 1n : 0n))) / 10 ** digits;
}
