// Finds posts by words, by meaning and by a picture, and says of each why.
//
// Up to three rankings, each of the best hundred or two: posts that say the words; posts with pictures whose captions are near in meaning; posts
// with the picture itself, or one that looks just like it. They become one by fuseRanks.ts. The list is bounded, and the same for every page of it.
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { PrismaClient } from '../db/generated/client.js';
import type { PostRow } from '../db/postRow.js';
import { postsByIds } from '../db/postsByIds.js';
import type { PostsFilter } from '../db/postsPage.js';
import { type MarkedText, markedWords, type TextRange } from '../db/search/markedWords.js';
import { type NearPicture, picturesByMeaning } from '../db/search/picturesByMeaning.js';
import { postsBySigns } from '../db/search/postsBySigns.js';
import { postsByWords } from '../db/search/postsByWords.js';
import { type SamePicture, samePictures } from '../db/search/samePictures.js';
import { type SearchScope, searchScope } from '../db/search/searchScope.js';
import { wordsQuery } from '../db/search/wordsQuery.js';
import { type ImageLimits, lookAtImage } from '../ingest/storeImage.js';
import { fuseRanks } from './fuseRanks.js';
import { type MeaningDeps, meaningOfPicture, meaningOfText } from './meaningOf.js';

export interface SearchDeps extends MeaningDeps {
  readonly db: { readonly pool: Pool; readonly prisma: PrismaClient };
  readonly imageLimits: ImageLimits;
}

/** A place in the list of a search. */
export interface SearchPlace {
  /** When the first page was made: later posts are not of the list. */
  readonly asOf: Date;
  readonly place: number;
  readonly id: string;
}

export interface SearchRequest {
  readonly words?: string | undefined;
  readonly picture?: Uint8Array | undefined;
  readonly filter: PostsFilter;
  readonly limit: number;
  readonly after?: SearchPlace | undefined;
}

export interface SearchHit extends SearchPlace {
  readonly post: PostRow;
  readonly score: number;
  /** Whether the post says the words, and where they stand. */
  readonly byWords: boolean;
  readonly words: readonly MarkedText[];
  readonly meaning: NearPicture | null;
  readonly same: (SamePicture & { readonly differingBits: number }) | null;
}

export interface Found {
  readonly hits: readonly SearchHit[];
  readonly more: boolean;
  /** Length of the whole list. */
  readonly count: number;
  /** About how many posts have the words, also beyond the list; null: not searched by words of an index. */
  readonly about: number | null;
  /** Why it was not searched by meaning; null: it was. */
  readonly without: string | null;
}

/** The most that each ranking brings. */
const BY_WORDS = 200;
const BY_MEANING = 100;
const SAME = 50;
/** Bits of 64 in which the perceptual hash of what looks the same may differ: fewer than of a copy that a person would still know. */
const SAME_BITS = 2;
/** Something is the nearest to anything: what is much less near than the nearest, or not near at all, is not found. */
const AGAINST_BEST = 0.8;
const LEAST = 0.35;
/** Scripts that put no spaces between words: the index has whole sentences of them as one word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Rejects with AppError BAD_IMAGE where the picture is none. */
export async function searchPosts(
  deps: SearchDeps,
  { words, picture, filter, limit, after }: SearchRequest,
): Promise<Found> {
  const { pool, prisma } = deps.db;
  // First of all: what is no picture is not given to a model.
  const looks = picture === undefined ? undefined : await looksOf(picture, deps.imageLimits);
  const [scope, meanings] = await Promise.all([
    searchScope(pool, filter, after?.asOf),
    Promise.all([
      ...(words === undefined ? [] : [meaningOfText(words, deps)]),
      ...(picture === undefined ? [] : [meaningOfPicture(picture, deps)]),
    ]),
  ]);
  const vectors = meanings.flatMap((meaning) => ('near' in meaning ? [meaning.near] : []));
  const [same, said, near] = await Promise.all([
    looks === undefined ? [] : sameAs(pool, looks, scope),
    words === undefined ? NOT_ASKED : byWords(pool, words, scope),
    Promise.all(vectors.map((vector) => byMeaning(pool, vector, scope))),
  ]);

  const list = fuseRanks([same, ...near, said.ids.map((id) => ({ id }))].map((ranking) => ranking.map(({ id }) => id)));
  const first = after === undefined ? 0 : placeBehind(list, after);
  const page = list.slice(first, first + limit);
  const ids = page.map(({ id }) => id);
  const posts = new Map((await postsByIds(prisma, ids)).map((post) => [post.id, post]));
  const marked = await said.mark([...posts.values()]);
  const hits = page.flatMap(({ id, score }, i): SearchHit[] => {
    const post = posts.get(id);
    // Deleted between the statements.
    if (post === undefined) return [];
    const nearest =
      near
        .flat()
        .filter((one) => one.id === id)
        .sort((a, b) => b.similarity - a.similarity)[0] ?? null;
    return [
      {
        asOf: scope.asOf,
        place: first + i,
        id,
        post,
        score,
        byWords: said.ids.includes(id),
        words: marked.filter((one) => one.id === id),
        meaning: nearest,
        same: same.find((one) => one.id === id) ?? null,
      },
    ];
  });
  const without = meanings.flatMap((meaning) => ('without' in meaning ? [meaning.without] : []))[0] ?? null;
  return { hits, more: list.length > first + limit, count: list.length, about: said.about, without };
}

