// Plays the drawn city into the Hotlens that runs here: its first day at once, then hour by hour.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Services } from '../context.js';
import { API_ORIGIN } from '../db/importRecord.js';
import { newestOfSource } from '../db/newestOfSource.js';
import { uncaptionedImages } from '../db/uncaptionedImages.js';
import { messageOf } from '../errors.js';
import type { ImportRow } from '../ingest/importRow.js';
import { ingestPosts } from '../ingest/ingestPosts.js';
import { enqueueWork } from '../jobs/enqueueWork.js';
import { watchImport } from '../jobs/watchImport.js';
import { HOUR } from '../simulation/course.js';
import { drawPost } from '../simulation/drawPost.js';
import type { SimulatedPost } from '../simulation/simulate.js';
import { openSprites, type SpriteSheet } from '../training/scenes/sprites.js';
import { openDemoDestinations } from './demoAlerts.js';
import { firstReport } from './firstReport.js';
import { createPlayhead, type Playhead, SPEED } from './playhead.js';
import { type Story, tellStory } from './story.js';

/** Where its posts come from. */
const SOURCE = 'city';
const ORIGIN = 'the drawn city';
const PICTURE_SIZE = 192;
/** ms between two looks at what was posted meanwhile. */
const BEAT = 500;
/** Posts at a time. */
const BATCH = 50;
/** How far into the city's second day its first report is made (ms): something has happened by then. */
const REPORTED = 4 * HOUR;

export interface City {
  readonly state: CityState;
  /** Takes the city's life in until `signal` says that it is enough, from where a run before this one has come to. */
  live(services: Services, signal: AbortSignal): Promise<void>;
  /** What is still missing until whoever looks finds the first day captioned; once it was, nothing ever. */
  notReady(services: Services): Promise<readonly string[]>;
}

export interface CityState {
  /** Undefined until the first day is in. */
  readonly playhead: Playhead | undefined;
  /** How much of the first day is in: 0 to 1. */
  readonly firstDay: number;
}

/** The city of one run; nothing happens in it before `live`. Rejects with AppError CONFIG where what it is drawn from is not installed. */
export async function openCity(): Promise<City> {
  const sprites = await openSprites();
  let playhead: Playhead | undefined;
  let firstDay = 0;
  let known = false;
  return {
    get state() {
      return { playhead, firstDay };
    },
    async live(services, signal) {
      const { log, config } = services;
      await openDemoDestinations(services.db.pool);
      const story = tellStory(await beginningOf(config.dataDir));
      const { posts } = story.simulation;
      const upTo = (at: number) => posts.findIndex(({ receivedAt }) => receivedAt + story.moved > at);
      const newest = await newestOfSource(services.db.prisma, SOURCE);
      // What a run before this one has taken in is not drawn again; its last post may be in without its picture's job.
      const from = Math.max(0, newest === null ? 0 : posts.findIndex(({ id }) => id === newest));
      const history = upTo(story.history);
      const told = (place: number) => {
        firstDay = (from + place) / history;
      };
      if (from < history)
        await takeIn(services, posts.slice(from, history), { story, sprites, signal, origin: ORIGIN, told });
      firstDay = 1;
      let sent = Math.max(from, history);
      log.info({ posts: sent }, 'the first day of the drawn city is in');
      const reached = Math.max(story.history, (posts[from]?.receivedAt ?? 0) + story.moved);
      playhead = createPlayhead({ from: Math.min(reached, Date.now()), speed: SPEED });
      let reported = false;
      while (!signal.aborted && sent < posts.length) {
        const due = upTo(playhead.at());
        const next = posts.slice(sent, Math.min(due === -1 ? posts.length : due, sent + BATCH));
        try {
          if (next.length > 0) await takeIn(services, next, { story, sprites, signal, origin: API_ORIGIN });
          sent += next.length;
        } catch (error) {
          if (!signal.aborted) log.warn({ reason: messageOf(error) }, 'the drawn city waits');
        }
        if (!reported && playhead.at() > story.history + REPORTED) {
          // What waits for its caption would be missing: it is asked for again when the city has gone on.
          reported = (await uncaptionedImages(services.db.prisma)) < BATCH;
          if (reported) await firstReport(services, playhead.at());
        }
        if (next.length < BATCH) await sleep(BEAT, undefined, { signal }).catch(() => undefined);
      }
    },
    async notReady({ db }) {
      if (known) return [];
      if (playhead === undefined) return ['demo: the first day of the city is taken in'];
      const waiting = await uncaptionedImages(db.prisma);
      known = waiting === 0;
      return known ? [] : [`demo: ${waiting} pictures wait for their captions`];
    },
  };
}

/** When the demo in this folder was first started (ms): started again, it goes on with the same story. */
async function beginningOf(dataDir: string): Promise<number> {
  const file = path.join(dataDir, 'city.json');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return (JSON.parse(known) as { began: number }).began;
  const began = Date.now();
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, JSON.stringify({ began }));
  return began;
}

interface Taken {
  readonly story: Story;
  readonly sprites: SpriteSheet;
  readonly origin: string;
  readonly signal: AbortSignal;
  /** Called with the place of each post as it is drawn. */
  readonly told?: (place: number) => void;
}

/** Posts that are there already are none the worse for coming again. */
async function takeIn(
  services: Services,
  posts: readonly SimulatedPost[],
  { story, sprites, origin, signal, told }: Taken,
) {
  const { db, queue, plan, media, config, admission } = services;
  const { media: limits, retention } = config;
  const deps = { db, media: media.store, limits, retention, enqueue: enqueueWork(queue, plan) };
  const row = async ({ id, createdAt, author, text, imageKey }: SimulatedPost) => {
    const facts = imageKey === null ? undefined : story.simulation.pictures.get(imageKey);
    const images =
      facts === undefined
        ? []
        : [{ base64: (await drawPost(sprites, imageKey!, facts, PICTURE_SIZE)).toString('base64') }];
    const postedAt = new Date(createdAt + story.moved).toISOString();
    return { source: SOURCE, id, author, text, language: 'en', postedAt, images };
  };
  async function* rows(): AsyncGenerator<ImportRow> {
    for (const [place, post] of posts.entries()) {
      told?.(place);
      // Nothing to see, nothing to read: such a post can't be taken in.
      if (post.text !== '' || post.imageKey !== null) yield { place, value: await row(post) };
    }
  }
  const extent = { unit: 'ROWS', total: posts.length } as const;
  await admission.admit(() => ingestPosts(deps, rows(), { origin, extent, signal, report: watchImport(services) }));
  queue.wake('caption');
  queue.wake('detect');
}
