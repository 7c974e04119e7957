// What hotspots are to each other: the same, part of one, or an earlier life.
import { evidenceOf, weighed } from './explain.js';
import type { Hotspot } from './hotspot.js';
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
  const posts = [...of.members].filter(({ at, evidence }) => now - at < hours * HOUR && evidence >= tuning.core);
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

/** Pairs of living hotspots that are one: the second becomes part of the first. */
export function* mergers(living: readonly Hotspot[], stream: Stream, now: number): Generator<[Hotspot, Hotspot]> {
  const { tuning } = stream;
  const able = living.filter(
    ({ members, last }) => members.size >= COMPARED.members && now - last < COMPARED.hours * HOUR,
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
      if (alike) yield a.members.size >= b.members.size ? [a, b] : [b, a];
      else if (absorbs(byA)) yield [a, b];
      else if (absorbs(byB)) yield [b, a];
    }

  function absorbs({ share, vector, posts }: Crossing): boolean {
    return share >= tuning.absorbShare && vector >= tuning.absorbVector && posts >= COMPARED.absorbed;
  }
}

/** The ended hotspot that a new one is the next life of: each explains the other. */
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
  return best?.hotspot ?? null;
}

/** Takes the members of `part` into `whole`. */
export function absorb(whole: Hotspot, part: Hotspot, stream: Stream): Post[] {
  const moved = [...part.members];
  for (const post of moved) stream.move(post, whole);
  part.state = 'merged';
  whole.born = Math.min(whole.born, part.born);
  whole.since = Math.min(whole.since, part.since);
  return moved;
}
