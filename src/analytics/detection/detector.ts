// Hotspots in a stream of posts, as they come: posts arrive and are told their hotspot at once; every step the hotspots are
// looked at again, new ones found, and ranked by how unusual they are. Only what is known by then is used.
import { births } from './birth.js';
import { coordinated } from './coordination.js';
import { distinctEvidence } from './distinct.js';
import type { Burst } from './expectation.js';
import { explained, prior } from './explain.js';
import { type Finding, idsOf, type Ranked } from './finding.js';
import { createHotspot, type Hotspot, newestFirst, refresh } from './hotspot.js';
import { evidenceInWords, FRESH_HOURS, freshMembers, lifeOf } from './life.js';
import { absorb, mergers, origin } from './lineage.js';
import type { Post, StreamPost } from './post.js';
import { type SavedDetector, type SavedPost, savedHotspot } from './saved.js';
import { createStream } from './stream.js';
import { HOUR, TUNING, type Tuning } from './tuning.js';
import { type Band, burstIn, burstInWords, LISTED_EVIDENCE, lookAtUsual, usualHour } from './unusual.js';

export interface Detector {
  /** Takes posts in, in the order in which they arrive; tells those that belong to a living hotspot. */
  arrive(posts: readonly StreamPost[]): Promise<Finding[]>;
  /** Looks at everything again at a time, which must not be before the last one; what people have decided is carried out first. */
  step(now: number, decisions?: readonly Decision[]): Promise<Finding[]>;
  /** How unusual every living hotspot is, as of the last step. */
  pulses(): Pulse[];
  /** Forgets posts, as if they had not been. */
  remove(ids: readonly string[]): void;
  /** The state after the last step, without the posts. */
  save(): SavedDetector;
  /** The posts that are new or have changed since this was last asked, as after the last step: ask before others arrive. */
  changes(): SavedPost[];
  dispose(): Promise<void>;
}

/**
 * A person's word: two hotspots are one, or some posts are a hotspot of their own. The posts of a split
 * that is taken back are the detector's again to decide on; those of a merge are the hotspot again that they were (`as`), by that word.
 */
export type Decision = { readonly id: string; readonly undoes: boolean } & (
  | { readonly type: 'merge'; readonly whole: string; readonly part: string }
  | { readonly type: 'split'; readonly posts: readonly string[]; readonly as: string | null }
);

/** How unusual a hotspot is. */
export interface Pulse {
  readonly hotspot: string;
  readonly score: number;
  /** What the score is of; null where there is little of late. */
  readonly burst: Burst | null;
  /** Distinct evidence that the last hour usually brings, and between what bounds nine in ten such hours lie. */
  readonly hour: Band;
}

export interface DetectorOptions {
  /** Length of the vectors. */
  readonly dimension: number;
  /** Milliseconds between two steps. */
  readonly step?: number;
  readonly tuning?: Partial<Tuning>;
  /** Goes on from here, with the posts that were there, in the order of their arrival. */
  readonly from?: {
    readonly saved: SavedDetector;
    readonly posts: readonly { readonly post: StreamPost; readonly saved: SavedPost }[];
  };
}

const MINUTE = 60_000;
/** Trending hotspots listed. */
const LISTED = 10;
/** Members older than fresh ones are looked at in one of so many steps. */
const TURNS = 4;
/** Steps between two looks at what is usual for a hotspot. */
const USUAL_STEPS = 12;
/** Hours in which a piece may come together as coordinated. */
const COORDINATED_HOURS = 72;

