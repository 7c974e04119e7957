// The detect queue's work: takes posts in as their captions are there, in the order of their own times, and looks at the hotspots
// anew whenever the stream has gone on by a step. Time is that of the posts, so that an archive is followed as it happened.
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type Opinion, opinionOf } from '../analytics/opinion/opinion.js';
import { openDecisions } from '../db/detection/openDecisions.js';
import {
  anyWaits,
  fileComesIn,
  firstReady,
  isWaitedFor,
  oldestUndetected,
  type ReadyPost,
  readyPosts,
} from '../db/detection/readyPosts.js';
import type { ArrivedPost } from '../db/detection/storeArrivals.js';
import type { Events } from '../events.js';
import { type Classifier, openClassifier } from '../inference/classification/classifier.js';
import type { Inference } from '../inference/inference.js';
import { inStage, type Telemetry } from '../telemetry/telemetry.js';
import { keepDetection, type LiveDetection, STEP } from './liveDetection.js';
import { DELIVER, DETECT_AGAIN, type Queue } from './queue.js';
import type { JobKind } from './runQueue.js';

export interface DetectJobDeps {
  readonly pool: Pool;
  readonly queue: Queue;
  readonly events: Events;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly inference: Pick<Inference, 'embedText'>;
  /** Digest of the embedder that this process runs, and the length of its vectors. */
  readonly modelDigest: string;
  readonly dimension: number;
  readonly embed: 'caption' | 'caption+text';
  /** Directory of a text classifier that opinions are asked of; undefined: the lexicon. */
  readonly opinionModel: string | undefined;
}

/** Posts taken in at a time. */
const BATCH = 500;
/** Share of a text's words that the embedder has to know for its vector to say something. */
const KNOWN = 0.75;
/** A stream whose clock is this near to the present goes by the present. */
const LIVE = 60 * 60_000;
/** Without anything alive a silence longer than this is passed over in one step. */
const SILENCE = 24 * 60 * 60_000;

/**
 * After a pass, as a share of the time that it took, others have the database to themselves: while pictures get their captions there is
 * something new at any time, and each pass looks at all that wait.
 */
const REST = 3;
const LONGEST_REST_MS = 1000;

type Deps = DetectJobDeps & { readonly opinions: (texts: readonly string[]) => Promise<Opinion[]> };

export function detectJob(given: DetectJobDeps): JobKind<'detect'> {
  const deps: Deps = { ...given, opinions: opinionReader(given.opinionModel) };
  const { pool, queue, log, modelDigest: embedderDigest, dimension } = deps;
  const kept = keepDetection({
    ...{ pool, log, embedderDigest, dimension },
    onQueued: (client) => queue.add('deliver', [DELIVER], client),
  });
  let restsUntil = 0;
  return {
    name: 'detect',
    capacity: 1,
    pollMs: 1000,
    async run() {
      await pause(Math.max(0, restsUntil - performance.now()));
      const begin = performance.now();
      const waits = await kept.use((detection) => workOff(detection, deps));
      const end = performance.now();
      restsUntil = end + Math.min(REST * (end - begin), LONGEST_REST_MS);
      if (waits) await queue.add('detect', [DETECT_AGAIN]);
    },
  };
}

/** Opinions by the lexicon, or by a classifier that is opened when the first post comes. */
function opinionReader(model: string | undefined): Deps['opinions'] {
  if (model === undefined) return async (texts) => texts.map(opinionOf);
  let opened: Promise<Classifier> | undefined;
  return async (texts) => {
    opened ??= openClassifier(model);
    return (await opened).opinionsOf(texts);
  };
}

