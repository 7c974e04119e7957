// The work that waits, runs, or was given up.
import { Arg, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import { deadLetters, queueCounts } from '../db/queueState.js';
import { QUEUES } from '../jobs/queue.js';
import { listLength } from './connection.js';
import { GraphQLInstant, GraphQLJSON } from './scalars.js';

@ObjectType({ description: 'How many jobs of one kind there are.' })
class QueueCounts {
  @Field(() => String, { description: '`fetch`, `caption`, `embed`, `detect` or `maintenance`.' })
  name!: string;

  @Field(() => Int, { description: 'Ready to run.' })
  waiting!: number;

  @Field(() => Int, { description: 'To be run later: between two attempts, or put off.' })
  delayed!: number;

  @Field(() => Int, { description: 'Running now.' })
  running!: number;

  @Field(() => Int, { description: 'Finished within about the last hour.' })
  completed!: number;

  @Field(() => Int, { description: 'Given up after the last attempt: see `deadLetters`.' })
  dead!: number;
}

@ObjectType({ description: 'A job that failed as often as it may.' })
class DeadLetter {
  @Field(() => ID, { description: 'Its id in the dead letter queue.' })
  id!: string;

  @Field(() => String, { description: 'The queue that it was in.' })
  queue!: string;

  @Field(() => GraphQLJSON, { description: 'What it was about.' })
  data!: Record<string, unknown>;

  @Field(() => String, { nullable: true, description: 'Why its last attempt failed.' })
  reason!: string | null;

  @Field(() => Int, { description: 'How often it was tried.' })
  attempts!: number;

  @Field(() => GraphQLInstant, { description: 'When it was given up.' })
  createdAt!: Date;
}

@ObjectType({ description: 'The job queues, of all processes together.' })
export class Queue {}

@Resolver(() => Queue)
export class QueueResolver {
  @Query(() => Queue, { description: 'The work that waits, runs, or was given up.' })
  queue(): Queue {
    return {};
  }

  @FieldResolver(() => [QueueCounts], { description: 'Every queue, in the order in which a post passes them.' })
  counts(@Ctx() { services }: Context) {
    return queueCounts(services.db.pool, QUEUES);
  }

  @FieldResolver(() => [DeadLetter], { description: 'The newest jobs that were given up.' })
  deadLetters(
    @Arg('first', () => Int, { defaultValue: 20, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { services }: Context,
  ) {
    return deadLetters(services.db.pool, { names: QUEUES, limit: listLength('first', first) });
  }
}