export async function createDetector({
  dimension,
  step = HOUR / 4,
  tuning: changes = {},
  from,
}: DetectorOptions): Promise<Detector> {
  const tuning: Tuning = { ...TUNING, ...changes };
  const stream = await createStream(dimension, tuning);
  let hotspots: Hotspot[] = [];
  let found = 0;
  let lastStep = Number.NEGATIVE_INFINITY;
  const told = new Set<string>();
  let coordinations = 0;
  const living = () => hotspots.filter(({ state }) => state === 'living');
  if (from !== undefined) await restore(from);

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
    async step(now, decisions = []) {
      const findings: Finding[] = [];
      for (const decision of decisions) await carryOut(decision, now, findings);
      const window = stream.since(now - tuning.window * HOUR);
      if (stream.coverage.hours >= tuning.warmUp) {
        if (await stream.sharpen()) for (const { kernels } of hotspots) stream.kernels.clear(kernels);
        await reread(living(), now);
        reconsider(window, now, findings);
        await reread(living(), now);
        await discover(window, now, findings);
        await merge(now, findings);
        live(now, findings);
      }
      coordination(now, findings);
      findings.push({ type: 'rank', at: now, hotspots: rank(now) });
      for (const post of window) if (now - post.at > tuning.seedHours * HOUR) post.cosines = null;
      forget(now);
      settleAll(now);
      lastStep = now;
      return findings;
    },
    pulses: () =>
      living().map((hotspot) => ({
        hotspot: hotspot.id,
        score: hotspot.score,
        burst: burstIn(hotspot, stream, lastStep),
        hour: usualHour(hotspot, stream, lastStep),
      })),
    remove(ids) {
      for (const id of ids) {
        const post = stream.post(id);
        if (post !== undefined) stream.remove(post);
      }
    },
    save: () => ({
      at: lastStep,
      covered: stream.coverage.hours,
      found,
      coordinated: [...told],
      coordinations,
      sharpness: Object.fromEntries(
        [...stream.sharpened].map(([space, posts]) => [space, { of: stream.kernels.sharpness[space], posts }]),
      ),
      hotspots: hotspots.map(savedHotspot),
    }),
    changes() {
      const posts = [...stream.changed].sort((a, b) => a.number - b.number);
      stream.changed.clear();
      return posts.map(({ hotspot, ...post }) => {
        const { id, number, piece, density, neighbours, weights, evidence, refusedAt, fixed } = post;
        const home = hotspot?.id ?? null;
        return { id, number, piece, density, neighbours, weights, hotspot: home, evidence, refusedAt, fixed };
      });
    },
    dispose: () => stream.vectors.dispose(),
  };

  async function restore({ saved, posts }: NonNullable<DetectorOptions['from']>): Promise<void> {
    found = saved.found;
    lastStep = saved.at;
    for (const piece of saved.coordinated) told.add(piece);
    coordinations = saved.coordinations ?? told.size;
    for (const space of ['model', 'words'] as const) {
      const found = saved.sharpness[space];
      if (found === undefined) continue;
      stream.kernels.sharpness[space] = found.of;
      stream.sharpened.set(space, found.posts);
    }
    const byId = new Map<string, Hotspot>();
    for (const { id, earlier, ...rest } of saved.hotspots) {
      const hotspot = createHotspot(id, saved.at, stream);
      Object.assign(hotspot, rest);
      hotspot.earlier = earlier === null ? null : (byId.get(earlier) ?? null);
      byId.set(id, hotspot);
      hotspots.push(hotspot);
    }
    for (const { post: arrived, saved: state } of posts) {
      const post = stream.addAgain(arrived, state);
      if (state.hotspot !== null) stream.move(post, byId.get(state.hotspot) ?? null);
      post.evidence = state.evidence;
      post.refusedAt = state.refusedAt;
      post.fixed = state.fixed;
    }
    stream.changed.clear();
    for (const hotspot of hotspots) if (hotspot.state !== 'merged') await reread([hotspot], hotspot.refreshed);
    settleAll(saved.at);
  }

  /** Counts anew what is usual, and what was before each hotspot. */
  function settleAll(now: number): void {
    stream.settle(now);
    for (const hotspot of hotspots) hotspot.past = stream.pastOf(hotspot);
  }

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
    if (post.evidence !== bestEvidence) stream.changed.add(post);
    post.evidence = bestEvidence;
    if (best === post.hotspot) return;
    stream.move(post, best);
    findings.push({ type: 'assign', at, post: post.id, hotspot: best?.id ?? null });
  }

  function reconsider(window: readonly Post[], now: number, findings: Finding[]): void {
    const homes = living().filter(({ members }) => members.size > 0);
    const turn = Math.floor(now / step);
    for (const post of window) {
      if (post.fixed || (post.hotspot !== null && post.hotspot.state !== 'living')) continue;
      if (now - post.at > FRESH_HOURS * HOUR && (Math.floor(post.at / MINUTE) + turn) % TURNS !== 0) continue;
      settle(post, homes, { at: now, findings });
    }
  }

  async function discover(window: readonly Post[], now: number, findings: Finding[]): Promise<void> {
    const name = () => `h${found + 1}`;
    const ended = () => hotspots.filter(({ state }) => state === 'ended');
    for await (const hotspot of births(stream, { window, now, ended, name, reread: (one) => reread([one], now) })) {
      found += 1;
      hotspot.found = now;
      const others = living();
      hotspots.push(hotspot);
      const members = newestFirst(hotspot.members);
      for (const post of members) findings.push({ type: 'assign', at: now, post: post.id, hotspot: hotspot.id });
      const fresh = freshMembers(hotspot, now);
      hotspot.told = distinctEvidence(fresh);
      const burst = burstIn(hotspot, stream, now);
      const said = { type: 'hotspot', at: now, hotspot: hotspot.id, score: hotspot.score } as const;
      findings.push({
        ...said,
        event: 'emerged',
        reason: `${evidenceInWords(members)}${burst === null ? '' : `, ${burstInWords(burst)}`}`,
        posts: idsOf(members),
        ...(hotspot.earlier === null ? {} : { from: hotspot.earlier.id }),
      });
      const whole = origin(hotspot, others, stream, now);
      if (whole !== null)
        findings.push({
          ...said,
          event: 'split',
          reason: `the other explains ${Math.round(100 * whole.share)} % of its posts, and what they show is ${timesInWords(whole.vector)} as likely there`,
          posts: idsOf(members),
          from: whole.hotspot.id,
        });
    }
  }

  async function merge(now: number, findings: Finding[]): Promise<void> {
    for (const { whole, part, reason } of mergers(living(), stream, now)) {
      const members = newestFirst(part.members);
      findings.push({
        type: 'hotspot',
        // Before the posts move: whoever follows the findings sees both as they were. One that has just been found can't be earlier.
        at: part.found === now ? now : now - 1,
        hotspot: part.id,
        event: 'merged',
        score: part.score,
        reason,
        posts: idsOf(members),
        into: whole.id,
      });
      for (const post of absorb(whole, part, stream))
        findings.push({ type: 'assign', at: now, post: post.id, hotspot: whole.id });
      await reread([whole], now);
    }
  }

  async function carryOut(decision: Decision, now: number, findings: Finding[]): Promise<void> {
    if (decision.type === 'merge') {
      const whole = hotspots.find(({ id }) => id === decision.whole);
      const part = hotspots.find(({ id }) => id === decision.part);
      if (whole === undefined || part === undefined || whole === part || part.state === 'merged') return;
      const posts = newestFirst(part.members);
      for (const post of posts) post.fixed = !decision.undoes;
      const { id, score } = part;
      const told = {
        type: 'hotspot',
        at: now,
        hotspot: id,
        event: 'merged',
        score,
        into: whole.id,
        decision: decision.id,
      } as const;
      findings.push({ ...told, reason: reasonOf(decision), posts: idsOf(posts) });
      for (const post of absorb(whole, part, stream))
        findings.push({ type: 'assign', at: now, post: post.id, hotspot: whole.id });
      if (part.last > whole.last || whole.state === 'ended') whole.state = 'living';
      await reread([whole], now);
      return;
    }
    const posts = decision.posts.flatMap((id) => stream.post(id) ?? []);
    if (posts.length === 0) return;
    const from = posts[0]!.hotspot;
    if (decision.as === null) found += 1;
    const hotspot = createHotspot(decision.as ?? `h${found}`, now, stream);
    // One that became part of another within this step is there still.
    hotspots = hotspots.filter(({ id }) => id !== hotspot.id);
    hotspot.state = 'living';
    hotspot.apart = true;
    hotspot.since = Math.floor(Math.min(...posts.map(({ at }) => at)) / HOUR) * HOUR;
    hotspots.push(hotspot);
    for (const post of posts) {
      stream.move(post, hotspot);
      post.fixed = true;
      post.evidence = tuning.vectorHigh + tuning.core;
      findings.push({ type: 'assign', at: now, post: post.id, hotspot: hotspot.id });
    }
    await reread([hotspot], now);
    lookAtUsual(hotspot, stream, now);
    hotspot.score = burstIn(hotspot, stream, now)?.score ?? 0;
    hotspot.told = distinctEvidence(freshMembers(hotspot, now));
    if (decision.undoes && from !== null) from.told = Math.max(0, from.told - hotspot.told);
    const event = from === null ? { event: 'emerged' as const } : { event: 'split' as const, from: from.id };
    const members = newestFirst(hotspot.members);
    const told = {
      type: 'hotspot',
      at: now,
      hotspot: hotspot.id,
      score: hotspot.score,
      decision: decision.id,
    } as const;
    findings.push({ ...told, ...event, reason: reasonOf(decision), posts: idsOf(members) });
  }

  function live(now: number, findings: Finding[]): void {
    for (const hotspot of living()) {
      if (Math.floor(now / step) % USUAL_STEPS === Number(hotspot.id.slice(1)) % USUAL_STEPS)
        lookAtUsual(hotspot, stream, now);
      hotspot.score = burstIn(hotspot, stream, now)?.score ?? 0;
      const life = lifeOf(hotspot, now, tuning);
      if (life !== null) findings.push(life);
    }
  }

  function coordination(now: number, findings: Finding[]): void {
    const posts = stream.since(now - COORDINATED_HOURS * HOUR);
    const posted = new Set(posts.map(({ piece }) => piece));
    for (const piece of told) if (!posted.has(piece)) told.delete(piece);
    for (const { piece, posts: together, authors, minutes, expected, score } of coordinated(posts, now - 2 * step)) {
      if (told.has(piece)) continue;
      told.add(piece);
      coordinations += 1;
      const within = [...new Set(together.flatMap(({ hotspot }) => (hotspot === null ? [] : [hotspot.id])))];
      findings.push({
        type: 'hotspot',
        at: now,
        hotspot: `c${coordinations}`,
        event: 'coordinated',
        score,
        reason: `${authors} accounts posted the same within ${minutes} minutes, where ${Number((expected + 1).toPrecision(2))} are usual`,
        posts: idsOf([...together].reverse()),
        within,
      });
    }
  }

  function rank(now: number): Ranked[] {
    return living()
      .filter(
        (hotspot) => hotspot.score > tuning.list && distinctEvidence(freshMembers(hotspot, now)) >= LISTED_EVIDENCE,
      )
      .sort((a, b) => b.score - a.score)
      .slice(0, LISTED)
      .map(({ id, score, members, forgotten }) => ({ hotspot: id, score, size: members.size + forgotten }));
  }

  function forget(now: number): void {
    const before = { background: now - tuning.history * HOUR, members: now - tuning.remember * HOUR };
    hotspots = hotspots.filter(
      ({ state, last }) => state === 'living' || (state === 'ended' && last >= before.members),
    );
    stream.forget(before);
  }
}

function reasonOf({ undoes, type }: Decision): string {
  if (!undoes) return 'a person says so';
  return type === 'merge' ? 'a person has taken the split back' : 'a person has taken the merge back';
}

/** Of a logarithm of two chances: 1.8 -> "6 times". */
function timesInWords(logRatio: number): string {
  const times = Math.exp(logRatio);
  if (times > 1000) return 'over 1,000 times';
  return `${Number(times.toPrecision(times < 3 ? 2 : 1))} times`;
}
