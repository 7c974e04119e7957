// What is really in a stream: planted events, how they are related, and traps.
import { AppError } from '../../errors.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Time between two looks. */
export const TICK = 15 * MINUTE;
/** What is listed in the first day costs nothing. */
export const WARM_UP = 24 * HOUR;

/** An event is detectable from so many posts by so many authors on, and active while so many authors post about it. */
const DETECTABLE = { posts: 8, authors: 5 };
const ACTIVE = { authors: 5, hours: 3 };
const LIVE_HOURS = 6;

export interface TruthEvent {
  readonly id: string;
  readonly kind: string;
  readonly end: number;
  readonly posts: readonly string[];
  /** Its posts' times and authors, the oldest first. */
  readonly said: readonly { readonly at: number; readonly author: string }[];
  /** From when it could be found; null: never. */
  readonly detectable: number | null;
}

export interface Truth {
  readonly start: number;
  readonly stop: number;
  /** By post: its time. */
  readonly times: ReadonlyMap<string, number>;
  readonly authors: ReadonlyMap<string, string>;
  readonly events: ReadonlyMap<string, TruthEvent>;
  readonly traps: readonly string[];
  /** By post: its event, or 'trap:' and its trap. */
  readonly labels: ReadonlyMap<string, string>;
  /** Events whose posts don't count when it is asked whether a hotspot shows an event: its relatives. */
  readonly neutral: ReadonlyMap<string, ReadonlySet<string>>;
  /** Other parts of the same split. */
  readonly siblings: ReadonlyMap<string, ReadonlySet<string>>;
  /** Events that are as good to show: the parts of a split, the whole of a merge. */
  readonly instead: ReadonlyMap<string, ReadonlySet<string>>;
  /** Events joined by splits and merges share one. */
  readonly family: ReadonlyMap<string, string>;
  /** What an event counts as among pairs; null: not at all (the joint phase before a split). */
  readonly pairs: ReadonlyMap<string, string | null>;
  readonly split: readonly string[] | null;
  readonly merge: readonly string[] | null;
}

interface Relation {
  readonly type: string;
  readonly from?: unknown;
  readonly into?: unknown;
}

/** Reads truth.json and the posts of its stream. Throws AppError BAD_USER_INPUT naming what is missing. */
export function readTruth(truth: unknown, posts: readonly unknown[]): Truth {
  const file = object(truth, 'truth');
  const times = new Map<string, number>();
  const authors = new Map<string, string>();
  for (const [i, value] of posts.entries()) {
    const post = object(value, `post ${i + 1}`);
    const id = text(post.id, `post ${i + 1}: id`);
    times.set(id, time(post.createdAt, `post ${id}: createdAt`));
    authors.set(id, text(post.author, `post ${id}: author`));
  }
  const events = new Map<string, TruthEvent>();
  const labels = new Map<string, string>();
  for (const value of list(file.events, 'truth: events')) {
    const event = object(value, 'truth: an event');
    const id = text(event.id, 'truth: id of an event');
    const ids = list(event.posts, `truth: posts of ${id}`).map((post) => known(post, id));
    const said = ids
      .map((post) => ({ at: times.get(post)!, author: authors.get(post)! }))
      .sort((a, b) => a.at - b.at || (a.author < b.author ? -1 : a.author > b.author ? 1 : 0));
    const [kind, end] = [text(event.kind, `truth: kind of ${id}`), time(event.end, `truth: end of ${id}`)];
    events.set(id, { id, kind, end, posts: ids, said, detectable: detectableFrom(said) });
    for (const post of ids) labels.set(post, id);
  }
  const traps = list(file.traps ?? [], 'truth: traps').map((value) => {
    const trap = object(value, 'truth: a trap');
    const id = text(trap.id, 'truth: id of a trap');
    for (const post of list(trap.posts, `truth: posts of ${id}`)) labels.set(known(post, id), `trap:${id}`);
    return id;
  });
  return {
    start: time(file.start, 'truth: start'),
    stop: time(file.end, 'truth: end'),
    times,
    authors,
    events,
    traps,
    labels,
    ...related(events, list(file.relations ?? [], 'truth: relations') as Relation[]),
  };

  function known(post: unknown, of: string): string {
    const id = text(post, `truth: a post of ${of}`);
    if (!times.has(id)) throw new AppError('BAD_USER_INPUT', `truth: post ${id} of ${of} is not in the stream`);
    return id;
  }
}

