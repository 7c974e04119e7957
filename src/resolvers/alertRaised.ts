// The subscription to alerts.
import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.js';
import { type AlertRow, alertsByIds } from '../db/alerts/alertRow.js';
import { Alert } from './alert.js';
import { eventStream } from './eventStream.js';
import { uuidOf } from './ids.js';

@Resolver()
export class AlertRaisedResolver {
  @Subscription(() => Alert, {
    description:
      'Alerts as they are raised, from now on, also those that are held. Each is told at most once; what was missed while the connection was lost is in `alerts`.',
    subscribe: ({ args, context }) => raised((args as { ruleId?: string | null }).ruleId, context as Context),
  })
  alertRaised(
    @Root() alert: AlertRow,
    @Arg('ruleId', () => ID, { nullable: true, description: 'Only by this rule.' }) _ruleId?: string,
  ): AlertRow {
    return alert;
  }
}

function raised(wanted: string | null | undefined, context: Context): AsyncIterableIterator<AlertRow> {
  const { db, events } = context.services;
  const rule = wanted == null ? null : uuidOf(wanted);
  return eventStream(context, events.subscribe('alertRaised', context.disconnect), async ({ alertId, ruleId }) =>
    rule === null || ruleId === rule ? ((await alertsByIds(db.pool, [alertId]))[0] ?? null) : null,
  );
}
