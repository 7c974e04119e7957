// Merges and splits that people asked for.
import { Arg, Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root, registerEnumType } from 'type-graphql';
import type { Context } from '../context.js';
import { type DecisionRow, decisionsOnHotspot } from '../db/hotspots/decisions.js';
import type { HotspotRow } from '../db/hotspots/hotspotRow.js';
import { listLength } from './connection.js';
import { Hotspot } from './hotspot.js';
import { GraphQLInstant } from './scalars.js';

const KINDS = { MERGE: 'MERGE', SPLIT: 'SPLIT' } as const;
registerEnumType(KINDS, {
  name: 'HotspotDecisionKind',
  description: 'What a person decides about hotspots.',
  valuesConfig: {
    MERGE: { description: 'One is part of another.' },
    SPLIT: { description: 'Some of its posts are one of their own.' },
  },
});

@ObjectType({
  description: 'A person’s word on what belongs together. It goes before what is found, until it is taken back.',
})
export class HotspotDecision {
  @Field(() => ID, { description: 'For `undoDecision`.' })
  id!: string;

  @Field(() => KINDS, { description: 'What was decided.' })
  kind!: keyof typeof KINDS;

  @Field(() => GraphQLInstant, { description: 'When it was decided.' })
  createdAt!: Date;

  @Field(() => GraphQLInstant, {
    nullable: true,
    description: 'When it was carried out, in the time of the posts; null: not yet.',
  })
  doneAt!: Date | null;

  @Field(() => Boolean, { description: 'Whether it was taken back.' })
  undone!: boolean;
}

@Resolver(() => HotspotDecision)
export class HotspotDecisionResolver {
  @FieldResolver(() => Hotspot, { nullable: true, description: 'The whole, or what the posts were taken out of.' })
  hotspot(@Root() { hotspotId }: DecisionRow, @Ctx() { loaders }: Context) {
    return loaders.hotspot.load(hotspotId);
  }

  @FieldResolver(() => Hotspot, { nullable: true, description: 'The part, or the hotspot that the posts became.' })
  other(@Root() { otherId }: DecisionRow, @Ctx() { loaders }: Context) {
    return otherId === null ? null : loaders.hotspot.load(otherId);
  }
}

@Resolver(() => Hotspot)
export class DecisionsOfHotspotResolver {
  @FieldResolver(() => [HotspotDecision], {
    description: 'What people have decided that made, ended or changed it, the newest first.',
  })
  decisions(
    @Root() { id }: HotspotRow,
    @Arg('first', () => Int, { defaultValue: 20, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { services }: Context,
  ) {
    return decisionsOnHotspot(services.db.pool, { hotspotId: id, limit: listLength('first', first) });
  }
}