function related(events: ReadonlyMap<string, TruthEvent>, relations: readonly Relation[]) {
  const sets = () => new Map([...events.keys()].map((id) => [id, new Set<string>()]));
  const [neutral, siblings, instead] = [sets(), sets(), sets()];
  const family = new Map([...events.keys()].map((id) => [id, id]));
  const pairs = new Map<string, string | null>([...events.keys()].map((id) => [id, id]));
  let split: string[] | null = null;
  let merge: string[] | null = null;
  const event = (value: unknown) => {
    const id = text(value, 'truth: an event of a relation');
    if (!events.has(id))
      throw new AppError('BAD_USER_INPUT', `truth: a relation names event ${id}, which is not there`);
    return id;
  };
  for (const { type, from, into } of relations) {
    if (type === 'split') {
      const whole = event(from);
      const parts = list(into, 'truth: into of a split').map(event);
      split = parts;
      pairs.set(whole, null);
      for (const part of parts) {
        neutral.get(whole)!.add(part);
        instead.get(whole)!.add(part);
        neutral.get(part)!.add(whole);
        for (const other of parts) if (other !== part) siblings.get(part)!.add(other);
        family.set(part, whole);
      }
    } else if (type === 'merge') {
      const whole = event(into);
      const parts = list(from, 'truth: from of a merge').map(event);
      merge = parts;
      for (const part of parts) {
        neutral.get(whole)!.add(part);
        neutral.get(part)!.add(whole);
        instead.get(part)!.add(whole);
        family.set(part, whole);
        pairs.set(part, whole);
      }
    }
  }
  return { neutral, siblings, instead, family, pairs, split, merge };
}

function detectableFrom(said: TruthEvent['said']): number | null {
  const seen = new Set<string>();
  for (const [i, { at, author }] of said.entries()) {
    seen.add(author);
    if (i + 1 >= DETECTABLE.posts && seen.size >= DETECTABLE.authors) return at;
  }
  return null;
}

/** Distinct authors after a time, up to another. */
export function authorsSince({ said }: TruthEvent, from: number, to: number): number {
  return new Set(said.filter(({ at }) => from < at && at <= to).map(({ author }) => author)).size;
}

/** Events that a list should show at a time. */
export function activeAt({ events }: Truth, at: number): string[] {
  return [...events.values()]
    .filter(
      (event) =>
        event.detectable !== null &&
        event.detectable <= at &&
        authorsSince(event, at - ACTIVE.hours * HOUR, at) >= ACTIVE.authors,
    )
    .map(({ id }) => id);
}

/** Families that a list may show at a time. */
export function liveAt({ events, family }: Truth, at: number): Set<string> {
  const live = new Set<string>();
  for (const event of events.values())
    if (authorsSince(event, at - LIVE_HOURS * HOUR, at) > 0) live.add(family.get(event.id)!);
  return live;
}

export function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new AppError('BAD_USER_INPUT', `${name}: expected an object`);
}

export function list(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new AppError('BAD_USER_INPUT', `${name}: expected a list`);
}

export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new AppError('BAD_USER_INPUT', `${name}: expected a text`);
}

export function time(value: unknown, name: string): number {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isFinite(at)) return at;
  throw new AppError('BAD_USER_INPUT', `${name}: expected a date and time, such as 2026-03-02T00:10:19Z`);
}
