// Who is in which hotspot, as a result goes on, and what the hotspots show.
import type { Truth } from './truth.js';

/** Posts and authors that a hotspot needs of what it shows, and their share. */
const SHOWN = { posts: 5, authors: 3, share: 0.6, siblings: 4 };
const TRAP = 'trap:';

export interface Members {
  /** The hotspot of every post that was ever given one, or taken from one (null). */
  readonly of: ReadonlyMap<string, string | null>;
  put(post: string, hotspot: string | null): void;
  /** Posts of an event in a hotspot. */
  count(hotspot: string, event: string): number;
  /** Events that a hotspot shows. */
  shows(hotspot: string): Set<string>;
  /** The family that most of a hotspot's posts are of; null: none. */
  family(hotspot: string): string | null;
  /** Traps that it shows. */
  traps(hotspot: string): string[];
}

export function createMembers(truth: Truth): Members {
  const of = new Map<string, string | null>();
  /** By hotspot and label, in the order of their first post. */
  const counts = new Map<string, Map<string, number>>();
  const sizes = new Map<string, number>();
  const authors = new Map<string, Map<string, number>>();

  function change(hotspot: string, post: string, by: 1 | -1): void {
    const label = truth.labels.get(post) ?? '';
    const labels = counts.get(hotspot) ?? new Map<string, number>();
    counts.set(hotspot, labels);
    labels.set(label, (labels.get(label) ?? 0) + by);
    sizes.set(hotspot, (sizes.get(hotspot) ?? 0) + by);
    const key = `${hotspot}\n${label}`;
    const heard = authors.get(key) ?? new Map<string, number>();
    authors.set(key, heard);
    const author = truth.authors.get(post)!;
    heard.set(author, (heard.get(author) ?? 0) + by);
  }

  function count(hotspot: string, label: string): number {
    return counts.get(hotspot)?.get(label) ?? 0;
  }

  function enough(hotspot: string, label: string): boolean {
    if (count(hotspot, label) < SHOWN.posts) return false;
    const heard = [...(authors.get(`${hotspot}\n${label}`)?.values() ?? [])].filter((times) => times > 0);
    return heard.length >= SHOWN.authors;
  }

  return {
    of,
    count,
    put(post, hotspot) {
      const before = of.get(post) ?? null;
      if (before !== null) change(before, post, -1);
      of.set(post, hotspot);
      if (hotspot !== null) change(hotspot, post, 1);
    },
    shows(hotspot) {
      const shown = new Set<string>();
      const size = sizes.get(hotspot) ?? 0;
      for (const event of truth.events.keys()) {
        if (!enough(hotspot, event)) continue;
        const mine = count(hotspot, event);
        let others = size;
        for (const relative of truth.neutral.get(event)!) others -= count(hotspot, relative);
        if (mine < SHOWN.share * others) continue;
        if ([...truth.siblings.get(event)!].every((sibling) => mine >= SHOWN.siblings * count(hotspot, sibling)))
          shown.add(event);
      }
      return shown;
    },
    family(hotspot) {
      const families = new Map<string, number>();
      for (const [label, posts] of counts.get(hotspot) ?? []) {
        const family = truth.family.get(label);
        if (family !== undefined) families.set(family, (families.get(family) ?? 0) + posts);
      }
      let best: string | null = null;
      let most = Number.NEGATIVE_INFINITY;
      for (const [family, posts] of families) if (posts > most) [best, most] = [family, posts];
      return best !== null && most >= SHOWN.posts && most >= SHOWN.share * (sizes.get(hotspot) ?? 0) ? best : null;
    },
    traps(hotspot) {
      const size = sizes.get(hotspot) ?? 0;
      return truth.traps.filter((trap) => {
        const posts = count(hotspot, TRAP + trap);
        return posts >= SHOWN.posts && posts >= SHOWN.share * size;
      });
    },
  };
}