/** Behind the hit itself where it still is in the list, wherever that is now; else behind where it was. */
function placeBehind(list: readonly { readonly id: string }[], { id, place }: SearchPlace): number {
  const now = list.findIndex((one) => one.id === id);
  return now >= 0 ? now + 1 : place;
}

/** Where a database's locale knows no Unicode, an emoji is a word to it. */
const WORD = /[\p{L}\p{N}]/u;

interface Said {
  readonly ids: readonly string[];
  readonly about: number | null;
  /** Where the words stand in some of them. */
  readonly mark: (posts: readonly PostRow[]) => Promise<readonly MarkedText[]>;
}

const NOT_ASKED: Said = { ids: [], about: null, mark: async () => [] };

async function byWords(pool: Pool, text: string, scope: SearchScope): Promise<Said> {
  const words = await wordsQuery(pool, text);
  const signs = words.tsquery === '' || !WORD.test(text) || UNSPACED.test(text);
  const ids = signs
    ? await postsBySigns(pool, { text, scope, limit: BY_WORDS })
    : await postsByWords(pool, { words, scope, limit: BY_WORDS });
  const said = new Set(ids);
  return {
    ids,
    about: signs ? null : words.about,
    async mark(posts) {
      const those = posts.filter(({ id }) => said.has(id));
      if (signs) return those.map((post) => ({ id: post.id, sha256: null, ranges: rangesOf(post.text, text) }));
      return await markedWords(
        pool,
        words.tsquery,
        those.map(({ id }) => id),
      );
    },
  };
}

function rangesOf(text: string, signs: string): TextRange[] {
  const literal = new RegExp(signs.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'giu');
  return [...text.matchAll(literal)].map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
}

async function byMeaning(pool: Pool, near: Parameters<typeof picturesByMeaning>[1]['near'], scope: SearchScope) {
  const pictures = await picturesByMeaning(pool, { near, scope, limit: BY_MEANING });
  const least = Math.max(LEAST, AGAINST_BEST * (pictures[0]?.similarity ?? 0));
  const enough = pictures.filter(({ similarity }) => similarity >= least);
  // A post with two such pictures is one hit, by the nearer.
  return [...new Map(enough.toReversed().map((picture) => [picture.id, picture])).values()].reverse();
}

interface Looks {
  readonly sha256: string;
  readonly phash: string;
}

async function looksOf(picture: Uint8Array, limits: ImageLimits): Promise<Looks> {
  const { phash } = await lookAtImage(picture, limits);
  return { sha256: createHash('sha256').update(picture).digest('hex'), phash };
}

async function sameAs(pool: Pool, { sha256, phash }: Looks, scope: SearchScope) {
  return samePictures(pool, { sha256, phash, most: SAME_BITS, scope, limit: SAME });
}
