// The client of a soak: posts go in, get likes an hour later and are deleted when they are old, and it is known which should be there.
import { setTimeout as pause } from 'node:timers/promises';

const INGEST = 'mutation ($posts: [PostInput!]) { ingestPosts(posts: $posts) { accepted updated rejected } }';
const DELETE = `mutation ($ids: [ID!]) { deletePosts(source: "soak", nativeIds: $ids, reason: RETENTION) { posts } }`;
/** Posts of a call: GraphQL bodies hold their pictures. */
const BATCH = 40;
/** Most ids that deletePosts takes. */
const DELETED_AT_ONCE = 1000;

/** `ask(query, variables)` resolves to GraphQL's whole answer. */
export function createFlow({ ask, rowOf }) {
  /** Acknowledged and not deleted since: when they were posted, by id. */
  const there = new Map();
  const deleted = new Set();
  const refusals = new Map();
  const wrong = [];

  /** Sent again where it is to come later; what else is answered is wrong. */
  async function insist(query, variables) {
    for (;;) {
      const { data, errors } = await ask(query, variables);
      if (errors === undefined) return data;
      const { code, retryAfterMs } = errors[0].extensions;
      refusals.set(code, (refusals.get(code) ?? 0) + 1);
      if (retryAfterMs === undefined) throw new Error(`answered ${code}: ${errors[0].message}`);
      await pause(retryAfterMs);
    }
  }

  return {
    there,
    deleted,
    refusals,
    wrong,
    /** Resolves when all of them are acknowledged. `values` go over those of each post. */
    async send(posts, values) {
      for (let from = 0; from < posts.length; from += BATCH) {
        const some = posts.slice(from, from + BATCH);
        const rows = await Promise.all(some.map((post) => rowOf(post, values)));
        const { ingestPosts: told } = await insist(INGEST, { posts: rows });
        if (told.accepted + told.updated === some.length) for (const { id, at } of some) there.set(id, at);
        else wrong.push(`of ${some.length} posts ${told.rejected} were rejected`);
      }
    },
    /** Deletes what was posted before a time (epoch ms), as retention would. */
    async deleteBefore(time) {
      const old = [...there].filter(([, at]) => at < time).map(([id]) => id);
      for (let from = 0; from < old.length; from += DELETED_AT_ONCE) {
        const ids = old.slice(from, from + DELETED_AT_ONCE);
        const { deletePosts: told } = await insist(DELETE, { ids });
        if (told.posts !== ids.length) wrong.push(`of ${ids.length} posts to be deleted ${told.posts} were there`);
        for (const id of ids) {
          there.delete(id);
          deleted.add(id);
        }
      }
    },
  };
}
