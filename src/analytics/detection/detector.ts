// Hotspots in a stream of posts, as they come: posts arrive and are told their hotspot at once; every step the hotspots are
// looked at again, new ones found, and ranked by how unusual they are. Only what is known by then is used.
import { createSearch } from './discover.js';
import { distinctEvidence } from './distinct.js';
import { burstAmong } from './expectation.js';
import { explained, prior } from './explain.js';
import { createHotspot, type Hotspot, newestFirst, refresh } from './hotspot.js';
import { absorb, earlierLife, mergers } from './lineage.js';
import type { Post, StreamPost } from './post.js';
import { createStream } from './stream.js';
import { HOUR, TUNING, type Tuning } from './tuning.js';

export type HotspotEvent = 'emerged' | 'grew' | 'cooled' | 'ended' | 'merged' | 'split';

/** What happened, at a time in epoch milliseconds. */
export type Finding =
  | { readonly type: 'assign'; readonly at: number; readonly post: string; readonly hotspot: string | null }
  | {
      readonly type: 'hotspot';
      readonly at: number;
      readonly hotspot: string;
      readonly event: HotspotEvent;
      readonly score: number;
      readonly into?: string;
      readonly from?: string;
    }
  | {
      readonly type: 'rank';
      readonly at: number;
      readonly hotspots: readonly { readonly hotspot: string; readonly score: number; readonly size: number }[];
    };

export interface Detector {
  /** Takes posts in, in the order in which they arrive; tells those that belong to a living hotspot. */
  arrive(posts: readonly StreamPost[]): Promise<Finding[]>;
  /** Looks at everything again at a time, which must not be before the last one. */
  step(now: number): Promise<Finding[]>;
  dispose(): Promise<void>;
}

const MINUTE = 60_000;
/** Trending hotspots listed. */
const LISTED = 10;
/** Groups that may be tried as hotspots in a step. */
const ROUNDS = 6;
/** Times that a new hotspot gathers its members. */
const GATHERINGS = 3;
/** Members younger than this are looked at in every step, others in one of four. */
const FRESH_HOURS = 3;
/** Steps between two looks at what is usual for a hotspot. */
const USUAL_STEPS = 12;
/** Distinct evidence of the last hours that a listed hotspot has. */
const LISTED_EVIDENCE = 3;

