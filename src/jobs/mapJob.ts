// The map queue's work: a place on the map for every caption that is embedded.
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { waitingPictures } from '../db/map/waitingPictures.js';
import { createLiveMap } from './liveMap.js';
import type { JobKind } from './runQueue.js';

export interface MapJobDeps {
  readonly pool: Pool;
  readonly log: Logger;
  /** Digest of the embedder that this process runs. */
  readonly embedderDigest: string;
}

/** Pictures placed at a time: some tens of milliseconds. */
const BATCH = 250;
/** Pictures that the map holds, the newest. */
export const MOST_ON_MAP = 200_000;

export function mapJob({ pool, log, embedderDigest }: MapJobDeps): JobKind<'map'> {
  const map = createLiveMap({ pool, embedderDigest, most: MOST_ON_MAP });
  return {
    name: 'map',
    capacity: 1,
    pollMs: 1000,
    async run() {
      let placed = 0;
      for (;;) {
        const waiting = await waitingPictures(pool, { embedderDigest, limit: BATCH });
        if (waiting.length === 0) break;
        if (await map.place(waiting)) placed += waiting.length;
      }
      if (placed > 0) log.debug({ placed }, 'placed on the map');
    },
  };
}
