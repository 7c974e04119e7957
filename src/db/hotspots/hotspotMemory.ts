// What was computed from the posts of hotspots, for as long as those are the same (stampsOfHotspots.ts): most hotspots of a list have not changed
// since it was last asked for, and ended ones never do.
import type { Pool } from 'pg';

export interface HotspotMemory {
  /** Undefined: nothing is known of this stamp. */
  recall<T>(what: string, id: string, stamp: string): T | undefined;
  keep(what: string, id: string, stamp: string, value: unknown): void;
  /** Lets go of what is kept under the stamp. */
  forget(what: string, id: string, stamp: string): void;
}

/** The memory of a process for a database. A value has a kilobyte or a few. */
export const hotspotMemory = memoryOfEach(5_000);

/** A memory for each database, of so many values: the least recently used of more are forgotten. */
export function memoryOfEach(most: number): (pool: Pool) => HotspotMemory {
  const memories = new WeakMap<Pool, HotspotMemory>();
  return (pool) => {
    const known = memories.get(pool) ?? createMemory(most);
    memories.set(pool, known);
    return known;
  };
}

function createMemory(most: number): HotspotMemory {
  const kept = new Map<string, { readonly stamp: string; readonly value: unknown }>();
  return {
    recall<T>(what: string, id: string, stamp: string): T | undefined {
      const key = `${what} ${id}`;
      const found = kept.get(key);
      if (found?.stamp !== stamp) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value as T;
    },
    keep(what, id, stamp, value) {
      const key = `${what} ${id}`;
      kept.delete(key);
      kept.set(key, { stamp, value });
      if (kept.size > most) kept.delete(kept.keys().next().value!);
    },
    forget(what, id, stamp) {
      const key = `${what} ${id}`;
      if (kept.get(key)?.stamp === stamp) kept.delete(key);
    },
  };
}