export async function createDetector({
  dimension,
  step = HOUR / 4,
  tuning: changes = {},
}: {
  dimension: number;
  step?: number;
  tuning?: Partial<Tuning>;
}): Promise<Detector> {
  const tuning: Tuning = { ...TUNING, ...changes };
  const stream = await createStream(dimension, tuning);
  const hotspots: Hotspot[] = [];
  let found = 0;
  let lastStep = Number.NEGATIVE_INFINITY;
  const living = () => hotspots.filter(({ state }) => state === 'living');

  return {
    async arrive(posts) {
      const findings: Finding[] = [];
      const homes = living().filter(({ members }) => members.size > 0);
      await stream.add(posts, (post) => {
        for (const { kernels, state } of hotspots) if (state !== 'merged') stream.kernels.extend(kernels, post);
        settle(post, homes, { at: Math.max(post.at, lastStep), findings });
      });
      return findings;
    },
    async step(now) {
      const findings: Finding[] = [];
      const window = stream.since(now - tuning.window * HOUR);
      if (stream.coverage.hours >= tuning.warmUp) {
        if (await stream.sharpen()) for (const { kernels } of hotspots) stream.kernels.clear(kernels);
        await reread(living(), now);
        reconsider(window, now, findings);
        await reread(living(), now);
        await discover(window, now, findings);
        await merge(now, findings);
      }
      findings.push({ type: 'rank', at: now, hotspots: rank(now) });
      for (const post of window) if (now - post.at > tuning.seedHours * HOUR) post.cosines = null;
      stream.settle(now);
      lastStep = now;
      return findings;
    },
    dispose: () => stream.vectors.dispose(),
  };

  function reread(changed: readonly Hotspot[], now: number): Promise<void> {
    return refresh(changed, now, { kernels: stream.kernels, tuning, capacity: stream.vocabulary.capacity });
  }

  /** Gives a post to the hotspot that explains it best, or to the background. */
  function settle(post: Post, homes: readonly Hotspot[], { at, findings }: { at: number; findings: Finding[] }): void {
    let best: Hotspot | null = null;
    let [bestScore, bestEvidence] = [0, 0];
    for (const hotspot of homes) {
      const evidence = explained(hotspot, post, stream);
      if (evidence <= tuning.member) continue;
      const score = evidence + prior(hotspot, post.at, stream);
      if (score > bestScore) [best, bestScore, bestEvidence] = [hotspot, score, evidence];
    }
    post.evidence = bestEvidence;
    if (best === post.hotspot) return;
    stream.move(post, best);
    findings.push({ type: 'assign', at, post: post.id, hotspot: best?.id ?? null });
  }

  function reconsider(window: readonly Post[], now: number, findings: Finding[]): void {
    const homes = living().filter(({ members }) => members.size > 0);
    const turn = Math.floor(now / step);
    for (const post of window) {
      if (now - post.at > FRESH_HOURS * HOUR && (Math.floor(post.at / MINUTE) + turn) % 4 !== 0) continue;
      if (post.hotspot !== null && post.hotspot.state !== 'living') continue;
      settle(post, homes, { at: now, findings });
    }
  }

  async function discover(window: readonly Post[], now: number, findings: Finding[]): Promise<void> {
    const search = createSearch(stream, now);
    for (let round = 0; round < ROUNDS; round += 1) {
      const group = search.next();
      if (group === null) break;
      const hotspot = createHotspot(`h${found + 1}`, now, stream);
      hotspot.since = Math.floor(Math.min(...group.posts.map(({ at }) => at)) / HOUR) * HOUR;
      for (const post of group.posts) {
        stream.move(post, hotspot);
        post.evidence = tuning.vectorHigh + tuning.core;
      }
      await reread([hotspot], now);
      for (let i = 0; i < GATHERINGS; i += 1) {
        gather(hotspot, window);
        await reread([hotspot], now);
      }
      lookAtUsual(hotspot, now);
      hotspot.score = heat(hotspot, now);
      if (distinctEvidence(hotspot.members) < tuning.minEvidence || hotspot.score < tuning.hot) {
        for (const post of [...hotspot.members]) stream.move(post, null);
        for (const post of group.posts) post.refusedAt = now;
        continue;
      }
      found += 1;
      hotspot.state = 'living';
      hotspots.push(hotspot);
      for (const post of hotspot.members)
        findings.push({ type: 'assign', at: now, post: post.id, hotspot: hotspot.id });
      const ended = hotspots.filter(({ state }) => state === 'ended');
      hotspot.earlier = earlierLife(hotspot, ended, stream, now);
      if (hotspot.earlier !== null) {
        hotspot.since = Math.min(hotspot.since, hotspot.earlier.since);
        await reread([hotspot], now);
      }
      findings.push({
        type: 'hotspot',
        at: now,
        hotspot: hotspot.id,
        event: 'emerged',
        score: hotspot.score,
        ...(hotspot.earlier === null ? {} : { from: hotspot.earlier.id }),
      });
    }
  }

  /** Takes in what a new hotspot explains and no other has, and lets go of what it doesn't. */
  function gather(hotspot: Hotspot, window: readonly Post[]): void {
    for (const post of window) {
      if (post.hotspot !== null && post.hotspot !== hotspot) continue;
      const evidence = explained(hotspot, post, stream);
      if (evidence > tuning.member && evidence + prior(hotspot, post.at, stream) > 0) {
        post.evidence = evidence;
        stream.move(post, hotspot);
      } else if (post.hotspot === hotspot) stream.move(post, null);
    }
  }

  /** Finds the posts of earlier days that a hotspot would have taken. */
  function lookAtUsual(hotspot: Hotspot, now: number): void {
    const sure = newestFirst(hotspot.members)
      .filter(({ evidence }) => evidence >= tuning.core)
      .slice(0, tuning.exemplars)
      .map((post) => explained(hotspot, post, stream))
      .sort((a, b) => a - b);
    const middle = sure[sure.length >> 1] ?? 0;
    const least = Math.max(tuning.member, -tuning.hitPrior);
    hotspot.levels = [...new Set(tuning.hitShares.map((share) => Math.max(least, share * middle)))];
    const from = now - tuning.history * HOUR;
    const until = Math.min(hotspot.born - 6 * HOUR, now - 12 * HOUR);
    const posts = stream.since(from).flatMap((post) => {
      if (post.hotspot !== null || post.at >= until) return [];
      const evidence = explained(hotspot, post, stream);
      return evidence > hotspot.levels[0]! ? [{ at: post.at, evidence }] : [];
    });
    hotspot.usual = { posts, from, until };
  }

  function heat({ members, usual, levels }: Hotspot, now: number): number {
    return (
      burstAmong([...members], usual, { levels, now, least: LISTED_EVIDENCE, coverage: stream.coverage, tuning })
        ?.score ?? 0
    );
  }

  async function merge(now: number, findings: Finding[]): Promise<void> {
    for (const [whole, part] of mergers(living(), stream, now)) {
      // Before the posts move: whoever follows the findings sees both as they were.
      findings.push({ type: 'hotspot', at: now - 1, hotspot: part.id, event: 'merged', score: 0, into: whole.id });
      for (const post of absorb(whole, part, stream))
        findings.push({ type: 'assign', at: now, post: post.id, hotspot: whole.id });
      await reread([whole], now);
    }
  }

  function rank(now: number): { hotspot: string; score: number; size: number }[] {
    const listed: Hotspot[] = [];
    for (const hotspot of living()) {
      const posts = newestFirst(hotspot.members);
      const sure = posts.find(({ evidence }) => evidence >= tuning.core);
      if (sure === undefined || now - sure.at > tuning.endHours * HOUR) {
        hotspot.state = 'ended';
        continue;
      }
      if (Math.floor(now / step) % USUAL_STEPS === Number(hotspot.id.slice(1)) % USUAL_STEPS) lookAtUsual(hotspot, now);
      hotspot.score = heat(hotspot, now);
      const recent = posts.filter(({ at }) => now - at < FRESH_HOURS * HOUR);
      if (hotspot.score > tuning.list && distinctEvidence(recent) >= LISTED_EVIDENCE) listed.push(hotspot);
    }
    return listed
      .sort((a, b) => b.score - a.score)
      .slice(0, LISTED)
      .map(({ id, score, members }) => ({ hotspot: id, score, size: members.size }));
  }
}
