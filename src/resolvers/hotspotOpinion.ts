// Public opinion inside a hotspot: how people feel, over time, and whether that turned or fell into camps.
import { Arg, Ctx, Field, FieldResolver, Float, Int, ObjectType, Resolver, Root } from 'type-graphql';
import { AGREEMENT, OPINION } from '../analytics/opinion/opinion.js';
import { type OpinionBar as Bar, opinionTimeline } from '../analytics/opinion/timeline.js';
import type { Context } from '../context.js';
import type { HotspotRow } from '../db/hotspots/hotspotRow.js';
import { AppError } from '../errors.js';
import { listLength } from './connection.js';
import { Hotspot } from './hotspot.js';
import { Post } from './post.js';
import { GraphQLInstant } from './scalars.js';

const MINUTE = 60_000;
const MAX_BARS = 1000;

@ObjectType({ description: 'A bar of opinion: every author counts once in it.' })
export class OpinionBar {
  @Field(() => GraphQLInstant, { description: 'Its beginning, inclusive.' })
  from!: Date;

  @Field(() => GraphQLInstant, { description: 'Its end, exclusive.' })
  to!: Date;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean over the authors, -1 to 1; null where nobody’s posts can be read.',
  })
  score!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Lower end of the mean’s 95 % interval; null of fewer than two authors.',
  })
  low!: number | null;

  @Field(() => Float, { nullable: true, description: 'Upper end.' })
  high!: number | null;

  @Field(() => Int, { description: 'Authors who are against.' })
  negative!: number;

  @Field(() => Int, { description: 'Authors who say nothing either way.' })
  neutral!: number;

  @Field(() => Int, { description: 'Authors who are for.' })
  positive!: number;

  @Field(() => Int, { description: 'Authors none of whose posts can be read.' })
  unknown!: number;

  /** The hotspot. */
  readonly hotspotId!: string;
}

@ObjectType({ description: 'A moment before and after which people say differently.' })
export class OpinionTurn {
  @Field(() => GraphQLInstant, { description: 'When.' })
  at!: Date;

  @Field(() => Float, { description: 'Mean score before.' })
  before!: number;

  @Field(() => Float, { description: 'Mean score after.' })
  after!: number;

  @Field(() => Float, {
    description: 'Probability of so great a difference where nothing has turned (Pettitt’s test).',
  })
  p!: number;
}

@ObjectType({ description: 'Two camps: many against, many for, and few between.' })
export class OpinionCamps {
  @Field(() => Float, { description: 'Share of the authors who are against.' })
  negative!: number;

  @Field(() => Float, { description: 'Share of those who are for.' })
  positive!: number;

  @Field(() => Float, { description: 'Share of those between.' })
  between!: number;

  @Field(() => Float, { description: 'Probability of so few between by chance (sign test).' })
  p!: number;
}

@ObjectType({ description: 'How well the scores agree with people’s ratings of the same texts.' })
export class OpinionAgreement {
  @Field(() => Float, { description: 'Pearson’s correlation with mean human ratings.' })
  pearson!: number;

  @Field(() => Float, { description: 'Lower end of its 95 % interval.' })
  low!: number;

  @Field(() => Float, { description: 'Upper end.' })
  high!: number;

  @Field(() => String, { description: 'Measured on what.' })
  on!: string;
}

@ObjectType({
  description: 'What a hotspot’s posts say of their authors’ feeling. Captions describe, they have no opinion.',
})
export class HotspotOpinion {
  @Field(() => OpinionBar, { nullable: true, description: 'All of its time as one bar; null without posts.' })
  whole!: OpinionBar | null;

  @Field(() => OpinionTurn, { nullable: true, description: 'When opinion turned; null: not surely.' })
  turn!: OpinionTurn | null;

  @Field(() => OpinionCamps, { nullable: true, description: 'Two camps; null: not surely.' })
  camps!: OpinionCamps | null;

  @Field(() => OpinionAgreement, {
    nullable: true,
    description: 'Agreement with human raters; null of a classifier of your own.',
  })
  agreement!: OpinionAgreement | null;

  /** The hotspot. */
  readonly id!: string;
}

@Resolver(() => HotspotOpinion)
export class HotspotOpinionResolver {
  @FieldResolver(() => [OpinionBar], { description: 'Over time, the oldest bar first.' })
  async timeline(
    @Root() { id }: HotspotOpinion,
    @Arg('minutes', () => Int, { defaultValue: 60, description: 'Length of a bar: 15 to 10080.' }) minutes: number,
    @Arg('last', () => Int, { defaultValue: 168, description: `At most so many bars, the newest: 1 to ${MAX_BARS}.` })
    last: number,
    @Ctx() { loaders }: Context,
  ): Promise<OpinionBar[]> {
    if (minutes < 15 || minutes > 10080)
      throw new AppError('BAD_USER_INPUT', `minutes: expected 15 to 10080, got ${minutes}`);
    if (last < 1 || last > MAX_BARS)
      throw new AppError('BAD_USER_INPUT', `last: expected 1 to ${MAX_BARS}, got ${last}`);
    return loaders.remembered(`opinions ${minutes} ${last}`, id, async () => {
      const posts = await loaders.opinionsOfHotspot.load(id);
      const newest = posts.reduce((most, { at }) => Math.max(most, at), 0);
      const length = minutes * MINUTE;
      const from = (Math.floor(newest / length) - last + 1) * length;
      return opinionTimeline(
        posts.filter(({ at }) => at >= from),
        { length, bound: OPINION },
      ).map(({ postIds: _, ...bar }) => shown(id, bar));
    });
  }
}

@Resolver(() => OpinionBar)
export class OpinionBarResolver {
  @FieldResolver(() => [Post], { description: 'The posts behind it, the oldest first.' })
  async posts(
    @Root() { hotspotId, from, to }: OpinionBar,
    @Arg('first', () => Int, { defaultValue: 20, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    const within = (await loaders.opinionsOfHotspot.load(hotspotId)).filter(({ at }) => at >= +from && at < +to);
    const wanted = within.slice(0, listLength('first', first));
    return (await Promise.all(wanted.map(({ id }) => loaders.post.load(id)))).filter((post) => post !== null);
  }
}

@Resolver(() => Hotspot)
export class OpinionOfHotspotResolver {
  @FieldResolver(() => HotspotOpinion, { description: 'Public opinion inside it.' })
  async opinion(@Root() { id }: HotspotRow, @Ctx() { loaders, services }: Context): Promise<HotspotOpinion> {
    const { whole, turn, camps } = await loaders.opinionOfHotspot.load(id);
    return {
      id,
      whole: whole === null ? null : shown(id, whole),
      turn: turn === null ? null : { ...turn, at: new Date(turn.at) },
      camps,
      agreement: services.config.detection.opinionModel === undefined ? AGREEMENT : null,
    };
  }
}

/** Without its posts: they are found by its times. */
function shown(hotspotId: string, bar: Omit<Bar, 'postIds'>) {
  return { ...bar, hotspotId, from: new Date(bar.from), to: new Date(bar.to) };
}
