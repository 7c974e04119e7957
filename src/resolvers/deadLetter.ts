// A job that was given up, and which of them are meant.
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { DeadLetterFilter } from '../db/deadLetters.js';
import { AppError, FAILURE_KINDS, type FailureKind as Kind } from '../errors.js';
import { QUEUES } from '../jobs/queue.js';
import { plainText } from './ids.js';
import { GraphQLInstant, GraphQLJSON } from './scalars.js';

const KINDS = Object.fromEntries(FAILURE_KINDS.map((kind) => [kind, kind])) as { readonly [K in Kind]: K };
registerEnumType(KINDS, {
  name: 'FailureKind',
  description: 'What kind of thing went wrong; how often and how soon a job is tried again depends on it.',
  valuesConfig: {
    NETWORK: { description: 'No answer from where the picture is: no connection, broken off, too slow.' },
    SERVER: { description: 'It answered 5xx, 408 or 425.' },
    RATE_LIMIT: { description: 'It answered 429: its Retry-After is kept.' },
    DECODE: { description: 'No picture that can be read. Final.' },
    REFUSED: { description: 'Anything else that will not get better: an address that may not be asked, 404. Final.' },
    MEMORY: { description: 'There was not enough memory.' },
    CRASH: { description: 'The picture killed the inference process, also alone.' },
    UNAVAILABLE: { description: 'Inference was not there.' },
    DISK: { description: 'The disk was full.' },
    DATABASE: { description: 'The database was not there.' },
    WORKER: { description: 'The worker died at it again and again, and could not say why.' },
    OTHER: { description: 'None of these: the log has more.' },
  },
});

@ObjectType({ description: 'A job that failed as often as it may.' })
export class DeadLetter {
  @Field(() => ID, { description: 'Its id in the dead letter queue.' })
  id!: string;

  @Field(() => String, { description: 'The queue that it was in.' })
  queue!: string;

  @Field(() => GraphQLJSON, { description: 'What it was about.' })
  data!: Record<string, unknown>;

  @Field(() => KINDS, { description: 'What kind of failure the last one was.' })
  kind!: Kind;

  @Field(() => String, { nullable: true, description: 'Why its last attempt failed.' })
  reason!: string | null;

  @Field(() => String, { nullable: true, description: 'Why its first attempt failed.' })
  firstReason!: string | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'When its first attempt failed, where that is known.' })
  firstFailedAt!: Date | null;

  @Field(() => Int, { description: 'How often it was tried.' })
  attempts!: number;

  @Field(() => GraphQLInstant, { description: 'When it was given up.' })
  createdAt!: Date;
}

@InputType('DeadLetterFilter', { description: 'All that is given must hold.' })
export class DeadLetterFilterInput {
  @Field(() => KINDS, { nullable: true, description: 'What kind of failure the last one was.' })
  kind?: Kind | null;

  @Field(() => String, { nullable: true, description: 'The queue that it was in, such as `fetch`.' })
  queue?: string | null;

  @Field(() => String, { nullable: true, description: 'Words in its last reason, in any case.' })
  reason?: string | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Given up at this time or later.' })
  since?: Date | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Given up before this time.' })
  until?: Date | null;
}

/** The filter of an input. Throws AppError BAD_USER_INPUT for a queue that there is none of. */
export function deadLetterFilter(input: DeadLetterFilterInput | null | undefined): DeadLetterFilter {
  const queue = input?.queue ?? undefined;
  if (queue !== undefined && !QUEUES.some((name) => name === queue)) {
    throw new AppError(
      'BAD_USER_INPUT',
      `queue: expected one of ${QUEUES.join(', ')}, got ${JSON.stringify(queue.slice(0, 100))}`,
    );
  }
  return {
    kind: input?.kind ?? undefined,
    queue,
    reason: plainText('reason', input?.reason),
    since: input?.since ?? undefined,
    until: input?.until ?? undefined,
  };
}
