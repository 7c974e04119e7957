// What is said in a hotspot: captions of its pictures, and phrases that are new in it.
import { Arg, Ctx, Field, FieldResolver, Float, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import type { HotspotRow } from '../db/hotspots/hotspotRow.js';
import { newsOfHotspot } from '../db/hotspots/newsOfHotspot.js';
import { AppError } from '../errors.js';
import { listLength } from './connection.js';
import { Hotspot } from './hotspot.js';

@ObjectType({ description: 'What a hotspot said in common, as a caption.' })
export class HotspotCaption {
  @Field(() => String, { description: 'The caption.' })
  text!: string;

  @Field(() => Int, { description: 'Posts of the hotspot with this caption.' })
  posts!: number;
}

@ObjectType({ description: 'A phrase that is new in a hotspot.' })
export class HotspotNews {
  @Field(() => String, { description: 'The phrase.' })
  text!: string;

  @Field(() => Int, { description: 'Posts of the last hours that use it; of one picture or text one counts.' })
  now!: number;

  @Field(() => Int, { description: 'Posts before that use it.' })
  before!: number;

  @Field(() => Float, { description: 'How sure that is: standard deviations of the log-odds.' })
  z!: number;
}

@Resolver(() => Hotspot)
export class WordsOfHotspotResolver {
  @FieldResolver(() => [HotspotNews], {
    description: 'What is new in its last hours: the surest first; none where nothing is.',
  })
  news(
    @Root() { id }: HotspotRow,
    @Arg('hours', () => Int, { defaultValue: 1, description: 'How many, 1 to 168.' }) hours: number,
    @Arg('first', () => Int, { defaultValue: 5, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders, services }: Context,
  ): Promise<HotspotNews[]> {
    if (hours < 1 || hours > 168) throw new AppError('BAD_USER_INPUT', `hours: expected 1 to 168, got ${hours}`);
    const limit = listLength('first', first);
    return loaders.remembered(`news ${hours} ${limit}`, id, () =>
      newsOfHotspot(services.db.pool, { hotspotId: id, hours, limit }),
    );
  }

  @FieldResolver(() => [HotspotCaption], { description: 'What its pictures show, the most frequent caption first.' })
  captions(
    @Root() { id }: HotspotRow,
    @Arg('first', () => Int, { defaultValue: 5, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.captionsOfHotspot.load({ id, first: listLength('first', first) });
  }
}
