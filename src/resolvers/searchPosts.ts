// Searching posts by words, by meaning, and by a picture.
import { Args, ArgsType, Ctx, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { reaches } from '../access/role.js';
import type { Context } from '../context.js';
import { AppError } from '../errors.js';
import { type Found, type SearchHit as HitRow, searchPosts } from '../search/searchPosts.js';
import { ForwardArgs, PageInfo, pageRequest, readCursor, writeCursor } from './connection.js';
import { plainText } from './ids.js';
import { pictureBytes } from './pictureBytes.js';
import { Post, PostFilter, postsFilter } from './post.js';

@ObjectType({ description: 'A piece of a text, in UTF-16 code units as JavaScript counts.' })
export class TextRange {
  @Field(() => Int, { description: 'Its first place, from 0.' })
  start!: number;

  @Field(() => Int, { description: 'The place behind its last.' })
  end!: number;
}

@ObjectType({ description: 'Where the words stand in a text.' })
export class FoundWords {
  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the picture whose shown caption it is; null: in the post’s own text.',
  })
  sha256!: string | null;

  @Field(() => [TextRange], { description: 'The words, in their order.' })
  ranges!: readonly TextRange[];
}

@ObjectType({ description: 'A picture that is near in meaning: what its caption says, by the embedding model.' })
export class FoundMeaning {
  @Field(() => String, { description: 'SHA-256 of the picture.' })
  sha256!: string;

  @Field(() => Float, { description: 'Cosine of the angle between both vectors: 1 is the same, 0 nothing in common.' })
  similarity!: number;
}

@ObjectType({ description: 'A picture that looks just like the one that is searched for.' })
export class FoundPicture {
  @Field(() => String, { description: 'SHA-256 of the picture.' })
  sha256!: string;

  @Field(() => Int, { description: 'Bits of 64 in which their perceptual hashes differ: 0 to 2.' })
  differingBits!: number;
}

@ObjectType({ description: 'A post that was found, and why: at least one of `byWords`, `meaning` and `same` tells.' })
export class SearchHit {
  @Field(() => Post, { description: 'The post.' })
  post!: Post;

  @Field(() => Float, {
    description:
      'Sum of 1 / (60 + place) over the rankings that it is in (reciprocal rank fusion). To compare hits of one search by.',
  })
  score!: number;

  @Field(() => Boolean, { description: 'Whether it was found by the words.' })
  byWords!: boolean;

  @Field(() => [FoundWords], { description: 'Where the words stand; empty where it was not found by them.' })
  words!: readonly FoundWords[];

  @Field(() => FoundMeaning, {
    nullable: true,
    description: 'Its picture that is near in meaning. Of posts that show one picture the newest is found.',
  })
  meaning!: FoundMeaning | null;

  @Field(() => FoundPicture, { nullable: true, description: 'Its picture that looks like the one searched for.' })
  same!: FoundPicture | null;
}

@ObjectType({ description: 'One place of what was found.' })
export class SearchHitEdge {
  @Field(() => SearchHit, { description: 'What was found.' })
  node!: SearchHit;

  @Field(() => String, {
    description: 'Marks this place for `after`: the next page is of the list as it was for the first.',
  })
  cursor!: string;
}

@ObjectType({ description: 'A page of what was found, the best first: of each way to search the best hundred or two.' })
export class SearchHitConnection {
  @Field(() => [SearchHitEdge], { description: 'The hits of the page, each with its cursor.' })
  edges!: SearchHitEdge[];

  @Field(() => [SearchHit], { description: 'The nodes of `edges`.' })
  nodes!: SearchHit[];

  @Field(() => PageInfo, { description: 'Where the page lies in the list.' })
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'Length of the whole list.' })
  totalCount!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'About how many posts have the words, whatever the filter and also beyond the list; null where no index knows the words.',
  })
  aboutPosts!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why it was not searched by meaning, but by words and looks alone; null: it was.',
  })
  withoutMeaning!: string | null;
}

const MAX_WORDS = 1000;

@ArgsType()
class SearchArgs extends ForwardArgs {
  @Field(() => String, {
    nullable: true,
    description: `What to find, at most ${MAX_WORDS} characters: words, "a phrase", OR, -without.`,
  })
  words?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'A picture to find others by: the bytes of its file in base64; a `data:` URL will do. It is not kept. Needs the role ANALYST.',
  })
  picture?: string | null;

  @Field(() => PostFilter, { nullable: true, description: 'Only among these posts.' })
  filter?: PostFilter | null;
}

@Resolver(() => SearchHitConnection)
export class SearchPostsResolver {
  @Query(() => SearchHitConnection, {
    description:
      'Finds posts by words (of the post and of the captions shown of its pictures) and by meaning (of these captions), or by a picture.',
  })
  async searchPosts(@Args(() => SearchArgs) args: SearchArgs, @Ctx() context: Context): Promise<SearchHitConnection> {
    const { config, db, inference } = context.services;
    const page = pageRequest(args, placeOf);
    const found = await searchPosts(
      { db, inference, captioning: config.captioning, imageLimits: config.media, signal: context.deadline.signal },
      {
        words: wordsOf(args.words),
        picture: pictureOf(args, context),
        filter: await postsFilter(db.pool, args.filter),
        limit: page.limit,
        after: page.after,
      },
    );
    return pageOf(found, args.after != null);
  }
}

function wordsOf(given: string | null | undefined): string | undefined {
  const words = plainText('words', given)?.trim() ?? '';
  if (words.length > MAX_WORDS)
    throw new AppError('BAD_USER_INPUT', `words: expected at most ${MAX_WORDS} characters, got ${words.length}`);
  return words === '' ? undefined : words;
}

function pictureOf({ words, picture }: SearchArgs, { services, caller }: Context): Uint8Array | undefined {
  if (picture == null) {
    if ((words ?? '').trim() === '') throw new AppError('BAD_USER_INPUT', 'give words or a picture to search for');
    return undefined;
  }
  // It takes the models' time, as a preview does.
  if (!reaches(caller.role, 'ANALYST'))
    throw new AppError(
      'FORBIDDEN',
      `to search by a picture needs the role analyst, the key shown has ${caller.role.toLowerCase()}`,
    );
  return pictureBytes('picture', picture, services.config.media);
}

function pageOf({ hits, more, count, about, without }: Found, behind: boolean): SearchHitConnection {
  const edges = hits.map((hit) => ({ node: hit as SearchHit, cursor: cursorOf(hit) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: more,
      hasPreviousPage: behind,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: count,
    aboutPosts: about,
    withoutMeaning: without,
  };
}

const parseCursor = readCursor('search', /^\d{1,15} \d{1,6} [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

function placeOf(cursor: string) {
  const [asOf, place, id] = parseCursor(cursor);
  return { asOf: new Date(Number(asOf)), place: Number(place), id: id! };
}

function cursorOf({ asOf, place, id }: HitRow): string {
  return writeCursor('search', asOf.getTime(), place, id);
}
