// Plays a simulation into a running Hotlens, as if it happened now.
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, messageOf } from '../errors.js';
import type { SpriteSheet } from '../training/scenes/sprites.js';
import { drawPost } from './drawPost.js';
import type { SimulatedPost, Simulation } from './simulate.js';
import { SOURCE } from './writeSimulation.js';

export interface PlayOptions {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Key of an analyst, where one is needed. */
  readonly key?: string | undefined;
  /** Simulated seconds a second, 1 and up. */
  readonly speed: number;
  readonly sprites: SpriteSheet;
  readonly size: number;
  /** Ends the play between two batches. */
  readonly signal?: AbortSignal;
  readonly onSent?: (sent: number, at: Date) => void;
  /** Told of a batch that failed and is tried again, and of a post that is refused. */
  readonly onFailure?: (reason: string) => void;
}

/** ms between two batches, and posts in one: GraphQL bodies hold their pictures. */
const BEAT = 500;
const BATCH = 50;
/** ms before a failed batch is sent again, at first and at most. */
const RETRY = { first: 500, most: 15_000 };

const INGEST = `mutation Play($posts: [PostInput!]!) { ingestPosts(posts: $posts) { rejections { reason } } }`;

/**
 * Sends the posts in the order of their arrival. Their times are moved so that the last is made just when it is sent, and none in the
 * future: at speed 60 a week begins seven days ago less the two hours and 48 minutes that it plays. A batch that could not be sent is
 * sent again until it is, so none is lost. Throws AppError BAD_USER_INPUT where `url` is no Hotlens.
 */
export async function play({ posts, pictures }: Simulation, options: PlayOptions): Promise<void> {
  const { url, speed, sprites, size, signal, onSent } = options;
  if (posts.length === 0) return;
  const began = Date.now();
  const [first, last] = [posts[0]!.receivedAt, posts.at(-1)!.receivedAt];
  const moved = began + (last - first) / speed - last;
  const post = async ({ id, createdAt, author, text, imageKey }: SimulatedPost) => {
    const images =
      imageKey === null
        ? []
        : [{ base64: (await drawPost(sprites, imageKey, pictures.get(imageKey)!, size)).toString('base64') }];
    // Another play is another stream: its posts are not those of the last.
    const unique = `${began.toString(36)}-${id}`;
    return { source: SOURCE, id: unique, author, text, language: 'en', postedAt: new Date(createdAt + moved), images };
  };
  for (let sent = 0; sent < posts.length && signal?.aborted !== true; ) {
    const now = first + (Date.now() - began) * speed;
    const due = posts.slice(sent, sent + BATCH).filter(({ receivedAt }) => receivedAt <= now);
    // Nothing to see, nothing to read: such a post can't be taken in.
    const rows = await Promise.all(due.filter(({ text, imageKey }) => text !== '' || imageKey !== null).map(post));
    if (rows.length > 0) await send(rows, { ...options, url });
    sent += due.length;
    if (due.length > 0) onSent?.(sent, new Date(due.at(-1)!.createdAt + moved));
    if (due.length < BATCH) await sleep(BEAT, undefined, { signal }).catch(() => undefined);
  }
}

interface Answer {
  readonly data?: { readonly ingestPosts?: { readonly rejections: readonly { readonly reason: string }[] } };
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly retryAfterMs?: number };
  }[];
}

async function send(posts: readonly object[], { url, key, signal, onFailure }: PlayOptions): Promise<void> {
  const body = JSON.stringify({ query: INGEST, variables: { posts } });
  const headers = {
    'content-type': 'application/json',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  for (let wait = RETRY.first; signal?.aborted !== true; wait = Math.min(2 * wait, RETRY.most)) {
    try {
      const response = await fetch(url, { method: 'POST', headers, body });
      const answer = (await response.json()) as Answer;
      const taken = answer.data?.ingestPosts;
      if (taken) {
        for (const { reason } of taken.rejections) onFailure?.(`a post is refused: ${reason}`);
        return;
      }
      const refusal = answer.errors?.[0];
      const reason = refusal?.message ?? `HTTP ${response.status}`;
      // Sent again, it would be refused again; unless it is to be sent later.
      if (response.status < 500 && refusal?.extensions?.retryAfterMs === undefined)
        throw new AppError('BAD_USER_INPUT', `${url}: ${reason}`);
      throw new Error(reason);
    } catch (error) {
      if (error instanceof AppError) throw error;
      onFailure?.(`${url}: ${messageOf(error)}; trying again`);
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}
