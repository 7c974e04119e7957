// A message that says nothing, to see whether a destination works.
import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import { deliveriesPage } from '../db/deliver/deliveryRow.js';
import { queueDeliveries } from '../db/deliver/queueDeliveries.js';
import { uuidv7 } from '../db/uuidv7.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { DELIVER } from '../jobs/queue.js';
import { Changes } from './changes.js';
import { Delivery, shownDelivery } from './delivery.js';
import { uuidOf } from './ids.js';

@Resolver()
export class TestDestinationResolver {
  @Mutation(() => Delivery, {
    description:
      'Sends a test to a destination that is enabled. The answer is its place in the outbox, which says what became of it.',
  })
  @Changes<{ readonly id: string }>({ by: 'ADMIN', target: ({ id }) => id.toLowerCase() })
  async testDestination(
    @Arg('id', () => ID, { description: 'The destination’s id.' }) id: string,
    @Ctx() { services }: Context,
  ) {
    const { db, queue } = services;
    const parcel = { kind: 'TEST', subjectId: uuidv7(), destinationIds: [uuidOf(id)] } as const;
    await withTransaction(db.pool, async (client) => {
      const queued = await queueDeliveries(client, [parcel]);
      if (queued === 0) throw new AppError('NOT_FOUND', `there is no destination ${uuidOf(id)} that is enabled`);
      await queue.add('deliver', [DELIVER], client);
    });
    queue.wake('deliver');
    const { rows } = await deliveriesPage(db.pool, { limit: 1, filter: { subjectId: parcel.subjectId } });
    return shownDelivery(rows[0]!);
  }
}
