// What a soak brings in: a simulated city whose first days are an archive, and whose last are played faster than they were made.
import { drawPost } from '../../dist/simulation/drawPost.js';
import { simulate } from '../../dist/simulation/simulate.js';
import { openSprites } from '../../dist/training/scenes/sprites.js';

export const HOUR = 3_600_000;
/** Nothing happens in a simulation's first day, which is left out: the same is to come in from beginning to end. */
const LEAD = 24;
/** Pixels. */
const SIZE = 192;

/**
 * `archiveHours` and then `hours` of a city, moved so that it ends at `endsAt` (epoch ms): nothing is posted in the future. `rate` 1
 * is 10,000 posts in seven days.
 */
export async function openCity({ archiveHours, hours, rate, endsAt }) {
  const sprites = await openSprites();
  const days = Math.ceil((LEAD + archiveHours + hours) / 24);
  const start = Date.UTC(2026, 2, 2);
  const city = simulate({ seed: 1, start, days, rate, late: 0 });
  const startsAt = endsAt - (archiveHours + hours) * HOUR;
  const liveFrom = startsAt + archiveHours * HOUR;
  const posts = city.posts
    // Nothing to see, nothing to read: such a post can't be taken in.
    .filter(({ text, imageKey }) => text !== '' || imageKey !== null)
    .map((post) => ({ ...post, at: post.createdAt - start - LEAD * HOUR + startsAt }))
    .filter(({ at }) => at >= startsAt && at < endsAt);
  return {
    liveFrom,
    archive: posts.filter(({ at }) => at < liveFrom),
    live: posts.filter(({ at }) => at >= liveFrom),
    /** A post as ingestPosts takes it. */
    async rowOf({ id, author, text, imageKey, at }, values = {}) {
      const picture = imageKey === null ? null : await drawPost(sprites, imageKey, city.pictures.get(imageKey), SIZE);
      const images = picture === null ? [] : [{ base64: picture.toString('base64') }];
      return { source: 'soak', id, author, text, language: 'en', postedAt: new Date(at), images, ...values };
    },
  };
}
