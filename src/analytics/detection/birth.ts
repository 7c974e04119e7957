// How hotspots come to be: a group of unassigned posts gathers what else belongs to it, and is tried against earlier days.
import { createSearch } from './discover.js';
import { distinctEvidence } from './distinct.js';
import { explained, prior } from './explain.js';
import { createHotspot, type Hotspot } from './hotspot.js';
import { earlierLife } from './lineage.js';
import type { Post } from './post.js';
import type { Stream } from './stream.js';
import { HOUR } from './tuning.js';
import { burstIn, lookAtUsual } from './unusual.js';

/** Groups that may be tried as hotspots in a step. */
const ROUNDS = 6;
/** Times that a new hotspot gathers its members. */
const GATHERINGS = 3;

/** New hotspots among the posts of the window, one after the other; `name` gives the next its id, `reread` reads its members anew. */
export async function* births(
  stream: Stream,
  {
    window,
    now,
    ended,
    name,
    reread,
  }: {
    window: readonly Post[];
    now: number;
    /** Hotspots that a new one may be the next life of. */
    ended: () => readonly Hotspot[];
    name: () => string;
    reread: (hotspot: Hotspot) => Promise<void>;
  },
): AsyncGenerator<Hotspot> {
  const { tuning } = stream;
  const search = createSearch(stream, now);
  for (let round = 0; round < ROUNDS; round += 1) {
    const group = search.next();
    if (group === null) return;
    const hotspot = createHotspot(name(), now, stream);
    hotspot.since = Math.floor(Math.min(...group.posts.map(({ at }) => at)) / HOUR) * HOUR;
    hotspot.past = stream.pastOf(hotspot);
    for (const post of group.posts) {
      stream.move(post, hotspot);
      post.evidence = tuning.vectorHigh + tuning.core;
    }
    await reread(hotspot);
    for (let i = 0; i < GATHERINGS; i += 1) {
      gather(hotspot, window, stream);
      await reread(hotspot);
    }
    hotspot.earlier = earlierLife(hotspot, ended(), stream, now);
    if (hotspot.earlier !== null) {
      hotspot.since = Math.min(hotspot.since, hotspot.earlier.since);
      hotspot.past = stream.pastOf(hotspot);
      await reread(hotspot);
    }
    lookAtUsual(hotspot, stream, now);
    hotspot.score = burstIn(hotspot, stream, now)?.score ?? 0;
    if (distinctEvidence(hotspot.members) >= tuning.minEvidence && hotspot.score >= tuning.hot) {
      hotspot.state = 'living';
      yield hotspot;
    } else {
      for (const post of [...hotspot.members]) stream.move(post, null);
      for (const post of group.posts) {
        post.refusedAt = now;
        stream.changed.add(post);
      }
    }
  }
}

/** Takes in what a new hotspot explains and no other has, and lets go of what it doesn't. */
function gather(hotspot: Hotspot, window: readonly Post[], stream: Stream): void {
  for (const post of window) {
    if (post.hotspot !== null && post.hotspot !== hotspot) continue;
    if (post.fixed) continue;
    const evidence = explained(hotspot, post, stream);
    if (evidence > stream.tuning.member && evidence + prior(hotspot, post.at, stream) > 0) {
      post.evidence = evidence;
      stream.move(post, hotspot);
    } else if (post.hotspot === hotspot) stream.move(post, null);
  }
}
