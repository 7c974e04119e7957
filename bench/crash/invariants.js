// What must hold after every round, whatever was killed in it.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { openMediaStore } from '../../dist/ingest/mediaStore.js';
import { purgeImages } from '../../dist/ingest/purgeImages.js';
import { FOLDERS, sweepMedia } from '../../dist/jobs/sweepMedia.js';

const QUEUES = ['fetch', 'caption', 'embed'];

/** Nothing of a post's way is under way any more; the answer says what is, or null. */
export async function underWay(ask) {
  const { queue, pending } = await ask(
    '{ queue { counts { name waiting delayed running } } pending: posts(filter: { status: PENDING }) { totalCount } }',
  );
  const jobs = queue.counts.filter(({ name }) => QUEUES.includes(name));
  const busy = jobs.some(({ waiting, delayed, running }) => waiting + delayed + running > 0);
  return busy || pending.totalCount > 0 ? JSON.stringify({ jobs, pending: pending.totalCount }) : null;
}

/** What `queue` tells, to be compared with the tables. */
export async function queueCounts(ask) {
  const { queue } = await ask('{ queue { deadLetterCount counts { name waiting delayed running dead } } }');
  return queue;
}

/** The list of what is violated, each with what is needed to look for its cause. */
export async function violations({ pool, acknowledged, mediaRoot, counts, unexpected }) {
  const found = unexpected.map((text) => `a process ended by itself: ${text}`);
  const say = (text, rows) => {
    if (rows.length > 0) found.push(`${text} (${rows.length}): ${JSON.stringify(rows.slice(0, 5))}`);
  };
  const rows = async (sql, values) => (await pool.query(sql, values)).rows;

  const posts = await rows(
    `SELECT p.native_id AS id, array_agg(pi.status || coalesce(' ' || c.status, '') ORDER BY pi.position) AS pictures,
            array_agg(coalesce(pi.error, c.error) ORDER BY pi.position) AS errors
     FROM posts p JOIN post_images pi ON pi.post_id = p.id
     LEFT JOIN images i ON i.sha256 = pi.image_sha256 LEFT JOIN captions c ON c.image_sha256 = i.sha256
     GROUP BY p.id`,
  );
  const byId = new Map(posts.map((post) => [post.id, post]));
  say(
    'acknowledged, but not there',
    [...acknowledged.keys()].filter((id) => !byId.has(id)),
  );
  say('there more than once', await rows('SELECT source, native_id FROM posts GROUP BY 1, 2 HAVING count(*) > 1'));
  const wrong = [];
  for (const [id, { expected }] of acknowledged) {
    const post = byId.get(id);
    if (post === undefined) continue;
    const right =
      post.pictures.length === expected.length &&
      expected.every((outcome, i) =>
        outcome === 'COMPLETED'
          ? post.pictures[i] === 'STORED COMPLETED'
          : post.pictures[i] === 'FAILED' && post.errors[i],
      );
    if (!right) wrong.push({ id, expected, ...post });
  }
  say('pictures that are neither captioned once nor failed with a reason', wrong);
  say(
    'failed without a reason',
    await rows(`SELECT id FROM captions WHERE status = 'FAILED' AND coalesce(error, '') = ''`),
  );
  say(
    'images without exactly one caption',
    await rows(
      'SELECT i.sha256, count(c.id)::int FROM images i LEFT JOIN captions c ON c.image_sha256 = i.sha256 GROUP BY 1 HAVING count(c.id) <> 1',
    ),
  );
  say(
    'completed, but not the current caption',
    await rows(
      `SELECT c.id FROM captions c JOIN images i ON i.sha256 = c.image_sha256 WHERE c.status = 'COMPLETED' AND i.current_caption_id IS DISTINCT FROM c.id`,
    ),
  );
  say(
    'captions without their vector',
    await rows(
      `SELECT c.id FROM captions c WHERE c.status = 'COMPLETED' AND btrim(c.text) <> ''
       AND (SELECT count(*) FROM embeddings v WHERE v.image_sha256 = c.image_sha256 AND v.kind = 'CAPTION') <> 1`,
    ),
  );
  const jobs = await rows(
    `SELECT name, state::text, singleton_key, retry_count, output FROM pgboss.job
     WHERE name = ANY($1::text[]) AND state < 'completed'`,
    [QUEUES],
  );
  say('jobs that are left', jobs);
  const dead = await rows(
    `SELECT name, singleton_key, source_output FROM pgboss.job WHERE name LIKE '%.dead' AND state = 'created'`,
  );
  say('dead letters that no fault of the round explains', dead);
  if (counts.deadLetterCount !== dead.length)
    found.push(`queue.deadLetterCount says ${counts.deadLetterCount}, the table ${dead.length}`);
  for (const { name, waiting, delayed, running } of counts.counts) {
    const left = jobs.filter((job) => job.name === name).length;
    if (QUEUES.includes(name) && waiting + delayed + running !== left)
      found.push(`queue.counts of ${name} says ${waiting + delayed + running}, the table ${left}`);
  }

  // A client that was not answered has sent its post again by now: what is left without a row is of killed writes, which the
  // product's own sweep removes once it is old enough. Here it is told that it is later.
  const before = (await filesUnder(mediaRoot)).length;
  const media = openMediaStore(path.dirname(mediaRoot));
  const log = { warn() {} };
  await sweepMedia({ pool, media, log }, { from: 0, count: FOLDERS, now: Date.now() + 2 * 3_600_000 });
  await purgeImages({ pool, media });
  const files = await filesUnder(mediaRoot);
  const swept = before - files.length;
  const images = new Set((await rows('SELECT sha256 FROM images')).map(({ sha256 }) => sha256));
  say(
    'files without a row',
    files.filter((file) => !images.has(path.basename(file))),
  );
  const names = new Set(files.map((file) => path.basename(file)));
  say(
    'rows without a file',
    [...images].filter((sha256) => !names.has(sha256)),
  );
  const damaged = [];
  for (const file of files) {
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    if (sha256 !== path.basename(file)) damaged.push(file);
  }
  say('files that are not whole', damaged);
  return { found, swept, images: images.size };
}

async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}
