// A week of a city that does not exist: posts as they arrive, and the truth about them.
import { referencesOf } from '../training/scenes/caption.js';
import type { Facts } from '../training/scenes/facts.js';
import { type Random, randomOf } from '../training/scenes/random.js';
import { DAY, HOUR } from './course.js';
import type { Draft } from './draft.js';
import { type Happening, happenings, type Relation, type Span } from './happenings.js';
import { ordinary } from './ordinary.js';
import { eveningPeak, type Trap, traps } from './traps.js';
import type { Feeling } from './voices.js';

export interface SimulateOptions {
  readonly seed: number;
  /** ms, UTC; a Monday midnight keeps rhythms plain. */
  readonly start: number;
  readonly days: number;
  /** Posts, against 10,000 in seven days. */
  readonly rate: number;
  /** Share of posts that arrive minutes to hours after they were made. */
  readonly late: number;
}

export interface SimulatedPost {
  readonly id: string;
  readonly createdAt: number;
  /** When it arrives: createdAt, or later. */
  readonly receivedAt: number;
  readonly author: string;
  readonly text: string;
  /** What a captioner without mistakes says of the picture; '' where there is none. */
  readonly caption: string;
  readonly imageKey: string | null;
}

/** What is planted, as `hotlens eval hotspots` reads it; times in ISO 8601. */
export interface SimulatedTruth {
  readonly seed: number;
  readonly start: string;
  readonly end: string;
  readonly count: number;
  readonly events: readonly TruthOfEvent[];
  readonly relations: readonly Relation[];
  readonly traps: readonly { readonly id: string; readonly kind: string; readonly posts: readonly string[] }[];
  /** The everyday topic of every other post; null: of none. */
  readonly background: Readonly<Record<string, string | null>>;
  /** What the author of a post about an event feels. */
  readonly opinions: Readonly<Record<string, Feeling>>;
}

interface TruthOfEvent {
  readonly id: string;
  readonly kind: string;
  readonly start: string;
  readonly peak: string;
  readonly end: string;
  readonly description: string;
  readonly posts: readonly string[];
}

export interface Simulation {
  /** In the order in which they arrive. */
  readonly posts: readonly SimulatedPost[];
  /** By imageKey. */
  readonly pictures: ReadonlyMap<string, Facts>;
  readonly truth: SimulatedTruth;
}

/** Posts in a day at rate 1. */
const DAILY = 10_000 / 7;
/** Mean hours by which a late post is late. */
const LATE_BY = 0.75;
/** The topic whose evenings are a trap. */
const EVENING_TOPIC = 'sunset';

/** The same options give the same simulation, to the last letter, on every machine. */
export function simulate(options: SimulateOptions): Simulation {
  const { seed, start, days, rate, late } = options;
  const span: Span = { seed, start, end: start + days * DAY, rate };
  const planted = happenings(span);
  const set = traps(span);
  const special = [...planted.happenings, ...set].flatMap(({ drafts }) => drafts);
  const daily = ordinary(span, Math.max(0, Math.round(DAILY * days * rate) - special.length));
  const random = randomOf('arrival', seed);
  const arriving = [...special, ...daily]
    .sort((a, b) => a.at - b.at)
    .map((draft) => ({ draft, receivedAt: draft.at + (random.chance(late) ? delay(random) : 0) }))
    .sort((a, b) => a.receivedAt - b.receivedAt);
  const ids = new Map<Draft, string>();
  const pictures = new Map<string, Facts>();
  const captions = new Map<string, string>();
  const posts = arriving.map(({ draft, receivedAt }, i): SimulatedPost => {
    const id = `p${String(i + 1).padStart(6, '0')}`;
    ids.set(draft, id);
    const { picture } = draft;
    if (picture !== null && !pictures.has(picture.key)) {
      pictures.set(picture.key, picture.facts);
      captions.set(picture.key, captionOf(picture.key, picture.facts));
    }
    const caption = picture === null ? '' : captions.get(picture.key)!;
    const { at: createdAt, author, text } = draft;
    return { id, createdAt, receivedAt, author, text, caption, imageKey: picture?.key ?? null };
  });
  const evening = eveningPeak(daily, EVENING_TOPIC, span);
  return { posts, pictures, truth: truthOf(span, { ...planted, set: [...set, evening], daily, ids }) };
}

/** One of the captions that the scene of that name has when it is drawn: see sceneWith. */
function captionOf(key: string, facts: Facts): string {
  return referencesOf(facts, randomOf('captions', key))[0]!;
}

function delay(random: Random): number {
  return Math.floor(-Math.log(1 - random.next()) * LATE_BY * HOUR);
}

interface Planted {
  readonly happenings: readonly Happening[];
  readonly relations: readonly Relation[];
  readonly set: readonly Trap[];
  readonly daily: readonly Draft[];
  readonly ids: ReadonlyMap<Draft, string>;
}

function truthOf(
  { seed, start, end }: Span,
  { happenings: told, relations, set, daily, ids }: Planted,
): SimulatedTruth {
  const iso = (at: number) => new Date(at).toISOString();
  const idsOf = (drafts: readonly Draft[]) => drafts.map((draft) => ids.get(draft)!).sort();
  const trapped = new Set(set.flatMap(({ drafts }) => drafts));
  const events = told
    .map(({ id, kind, description, peak, drafts }) => {
      const times = drafts.map(({ at }) => at);
      const [first, last] = [Math.min(...times), Math.max(...times)];
      // The span may end before the peak.
      const top = Math.min(peak, last);
      return { id, kind, start: iso(first), peak: iso(top), end: iso(last), description, posts: idsOf(drafts) };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const opinions = told.flatMap(({ drafts }) => drafts.map((draft) => [ids.get(draft)!, draft.feeling] as const));
  const others = daily.filter((draft) => !trapped.has(draft));
  return {
    seed,
    start: iso(start),
    end: iso(end),
    count: ids.size,
    events,
    relations: relations.filter((relation) => whole(relation, new Set(events.map(({ id }) => id)))),
    traps: set.map(({ id, kind, drafts }) => ({ id, kind, posts: idsOf(drafts) })),
    background: Object.fromEntries(others.map((draft) => [ids.get(draft)!, draft.topic ?? null])),
    opinions: Object.fromEntries(opinions),
  };
}

/** A part that the span has no room for takes its relation with it. */
function whole({ from, into, events, event }: Relation, there: ReadonlySet<string>): boolean {
  return [from, into, events, event].flat().every((id) => id === undefined || there.has(id as string));
}
