// The subscription to what becomes of hotspots.
import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.js';
import { type HotspotEventRow, hotspotEventById } from '../db/hotspots/hotspotEvents.js';
import { HotspotEvent } from './hotspotEvent.js';
import { hotspotIdOf } from './ids.js';
import { createLoaders } from './loaders.js';

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

async function* changed(wanted: string | null | undefined, context: Context): AsyncGenerator<HotspotEventRow> {
  const { db, events } = context.services;
  const id = wanted == null ? null : hotspotIdOf(wanted);
  for await (const { eventId, hotspotId } of events.subscribe('hotspotChanged')) {
    if (id !== null && hotspotId !== id) continue;
    const event = await hotspotEventById(db.pool, eventId);
    if (event === null) continue;
    // One context serves the whole subscription; what an earlier event loaded is old by now.
    context.loaders = createLoaders(db);
    yield event;
  }
}
