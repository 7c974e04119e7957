// The work that waits, runs, or was given up.
import { Arg, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import { countDeadLetters, deadLetters } from '../db/deadLetters.js';
import { type QueueBacklog, queueBacklog } from '../db/queueBacklog.js';
import { QUEUES } from '../jobs/queue.js';
import { listLength } from './connection.js';
import { DeadLetter, DeadLetterFilterInput, deadLetterFilter } from './deadLetter.js';

@ObjectType({ description: 'How many jobs of one kind there are.' })
class QueueCounts {
  @Field(() => String, {
    description: '`import`, `fetch`, `caption`, `embed`, `detect`, `map`, `deliver` or `maintenance`.',
  })
  name!: string;

  @Field(() => Int, { description: 'Ready to run.' })
  waiting!: number;

  @Field(() => Int, { description: 'To be run later: between two attempts, or put off.' })
  delayed!: number;

  @Field(() => Int, { description: 'Running now.' })
  running!: number;

  @Field(() => Int, { description: 'Given up after the last attempt: see `deadLetters`.' })
  dead!: number;
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
    return queueBacklog(services.db.pool, QUEUES);
  }

  @FieldResolver(() => [DeadLetter], {
    description: 'The newest jobs that were given up. `retryFailed` brings them back.',
  })
  deadLetters(
    @Arg('first', () => Int, { defaultValue: 20, description: 'At most so many, 1 to 100.' }) first: number,
    @Arg('filter', () => DeadLetterFilterInput, { nullable: true, description: 'Which; all where it is left out.' })
    filter: DeadLetterFilterInput | null,
    @Ctx() { services }: Context,
  ) {
    const limit = listLength('first', first);
    return deadLetters(services.db.pool, { names: QUEUES, filter: deadLetterFilter(filter), limit });
  }

  @FieldResolver(() => Int, { description: 'How many jobs were given up.' })
  deadLetterCount(
    @Arg('filter', () => DeadLetterFilterInput, { nullable: true, description: 'Which; all where it is left out.' })
    filter: DeadLetterFilterInput | null,
    @Ctx() { services }: Context,
  ) {
    return countDeadLetters(services.db.pool, { names: QUEUES, filter: deadLetterFilter(filter) });
  }
}

@Resolver(() => QueueCounts)
export class QueueCountsResolver {
  @FieldResolver(() => Int, { description: 'Finished within about the last hour.' })
  async completed(@Root() { name }: QueueBacklog, @Ctx() { loaders }: Context): Promise<number> {
    return (await loaders.completedOfQueue.load(name))?.completed ?? 0;
  }
}
