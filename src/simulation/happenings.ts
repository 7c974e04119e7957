// The events of a simulated stream: which happen, when, and the posts about each.
import { factsOf } from '../training/scenes/facts.js';
import { type Random, randomOf } from '../training/scenes/random.js';
import { awake, DAY, HOUR, moment } from './course.js';
import { type Draft, factsAt, type Picture, pictureKey } from './draft.js';
import { NAMES_OF_PLACES, PLOTS, type Plot } from './plots.js';
import { authorName, feelingOf, say } from './voices.js';

export interface Happening {
  readonly id: string;
  readonly kind: string;
  readonly description: string;
  readonly peak: number;
  readonly drafts: readonly Draft[];
}

export interface Relation {
  readonly type: 'split' | 'merge' | 'twins' | 'recurring';
  readonly from?: string | readonly string[];
  readonly into?: string | readonly string[];
  readonly events?: readonly string[];
  readonly event?: string;
}

export interface Span {
  readonly seed: number;
  /** ms. */
  readonly start: number;
  readonly end: number;
  /** Posts there are, against ten thousand in a week. */
  readonly rate: number;
}

/** Stories in a week. */
const STORIES = 14;
/** An event of fewer posts is none: it could not be found. */
const FEWEST = 16;
/** Share of the posts about an event that are of somebody who wrote of it before. */
const AGAIN = 0.15;
/** Share of the posts about an event that show its picture anew, something else, or nothing. */
const SHARED = 0.18;
const BESIDE = 0.1;
const BARE = 0.06;
/** The same where a story is told more than shown. */
const BARE_TEXTUAL = 0.85;

type Part = Pick<Plot, 'course' | 'scenes' | 'says' | 'tag' | 'opinion' | 'turns'>;

/** What happens in a span of time: the same seed, the same stories. None begins in the first day: a detector learns by then. */
export function happenings({ seed, start, end, rate }: Span): { happenings: Happening[]; relations: Relation[] } {
  const random = randomOf('stories', seed);
  const days = (end - start) / DAY;
  const stories = Math.max(1, Math.round((STORIES * days) / 7));
  const rounds = Math.ceil(stories / PLOTS.length);
  const plots = Array.from({ length: rounds }, () => random.shuffled(PLOTS))
    .flat()
    .slice(0, stories);
  const places = random.shuffled(NAMES_OF_PLACES);
  const found: Happening[] = [];
  const relations: Relation[] = [];
  for (const [i, plot] of plots.entries()) {
    const id = `e${String(i + 1).padStart(2, '0')}`;
    const place = (which: number) => places[(2 * i + which) % places.length]!;
    // Later rounds tell their story elsewhere, with other words of it.
    const lots = randomOf('story', seed, i);
    const begin = beginning(plot, { start, end }, lots);
    if (begin === null) continue;
    const tell = (name: string, part: Part, at: number, where: string, kind: string = plot.kind) =>
      found.push(told({ id: name, kind, plot: part, begin: at, end, where, rate, steep: plot.kind === 'slow', lots }));
    const { rise, fall } = plot.course;
    switch (plot.kind) {
      case 'split': {
        const [one, other] = plot.parts!;
        tell(id, plot, begin, place(0));
        // What comes of it begins while it fades.
        tell(`${id}a`, one!, begin + (rise + 0.5 * fall) * HOUR, place(0), 'split-part');
        tell(`${id}b`, other!, begin + (rise + 1.1 * fall) * HOUR, place(0), 'split-part');
        relations.push({ type: 'split', from: id, into: [`${id}a`, `${id}b`] });
        break;
      }
      case 'merge': {
        const [one, other] = plot.parts!;
        tell(`${id}a`, one!, begin, place(0), 'merge-part');
        tell(`${id}b`, other!, begin + lots.between(0, 0.4) * HOUR, place(0), 'merge-part');
        tell(id, plot, begin + (one!.course.rise + 0.7 * one!.course.fall) * HOUR, place(0));
        relations.push({ type: 'merge', from: [`${id}a`, `${id}b`], into: id });
        break;
      }
      case 'twin':
        tell(`${id}a`, plot, begin, place(0));
        tell(`${id}b`, plot, begin + lots.between(0.5, 4) * HOUR, place(1));
        relations.push({ type: 'twins', events: [`${id}a`, `${id}b`] });
        break;
      case 'recurring': {
        const evenings = [0, 1, 2].map((day) =>
          told({ id, kind: plot.kind, plot, begin: begin + day * DAY, end, where: place(0), rate, steep: false, lots }),
        );
        const drafts = evenings.flatMap((evening) => evening.drafts);
        found.push({ ...evenings[0]!, drafts });
        relations.push({ type: 'recurring', event: id });
        break;
      }
      default:
        tell(id, plot, begin, place(0));
    }
  }
  return { happenings: found.filter(({ drafts }) => drafts.length > 0), relations };
}

