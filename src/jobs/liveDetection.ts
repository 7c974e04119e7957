// A detector that lives in this process and in the database: what it takes in and what it finds is stored with it, so that another
// process, or this one after a crash, goes on where it was.
import type { ClientBase, Pool } from 'pg';
import type { Logger } from 'pino';
import { type Raised, raiseAlerts } from '../alerts/raiseAlerts.js';
import { createDetector, type Decision, type Detector } from '../analytics/detection/detector.js';
import type { Assignment } from '../analytics/detection/finding.js';
import { createNearPictures, type NearPictures } from '../analytics/detection/nearPictures.js';
import { HOUR, TUNING, type Tuning } from '../analytics/detection/tuning.js';
import { detectionVersion, loadDetection } from '../db/detection/loadDetection.js';
import { removedPosts } from '../db/detection/removedPosts.js';
import { type ArrivedPost, storeArrivals } from '../db/detection/storeArrivals.js';
import { type StoredEvent, storeStep } from '../db/detection/storeStep.js';
import { titlesOf } from '../db/detection/titlesOf.js';
import { holdOffErasure } from '../db/erasure/erasureLock.js';
import { withTransaction } from '../db/withTransaction.js';

/** Milliseconds of a step. */
export const STEP = HOUR / 4;

/** What a step has brought, once it is stored. */
export interface Step {
  readonly events: readonly StoredEvent[];
  readonly raised: Raised;
}

export interface LiveDetection {
  /** Time of the last step; null before the first. */
  readonly at: number | null;
  /** Time of the newest post, or of the last step where that is later; null before any. */
  readonly newest: number | null;
  /** Whether posts have arrived since the last step. */
  readonly unlooked: boolean;
  /** The key of a picture: that of the first one that is much the same. */
  pictureKey(phash: string, sha256: string, at: number): string;
  arrive(posts: readonly ArrivedPost[]): Promise<void>;
  step(now: number, decisions: readonly Decision[]): Promise<Step>;
  /** Whether anything lives that time could change. */
  readonly lively: boolean;
}

export interface LiveDetectionDeps {
  readonly pool: Pool;
  readonly log: Logger;
  /** What is embedded with; posts embedded by another can't be compared. */
  readonly embedderDigest: string;
  readonly dimension: number;
  readonly tuning?: Partial<Tuning>;
  /** Puts a job into the transaction that has raised something that is to be sent. */
  readonly onQueued: (client: ClientBase) => Promise<void>;
}

/** Keeps one detection in memory for as long as nobody else has stored a newer state, and nothing has failed. */
export function keepDetection(deps: LiveDetectionDeps): {
  use<T>(work: (detection: LiveDetection) => Promise<T>): Promise<T>;
  dispose(): Promise<void>;
} {
  let held: Held | null = null;
  const drop = async () => {
    const { detector } = held ?? {};
    held = null;
    await detector?.dispose();
  };
  return {
    async use(work) {
      if (held !== null && held.version !== (await detectionVersion(deps.pool))) await drop();
      held ??= await open(deps);
      const current = held;
      try {
        const removed = await removedPosts(deps.pool);
        if (removed.ids.length > 0) {
          current.detector.remove(removed.ids);
          current.version = removed.version;
        }
        return await work(bind(current, deps));
      } catch (error) {
        // What is in memory may be ahead of what is stored.
        await drop();
        throw error;
      }
    },
    dispose: drop,
  };
}

interface Held {
  detector: Detector;
  pictures: NearPictures;
  version: number | null;
  at: number | null;
  newest: number | null;
  unlooked: boolean;
  lively: boolean;
}

async function open({ pool, log, embedderDigest, dimension, tuning = {} }: LiveDetectionDeps): Promise<Held> {
  const pictures = createNearPictures();
  const stored = await loadDetection(pool);
  if (stored === null)
    return {
      detector: await createDetector({ dimension, step: STEP, tuning }),
      pictures,
      version: null,
      at: null,
      newest: null,
      unlooked: false,
      lively: false,
    };
  const same = stored.embedderDigest === embedderDigest;
  if (!same) log.warn('the embedder is another: posts from before are compared by their words');
  const { model: _, ...sharpness } = stored.saved.sharpness;
  const detector = await createDetector({
    dimension,
    step: STEP,
    tuning,
    from: {
      saved: same ? stored.saved : { ...stored.saved, sharpness },
      posts: same
        ? stored.posts
        : stored.posts.map(({ post, saved }) => ({
            post: { ...post, vector: null },
            saved: { ...saved, weights: null },
          })),
    },
  });
  for (const { phash, key, at } of stored.pictures) pictures.keyOf(phash, key, at);
  await detector.arrive(same ? stored.since : stored.since.map((post) => ({ ...post, vector: null })));
  log.info({ posts: stored.posts.length + stored.since.length, at: new Date(stored.saved.at) }, 'detection goes on');
  const lively = stored.saved.hotspots.some(({ state }) => state === 'living');
  const newest = stored.since.reduce((most, { at }) => Math.max(most, at), stored.saved.at);
  const unlooked = stored.since.length > 0;
  return { detector, pictures, version: stored.version, at: stored.saved.at, newest, unlooked, lively };
}

function bind(held: Held, { pool, log, embedderDigest, tuning = {}, onQueued }: LiveDetectionDeps): LiveDetection {
  const { detector, pictures } = held;
  const { history, remember } = { ...TUNING, ...tuning };
  return {
    get at() {
      return held.at;
    },
    get newest() {
      return held.newest;
    },
    get unlooked() {
      return held.unlooked;
    },
    get lively() {
      return held.lively;
    },
    pictureKey: (phash, sha256, at) => pictures.keyOf(phash, sha256, at),
    async arrive(posts) {
      const findings = await detector.arrive(posts);
      const assignments = findings.filter((finding): finding is Assignment => finding.type === 'assign');
      const gone = await withTransaction(pool, (client) => storeArrivals(client, posts, assignments));
      detector.remove(gone);
      for (const { at } of posts) held.newest = Math.max(held.newest ?? at, at);
      held.unlooked = true;
    },
    async step(now, decisions) {
      const findings = await detector.step(now, decisions);
      pictures.forget(now);
      const saved = detector.save();
      const pulses = detector.pulses();
      const forgotten = { background: now - history * HOUR, members: now - remember * HOUR };
      const posts = detector.changes();
      const stored = await withTransaction(pool, async (client): Promise<Step> => {
        await holdOffErasure(client);
        const titles = await titlesOf(client, { findings, posts, saved });
        const step = { findings, saved, posts, pulses, titles, embedderDigest, decisions, forgotten };
        const events = await storeStep(client, step, held.version);
        const raised = await raiseAlerts(client, { at: new Date(now), log });
        if (raised.queued) await onQueued(client);
        return { events, raised };
      });
      held.version = (held.version ?? 0) + 1;
      held.at = now;
      held.newest = Math.max(held.newest ?? now, now);
      held.unlooked = false;
      held.lively = saved.hotspots.some(({ state }) => state === 'living');
      return stored;
    },
  };
}
