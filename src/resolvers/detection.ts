// How far detection is: whether it still learns what is usual, and what waits for it.
import { Ctx, Field, FieldResolver, Float, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { TUNING } from '../analytics/detection/tuning.js';
import type { Context } from '../context.js';
import { type DetectionStatus, detectionStatus } from '../db/detection/detectionStatus.js';
import { GraphQLInstant } from './scalars.js';

@ObjectType({ description: 'How far detection is.' })
class Detection {
  @Field(() => GraphQLInstant, {
    nullable: true,
    description: 'When it last looked, on the clock of the posts; null: not yet.',
  })
  lastStepAt!: Date | null;

  @Field(() => Float, { description: 'Hours of posts that say what is usual.' })
  coveredHours!: number;

  @Field(() => Int, { description: 'Posts not taken in yet: they wait for captions, or for the next look.' })
  waitingPosts!: number;

  @Field(() => Int, { description: 'Hotspots that live.' })
  livingHotspots!: number;
}

@Resolver(() => Detection)
export class DetectionResolver {
  @Query(() => Detection, { description: 'How far detection is.' })
  detection(@Ctx() { services }: Context): Promise<DetectionStatus> {
    return detectionStatus(services.db.pool);
  }

  @FieldResolver(() => Boolean, {
    description: 'That it does not call anything unusual yet: for a day it learns what the hours of a day bring.',
  })
  learning(@Root() { coveredHours }: DetectionStatus): boolean {
    return coveredHours < TUNING.warmUp;
  }
}
