// The subscription to what becomes of hotspots.
import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.js';
import { type HotspotEventRow, hotspotEventById } from '../db/hotspots/hotspotEvents.js';
import { eventStream } from './eventStream.js';
import { HotspotEvent } from './hotspotEvent.js';
import { hotspotIdOf } from './ids.js';

@Resolver()
export class HotspotChangedResolver {
  @Subscription(() => HotspotEvent, {
    description:
      'What becomes of hotspots, as it is found, from now on. Each is told at most once; what was missed while the connection was lost is in `hotspotEvents`.',
    subscribe: ({ args, context }) => changed((args as { hotspotId?: string | null }).hotspotId, context as Context),
  })
  hotspotChanged(
    @Root() event: HotspotEventRow,
    @Arg('hotspotId', () => ID, { nullable: true, description: 'Only of this hotspot.' }) _hotspotId?: string,
  ): HotspotEventRow {
    return event;
  }
}

function changed(wanted: string | null | undefined, context: Context): AsyncIterableIterator<HotspotEventRow> {
  const { db, events } = context.services;
  const id = wanted == null ? null : hotspotIdOf(wanted);
  return eventStream(context, events.subscribe('hotspotChanged', context.disconnect), async ({ eventId, hotspotId }) =>
    id === null || hotspotId === id ? hotspotEventById(db.pool, eventId) : null,
  );
}