/** When a plot begins; null where the span has no room for it. */
function beginning(plot: Plot, { start, end }: Pick<Span, 'start' | 'end'>, random: Random): number | null {
  const { rise, fall, begins } = plot.course;
  const lasts = (rise + fall) * HOUR + (plot.kind === 'recurring' ? 2 * DAY : 0);
  const [first, last] = [start + 1.1 * DAY, end - Math.min(lasts, 0.6 * (end - start))];
  if (last <= first) return null;
  const lot = random.between(first, last);
  if (begins === undefined) return lot;
  const day = Math.floor(lot / DAY) * DAY;
  const at = day + random.between(begins[0], begins[1]) * HOUR;
  return at < first ? at + DAY : at;
}

interface Telling {
  readonly id: string;
  readonly kind: string;
  readonly plot: Part & { readonly name?: string };
  readonly begin: number;
  readonly end: number;
  readonly where: string;
  readonly rate: number;
  readonly steep: boolean;
  readonly lots: Random;
}

function told({ id, kind, plot, begin, end, where, rate, steep, lots }: Telling): Happening {
  const { course } = plot;
  const count = Math.max(FEWEST, Math.round(course.posts * rate * lots.between(0.75, 1.25)));
  const peak = begin + course.rise * HOUR;
  const says = lots
    .shuffled(plot.says)
    .slice(0, Math.ceil(0.8 * plot.says.length))
    .map((words) => words.replaceAll('~', where));
  const tag = lots.chance(0.5) ? plot.tag : `${where.replaceAll(' ', '').toLowerCase()}${plot.tag}`;
  const long = course.rise + course.fall > 12;
  const times = Array.from({ length: count }, () => when());
  const seen: Picture[] = [];
  const authors: string[] = [];
  const drafts = times
    .filter((at) => at < end)
    .sort((a, b) => a - b)
    .map((at): Draft => {
      const feeling = feelingOf(at > peak ? (plot.turns ?? plot.opinion) : plot.opinion, lots);
      const phase = Math.min((at - begin) / ((course.rise + course.fall) * HOUR), 0.999);
      return {
        at,
        author: author(),
        text: say(kind === 'drift' ? around(says, phase, lots) : says, tag, feeling, lots),
        picture: picture(at, phase),
        feeling,
        event: id,
      };
    });
  return { id, kind, description: `${plot.name ?? id}, ${where}`, peak, drafts };

  /** People sleep, also while something long goes on. */
  function when(): number {
    for (;;) {
      const at = begin + moment(course, lots, steep) * HOUR;
      if (!long || lots.next() < awake(at)) return Math.floor(at);
    }
  }

  function author(): string {
    if (authors.length > 0 && lots.chance(AGAIN)) return lots.pick(authors);
    authors.push(authorName(lots.below(9_000_000)));
    return authors.at(-1)!;
  }

  function picture(at: number, phase: number): Picture | null {
    if (lots.chance(kind === 'textual' ? BARE_TEXTUAL : BARE)) return null;
    if (seen.length > 0 && lots.chance(SHARED)) return lots.pick(seen);
    const key = pictureKey(lots);
    const facts = lots.chance(BESIDE)
      ? factsOf({ seed: lots.below(1e9), split: 'train', domain: 'calm', index: 0 })
      : factsAt(lots.pick(kind === 'drift' ? around(plot.scenes, phase, lots) : plot.scenes), at, lots);
    seen.push({ key, facts });
    return seen.at(-1)!;
  }
}

/** What a story that moves on is at: one of its stages, or a neighbour of it. */
function around<T>(stages: readonly T[], phase: number, random: Random): T[] {
  const at = Math.floor(phase * stages.length + random.between(-0.5, 0.5));
  return [stages[Math.min(Math.max(at, 0), stages.length - 1)]!];
}