/** Goes as far as it can; true where something will be to do later by itself. */
async function workOff(detection: LiveDetection, deps: Deps): Promise<boolean> {
  const { pool } = deps;
  // A person who decides wants to see it at once, not at the next step.
  if (detection.newest !== null && (await openDecisions(pool)).length > 0)
    await stepAt(detection, detection.newest, deps);
  for (;;) {
    if (await fileComesIn(pool)) return true;
    const clock = detection.at ?? (await firstClock(pool));
    if (clock === null) return anyWaits(pool);
    const next = floor(clock) + STEP;
    const until = new Date(next);
    // Asked first: what gets its caption meanwhile is ready then.
    const waitedFor = await isWaitedFor(pool, { until });
    const due = await readyPosts(pool, { until, limit: BATCH });
    if (due.length > 0) await detection.arrive(await arrivals(due, detection, deps));
    if (due.length === BATCH) continue;
    if (waitedFor) return true;
    // Nothing up to the next step is still to come: posts behind it, or the present, say that it is over.
    const behind = await firstReady(pool, { after: until });
    const now = Date.now();
    const live = now - clock < LIVE;
    // Without either, the step that the newest post is in is made early, once: what else comes of its time counts as late. A step for
    // each post that comes would run ahead of a stream that is played, or that is behind by hours.
    const newer = detection.newest !== null && detection.newest > clock;
    if (behind !== null) await stepTo(detection, next, behind.getTime(), deps);
    else if (live ? now >= next : newer) await stepTo(detection, next, next, deps);
    // Late ones are looked at where they are, when no others come with them any more.
    else if (!live && detection.unlooked && due.length === 0) await stepAt(detection, clock, deps);
    else return (live ? detection.lively : detection.unlooked) || (await anyWaits(pool));
  }
}

/** Where the clock of a stream begins that is looked at for the first time; null: there is nothing to look at. */
async function firstClock(pool: Pool): Promise<number | null> {
  const first = await oldestUndetected(pool);
  return first === null ? null : floor(first.getTime());
}

/** Steps to the next time; over a silence in which nothing lives to the last step before the next post. */
async function stepTo(detection: LiveDetection, next: number, post: number, deps: DetectJobDeps): Promise<void> {
  await stepAt(detection, !detection.lively && post - next > SILENCE ? floor(post - 1) : next, deps);
}

async function stepAt(detection: LiveDetection, at: number, deps: DetectJobDeps): Promise<void> {
  const { pool, events, queue, telemetry } = deps;
  const decisions = await openDecisions(pool);
  const step = await inStage(telemetry, 'detect', () => detection.step(at, decisions));
  if (step.raised.queued) queue.wake('deliver');
  for (const event of step.events)
    await events.publish({ type: 'hotspotChanged', eventId: event.id, hotspotId: event.hotspotId });
  for (const alert of step.raised.alerts) await events.publish({ type: 'alertRaised', ...alert });
}

function floor(time: number): number {
  return Math.floor(time / STEP) * STEP;
}

async function arrivals(
  posts: readonly ReadyPost[],
  detection: LiveDetection,
  { inference, embed, opinions }: Deps,
): Promise<ArrivedPost[]> {
  const felt = await opinions(posts.map(({ text }) => text));
  // In their order: the first of two pictures that are much the same names both.
  const keys = posts.map(({ pictures: [first], postedAt }) =>
    first === undefined ? null : detection.pictureKey(first.phash, first.sha256, postedAt.getTime()),
  );
  return Promise.all(
    posts.map(async ({ id, postedAt, author, text, pictures }, i) => {
      const captions = pictures.map((picture) => picture.caption.trim());
      const caption = captions.filter((one) => one !== '').join(' ');
      const said = (embed === 'caption+text' ? `${caption} ${text}` : caption || text).trim();
      const embedding = said === '' ? null : await inference.embedText(said);
      return {
        id,
        at: postedAt.getTime(),
        // Nobody knows whether two posts without an author are of one.
        author: author ?? `author of ${id}`,
        named: author,
        picture: keys[i]!,
        phash: pictures[0]?.phash ?? null,
        opinion: felt[i]!.score,
        text,
        caption,
        vector: embedding === null || embedding.known < KNOWN ? null : embedding.vector,
      };
    }),
  );
}
