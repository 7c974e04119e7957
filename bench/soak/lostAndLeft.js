// What must be there when a soak is over, and what must not.
import { readdir } from 'node:fs/promises';
import { isForgotten, lookAtPictures } from '../load/pictures.js';

/** Counts, and the list of what is wrong, against what the flow was told. */
export async function lostAndLeft({ pool, mediaRoot, flow }) {
  const found = [];
  const say = (text, items) => {
    if (items.length > 0) found.push(`${text}: ${items.length}, such as ${items.slice(0, 5).join(', ')}`);
  };
  const { rows: posts } = await pool.query(`SELECT native_id AS id FROM posts WHERE source = 'soak'`);
  const ids = new Set(posts.map(({ id }) => id));
  const lost = [...flow.there.keys()].filter((id) => !ids.has(id));
  const left = [...ids].filter((id) => !flow.there.has(id));
  say('lost posts', lost);
  say('posts that were deleted and are there', left);
  const images = await lookAtPictures(pool);
  const names = (of) => images.filter(of).map(({ sha256 }) => sha256);
  say('pictures with neither a caption nor a job', names(isForgotten));
  say(
    'pictures that no post shows',
    names(({ shown }) => !shown),
  );
  const entries = await readdir(mediaRoot, { recursive: true, withFileTypes: true });
  const files = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
  const known = new Set(images.map(({ sha256 }) => sha256));
  say(
    'files without a row',
    [...files].filter((name) => !known.has(name)),
  );
  say(
    'rows without a file',
    [...known].filter((name) => !files.has(name)),
  );
  const captioned = images.filter((one) => one.captioned).length;
  return { found, counts: { posts: ids.size, lost: lost.length, left: left.length, images: images.length, captioned } };
}
