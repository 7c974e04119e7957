// The outbox: what is on its way, has arrived, or was given up.
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import type { Context } from '../context.js';
import {
  type DeliveriesFilter,
  type DeliveryRow,
  deliveriesCount,
  deliveriesPage,
  retryDeliveries,
} from '../db/deliver/deliveryRow.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { DELIVER } from '../jobs/queue.js';
import { Changes } from './changes.js';
import {
  connection,
  connectionType,
  ForwardArgs,
  pageRequest,
  readCursor,
  TIME_AND_ID,
  writeCursor,
} from './connection.js';
import { Destination, shownDestination } from './destination.js';
import { uuidOf } from './ids.js';
import { Needs } from './needs.js';
import { MAX_PAGE } from './pageLength.js';
import { GraphQLInstant } from './scalars.js';

const STATUSES = { WAITING: 'WAITING', DELIVERED: 'DELIVERED', FAILED: 'FAILED' } as const;
registerEnumType(STATUSES, {
  name: 'DeliveryStatus',
  description: 'Where a delivery stands.',
  valuesConfig: {
    WAITING: {
      description: 'It is sent at `nextAttemptAt`, or is being sent; `error` says why it was not the last time.',
    },
    DELIVERED: { description: 'The other side has taken it.' },
    FAILED: { description: 'It was refused for good, or for a day; `retryDeliveries` sends it again.' },
  },
});
const KINDS = { ALERT: 'ALERT', REPORT: 'REPORT', TEST: 'TEST' } as const;
registerEnumType(KINDS, {
  name: 'DeliveryKind',
  description: 'What is delivered.',
  valuesConfig: {
    ALERT: { description: 'An alert, or several together.' },
    REPORT: { description: 'A run of a report.' },
    TEST: { description: 'A test of the destination.' },
  },
});

@ObjectType({ description: 'Something on its way to a destination.' })
@Needs('ANALYST')
export class Delivery {
  @Field(() => ID, { description: 'Its id; receivers are told it, so that they know a repeat.' })
  id!: string;

  @Field(() => KINDS, { description: 'What is delivered.' })
  kind!: keyof typeof KINDS;

  @Field(() => ID, { description: 'Id of the alert, or of the report’s run.' })
  subjectId!: string;

  @Field(() => STATUSES, { description: 'Where it stands.' })
  status!: keyof typeof STATUSES;

  @Field(() => Int, { description: 'How often it was tried.' })
  attempts!: number;

  @Field(() => GraphQLInstant, { nullable: true, description: 'WAITING: not sent before.' })
  nextAttemptAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why it was not delivered, or not to everybody.' })
  error!: string | null;

  @Field(() => GraphQLInstant, { description: 'When it was put into the outbox.' })
  createdAt!: Date;

  @Field(() => GraphQLInstant, { nullable: true, description: 'When the other side took it.' })
  deliveredAt!: Date | null;
}

const DeliveryConnection = connectionType('Delivery', Delivery);

@ArgsType()
class DeliveriesArgs extends ForwardArgs {
  @Field(() => STATUSES, { nullable: true, description: 'Only those that stand there.' })
  status?: keyof typeof STATUSES | null;

  @Field(() => KINDS, { nullable: true, description: 'Only of this kind.' })
  kind?: keyof typeof KINDS | null;

  @Field(() => ID, { nullable: true, description: 'Only of this alert, or run of a report.' })
  subjectId?: string | null;
}

@Resolver(() => Delivery)
export class DeliveryResolver {
  @Query(() => DeliveryConnection, { description: 'The outbox, the newest first.' })
  @Needs('ANALYST')
  async deliveries(@Args(() => DeliveriesArgs) args: DeliveriesArgs, @Ctx() { services }: Context) {
    const { pool } = services.db;
    const page = pageRequest(args, deliveryPlace);
    const filter: DeliveriesFilter = {
      status: args.status ?? undefined,
      kind: args.kind ?? undefined,
      subjectId: args.subjectId == null ? undefined : uuidOf(args.subjectId),
    };
    const { rows, more } = await deliveriesPage(pool, { ...page, filter });
    return connection(
      { rows: rows.map(shownDelivery), more },
      {
        page,
        cursorOf: (row) => writeCursor('deliveries', row.createdAt.getTime(), row.id),
        count: () => deliveriesCount(pool, filter),
      },
    );
  }

  @FieldResolver(() => Destination, { description: 'Where it goes.' })
  async destination(@Root() { destinationId }: DeliveryRow, @Ctx() { loaders }: Context): Promise<Destination> {
    return shownDestination((await loaders.destination.load(destinationId))!);
  }

  @Mutation(() => [Delivery], {
    description: `Sends deliveries again from the start, also those that have arrived: 1 to ${MAX_PAGE}. Answers with those that are waiting now.`,
  })
  @Changes<{ readonly ids: readonly string[] }, readonly DeliveryRow[]>({
    by: 'ADMIN',
    target: ({ ids }) => (ids.length === 1 ? ids[0]!.toLowerCase() : null),
    told: (_args, rows) => ({ deliveries: rows.map(({ id }) => id) }),
  })
  async retryDeliveries(
    @Arg('ids', () => [ID], { description: 'As `deliveries` gives them.' }) ids: string[],
    @Ctx() { services }: Context,
  ) {
    if (ids.length < 1 || ids.length > MAX_PAGE)
      throw new AppError('BAD_USER_INPUT', `ids: expected 1 to ${MAX_PAGE}, got ${ids.length}`);
    const { db, queue } = services;
    const uuids = ids.map(uuidOf);
    const rows = await withTransaction(db.pool, async (client) => {
      const again = await retryDeliveries(client, uuids);
      if (again.length > 0) await queue.add('deliver', [DELIVER], client);
      return again;
    });
    queue.wake('deliver');
    return rows.map(shownDelivery);
  }
}

export function shownDelivery(row: DeliveryRow) {
  return { ...row, nextAttemptAt: row.status === 'WAITING' ? row.nextAttemptAt : null };
}

const parseCursor = readCursor('deliveries', TIME_AND_ID);

function deliveryPlace(cursor: string) {
  const [time, id] = parseCursor(cursor);
  return { createdAt: new Date(Number(time)), id: id! };
}
