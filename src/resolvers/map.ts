// The map of captions: what is alike stands near. The places themselves come as bytes (GET /map/points).
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { Context } from '../context.js';
import { numberedPictures } from '../db/map/numberedPictures.js';
import { type MapHotspotRow, type ReadMap, readMap } from '../db/map/readMap.js';
import { waitingCount } from '../db/map/waitingCount.js';
import { AppError } from '../errors.js';
import { listLength } from './connection.js';
import { Hotspot } from './hotspot.js';
import { Image } from './image.js';
import { GraphQLInstant } from './scalars.js';

/** The longest span that can be asked for by its hours: ten years. */
export const MAP_HOURS = 87_600;

@ArgsType()
class MapArgs {
  @Field(() => GraphQLInstant, { nullable: true, description: 'Only pictures posted at this time or later.' })
  since?: Date | null;

  @Field(() => GraphQLInstant, {
    nullable: true,
    description: 'Only pictures posted before; default: to the newest post.',
  })
  until?: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: `Where \`since\` is not given: so many hours to the last post of the span, 1 to ${MAP_HOURS}; default: 24, as detection looks.`,
  })
  hours?: number | null;
}

@ObjectType({ description: 'What of the plane the pictures are in.' })
class MapBounds {
  @Field(() => Float, { description: 'The least x.' })
  left!: number;

  @Field(() => Float, { description: 'The greatest x.' })
  right!: number;

  @Field(() => Float, { description: 'The least y.' })
  bottom!: number;

  @Field(() => Float, { description: 'The greatest y.' })
  top!: number;
}

@ObjectType({ description: 'A hotspot on the map.' })
class MapHotspot {
  @Field(() => ID, { description: 'The hotspot’s id.' })
  id!: string;

  @Field(() => Int, { description: 'Its pictures on the map.' })
  pictures!: number;

  @Field(() => Float, { description: 'Where the most typical of them stands.' })
  x!: number;

  @Field(() => Float, { description: 'Where the most typical of them stands.' })
  y!: number;
}

@ObjectType({ description: 'A picture on the map.' })
class MapPicture {
  @Field(() => Int, { description: 'Its number there.' })
  number!: number;

  readonly sha256!: string;
}

@ObjectType({
  description:
    'The pictures of a span of time in the plane, by what their captions say. A picture has one place, however often it was posted. Their places are at `/map/points`, with the same arguments as parameters.',
})
export class CaptionMap {
  @Field(() => String, { description: 'Another one where anything on the map is another.' })
  version!: string;

  @Field(() => Int, {
    description: 'Counts up when all is laid out anew; 0: nothing is yet. Places of another layout can’t be compared.',
  })
  layout!: number;

  @Field(() => GraphQLInstant, { description: 'Beginning of the span, inclusive.' })
  since!: Date;

  @Field(() => GraphQLInstant, { description: 'Its end, exclusive.' })
  until!: Date;

  @Field(() => [MapHotspot], { description: 'Those that pictures on it are of, in the order in which they emerged.' })
  hotspots!: readonly MapHotspotRow[];
}

@Resolver(() => CaptionMap)
export class MapResolver {
  @Query(() => CaptionMap, {
    description: 'The map of the pictures of a span of time; default: of the newest day of posts.',
  })
  map(
    @Args(() => MapArgs) { since = null, until = null, hours = null }: MapArgs,
    @Ctx() { services }: Context,
  ): Promise<ReadMap> {
    if (hours !== null && (hours < 1 || hours > MAP_HOURS))
      throw new AppError('BAD_USER_INPUT', `hours: expected 1 to ${MAP_HOURS}, got ${hours}`);
    return readMap(services.db.pool, { since, until, hours });
  }

  @Query(() => [MapPicture], {
    description: 'The pictures with these numbers on the map; those that are gone are left out.',
  })
  mapPictures(
    @Arg('numbers', () => [Int], { description: 'At most 100.' }) numbers: number[],
    @Ctx() { services }: Context,
  ): Promise<{ number: number; sha256: string }[]> {
    if (numbers.length === 0) return Promise.resolve([]);
    listLength('numbers', numbers.length);
    return numberedPictures(services.db.pool, numbers);
  }

  @FieldResolver(() => Int, { description: 'Pictures on it.' })
  pictures(@Root() { xs }: ReadMap): number {
    return xs.length;
  }

  @FieldResolver(() => Int, { description: 'Captioned pictures, of any time, that wait for their place.' })
  waiting(@Ctx() { services }: Context): Promise<number> {
    return waitingCount(services.db.pool);
  }

  @FieldResolver(() => MapBounds, { nullable: true, description: 'Null: there is no picture on it.' })
  bounds(@Root() { xs, ys }: ReadMap): MapBounds | null {
    if (xs.length === 0) return null;
    const least = (of: Float32Array) => of.reduce((a, b) => Math.min(a, b));
    const most = (of: Float32Array) => of.reduce((a, b) => Math.max(a, b));
    return { left: least(xs), right: most(xs), bottom: least(ys), top: most(ys) };
  }
}

@Resolver(() => MapHotspot)
export class MapHotspotResolver {
  @FieldResolver(() => Hotspot, { nullable: true, description: 'The hotspot; null: it is gone meanwhile.' })
  hotspot(@Root() { id }: MapHotspotRow, @Ctx() { loaders }: Context) {
    return loaders.hotspot.load(id);
  }
}

@Resolver(() => MapPicture)
export class MapPictureResolver {
  @FieldResolver(() => Image, { nullable: true, description: 'The picture; null: it is gone meanwhile.' })
  image(@Root() { sha256 }: MapPicture, @Ctx() { loaders }: Context) {
    return loaders.image.load(sha256);
  }
}
