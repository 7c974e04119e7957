// What was computed from the posts of hotspots, for as long as those are the same (stampsOfHotspots.ts): most hotspots of a list have not changed
// since it was last asked for, and ended ones never do.
import type { Pool } from 'pg';

export interface HotspotMemory {
  /** Undefined: nothing is known of this stamp. */
  recall<T>(what: string, id: string, stamp: string): T | undefined;
  keep(what: string, id: string, stamp: string, value: unknown): void;
}

/** The least recently used of more are forgotten. A value has a kilobyte or a few. */
const MOST = 5_000;
const memories = new WeakMap<Pool, HotspotMemory>();

/** The memory of a process for a database. */
export function hotspotMemory(pool: Pool): HotspotMemory {
  const known = memories.get(pool) ?? createMemory();
  memories.set(pool, known);
  return known;
}

function createMemory(): HotspotMemory {
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
      if (kept.size > MOST) kept.delete(kept.keys().next().value!);
    },
  };
}
