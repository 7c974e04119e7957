// What hotspots are to each other: the same, part of one, or an earlier life.
import { evidenceOf, weighed } from './explain.js';
import { type Hotspot, newestFirst } from './hotspot.js';
import type { Post } from './post.js';
import type { Stream } from './stream.js';
import { HOUR } from './tuning.js';

/** How well one hotspot explains the posts of another. */
export interface Crossing {
  readonly posts: number;
  /** Mean evidence of the embeddings. */
  readonly vector: number;
  /** Share that it would take as members. */
  readonly share: number;
  /** Share whose authors it has too. */
  readonly authors: number;
}

/** How well `by` explains the core members of `of` of the last hours; null where there are none. */
export function crossing(
  by: Hotspot,
  of: Hotspot,
  stream: Stream,
  { now, hours }: { now: number; hours: number },
): Crossing | null {
  const { tuning } = stream;
  // In an order of their own: sums of floats depend on it.
  const posts = newestFirst(of.members).filter(
    ({ at, evidence }) => now - at < hours * HOUR && evidence >= tuning.core,
  );
  if (posts.length === 0) return null;
  const authors = new Set(Array.from(by.members, ({ author }) => author));
  let [vector, taken, shared] = [0, 0, 0];
  for (const post of posts) {
    const evidence = evidenceOf(by, post, stream);
    vector += evidence.vector;
    if (weighed(evidence, tuning) > tuning.member) taken += 1;
    if (authors.has(post.author)) shared += 1;
  }
  const count = posts.length;
  return { posts: count, vector: vector / count, share: taken / count, authors: shared / count };
}

/** Members that a hotspot needs to be compared. */
const COMPARED = { members: 4, hours: 12, core: 3, absorbed: 8 };

export interface Merger {
  readonly whole: Hotspot;
  readonly part: Hotspot;
  readonly reason: string;
}

/** Pairs of living hotspots that are one: the part becomes part of the whole before the next pair is looked for. */
export function* mergers(living: readonly Hotspot[], stream: Stream, now: number): Generator<Merger> {
  const { tuning } = stream;
  const able = living.filter(
    ({ members, last, apart }) => !apart && members.size >= COMPARED.members && now - last < COMPARED.hours * HOUR,
  );
  for (const [i, a] of able.entries())
    for (const b of able.slice(i + 1)) {
      if (a.state !== 'living') break;
      if (b.state !== 'living') continue;
      const byA = crossing(a, b, stream, { now, hours: 24 });
      if (byA === null || byA.posts < COMPARED.core || byA.vector < Math.min(tuning.mergeVector, tuning.absorbVector))
        continue;
      const byB = crossing(b, a, stream, { now, hours: 24 });
      if (byB === null || byB.posts < COMPARED.core) continue;
      const share = (byA.share + byB.share) / 2;
      const authors = (byA.authors + byB.authors) / 2;
      const alike =
        byA.vector >= tuning.mergeVector &&
        byB.vector >= tuning.mergeVector &&
        share >= tuning.mergeShare - tuning.mergeAuthors * authors;
      const inWords = (share: number) => `${Math.round(100 * share)} % of its posts`;
      if (alike) {
        const [whole, part] = a.members.size >= b.members.size ? [a, b] : [b, a];
        const reason = `each explains the other: ${inWords(byA.share)} and ${inWords(byB.share)}, ${Math.round(100 * authors)} % of the authors shared`;
        yield { whole, part, reason };
      } else if (absorbs(byA)) yield { whole: a, part: b, reason: `${a.id} explains ${inWords(byA.share)}` };
      else if (absorbs(byB)) yield { whole: b, part: a, reason: `${b.id} explains ${inWords(byB.share)}` };
    }

  function absorbs({ share, vector, posts }: Crossing): boolean {
    return share >= tuning.absorbShare && vector >= tuning.absorbVector && posts >= COMPARED.absorbed;
  }
}

/** The ended hotspot that a new one is the next life of: each explains the other. Of several lives of one it is the last. */
export function earlierLife(born: Hotspot, ended: readonly Hotspot[], stream: Stream, now: number): Hotspot | null {
  const { reviveVector, reviveShare } = stream.tuning;
  const explains = (found: Crossing | null): found is Crossing =>
    found !== null && found.vector >= reviveVector && found.share >= reviveShare;
  let best: { hotspot: Hotspot; share: number } | null = null;
  for (const hotspot of ended) {
    const forward = crossing(hotspot, born, stream, { now, hours: 24 });
    if (!explains(forward)) continue;
    const back = crossing(born, hotspot, stream, { now, hours: Number.POSITIVE_INFINITY });
    if (!explains(back)) continue;
    const share = forward.share + back.share;
    if (best === null || share > best.share) best = { hotspot, share };
  }
  return best === null ? null : lastLife(best.hotspot, ended);
}

function lastLife(first: Hotspot, ended: readonly Hotspot[]): Hotspot {
  const later = ended.filter(({ earlier }) => earlier === first).sort((a, b) => b.last - a.last);
  return later[0] === undefined ? first : lastLife(later[0], ended);
}

/**
 * Share of a new hotspot's posts that the one explains that it has split from, with the mean evidence of their embeddings; or the
 * evidence of the embeddings alone, where what is said has changed altogether.
 */
const SPLIT = { share: 0.25, vector: 0.8, alone: 1.5 };

/** The living hotspot that a new one came out of; null: it is of its own. */
export function origin(
  born: Hotspot,
  living: readonly Hotspot[],
  stream: Stream,
  now: number,
): { readonly hotspot: Hotspot; readonly share: number; readonly vector: number } | null {
  let best: { hotspot: Hotspot; share: number; vector: number } | null = null;
  for (const hotspot of living) {
    const found = crossing(hotspot, born, stream, { now, hours: 24 });
    if (found === null) continue;
    const { share, vector } = found;
    if (vector < SPLIT.alone && (share < SPLIT.share || vector < SPLIT.vector)) continue;
    if (best === null || vector > best.vector) best = { hotspot, share, vector };
  }
  return best;
}

/** Takes the members of `part` into `whole`. */
export function absorb(whole: Hotspot, part: Hotspot, stream: Stream): Post[] {
  const moved = newestFirst(part.members);
  for (const post of moved) stream.move(post, whole);
  part.state = 'merged';
  whole.born = Math.min(whole.born, part.born);
  whole.since = Math.min(whole.since, part.since);
  whole.told += part.told;
  whole.forgotten += part.forgotten;
  return moved;
}
