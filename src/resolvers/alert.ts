// Alerts: that a hotspot came to what a rule asks for, or no longer is there.
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import type { Context } from '../context.js';
import { type AlertRow, type AlertsFilter, alertsByIds, alertsCount, alertsPage } from '../db/alerts/alertRow.js';
import type { HotspotRow } from '../db/hotspots/hotspotRow.js';
import { AlertRule } from './alertRule.js';
import {
  connection,
  connectionType,
  ForwardArgs,
  listLength,
  pageRequest,
  readCursor,
  TIME_AND_ID,
  writeCursor,
} from './connection.js';
import { Hotspot } from './hotspot.js';
import { hotspotIdOf, uuidOf } from './ids.js';
import { Post } from './post.js';
import { GraphQLInstant } from './scalars.js';

const STATES = { FIRING: 'FIRING', RESOLVED: 'RESOLVED' } as const;
registerEnumType(STATES, {
  name: 'AlertState',
  description: 'What an alert says.',
  valuesConfig: {
    FIRING: { description: 'The hotspot has come to what the rule asks for.' },
    RESOLVED: { description: 'It has less than half of that, or is over.' },
  },
});
const HOLDS = { SILENCED: 'SILENCED', QUIET: 'QUIET', LATE: 'LATE' } as const;
registerEnumType(HOLDS, {
  name: 'AlertHold',
  description: 'Why an alert was not sent at once.',
  valuesConfig: {
    SILENCED: { description: 'Somebody did not want to hear of it: it is not sent.' },
    QUIET: { description: 'It was raised in quiet hours: it is sent at their end, with the others of the rule.' },
    LATE: { description: 'It tells of a time more than two days past: it is not sent.' },
  },
});

@ObjectType({
  description: 'That a hotspot came to what a rule asks for, or no longer is there: one of a rule, hotspot and state.',
})
export class Alert {
  @Field(() => ID, { description: 'Its id here.' })
  id!: string;

  @Field(() => STATES, { description: 'What it says.' })
  state!: keyof typeof STATES;

  @Field(() => String, { description: 'What the rule was called.' })
  ruleName!: string;

  @Field(() => Int, { description: '1 to 10, as the rule had it.' })
  severity!: number;

  @Field(() => GraphQLInstant, { description: 'When, in the time of the stream.' })
  at!: Date;

  @Field(() => GraphQLInstant, { description: 'When it was raised, by our clock.' })
  raisedAt!: Date;

  @Field(() => Float, { description: 'What the metric’s value was.' })
  value!: number;

  @Field(() => Float, { description: 'What the rule’s threshold was.' })
  threshold!: number;

  @Field(() => String, { description: 'Why, in words.' })
  reason!: string;

  @Field(() => Int, { description: 'Posts of the rule’s window.' })
  posts!: number;

  @Field(() => Int, { description: 'Distinct authors of the rule’s window.' })
  authors!: number;

  @Field(() => HOLDS, { nullable: true, description: 'Why it was not sent at once; null: nothing held it.' })
  hold!: keyof typeof HOLDS | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Until when it was held.' })
  heldUntil!: Date | null;
}

const AlertConnection = connectionType('Alert', Alert);

@ArgsType()
class AlertsArgs extends ForwardArgs {
  @Field(() => STATES, { nullable: true, description: 'Only those that say this.' })
  state?: keyof typeof STATES | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Only those that still fire (true), or all others (false): their rule is there, and they have not ended.',
  })
  firing?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'Only of this rule.' })
  ruleId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only of this hotspot.' })
  hotspotId?: string | null;
}

@Resolver(() => Alert)
export class AlertResolver {
  @Query(() => AlertConnection, { description: 'What was raised, the newest in the time of the stream first.' })
  async alerts(@Args(() => AlertsArgs) args: AlertsArgs, @Ctx() { services }: Context) {
    const { pool } = services.db;
    const page = pageRequest(args, alertPlace);
    const filter: AlertsFilter = {
      state: args.state ?? undefined,
      firing: args.firing ?? undefined,
      ruleId: args.ruleId == null ? undefined : uuidOf(args.ruleId),
      hotspotId: args.hotspotId == null ? undefined : hotspotIdOf(args.hotspotId),
    };
    return connection(await alertsPage(pool, { ...page, filter }), {
      page,
      cursorOf: (row) => writeCursor('alerts', row.at.getTime(), row.id),
      count: () => alertsCount(pool, filter),
    });
  }

  @Query(() => Alert, { nullable: true, description: 'One alert, or null where there is none.' })
  async alert(
    @Arg('id', () => ID, { description: 'As `alerts` gives it.' }) id: string,
    @Ctx() { services }: Context,
  ): Promise<AlertRow | null> {
    return (await alertsByIds(services.db.pool, [uuidOf(id)]))[0] ?? null;
  }

  @FieldResolver(() => Hotspot, { nullable: true, description: 'Of which hotspot.' })
  hotspot(@Root() { hotspotId }: AlertRow, @Ctx() { loaders }: Context) {
    return loaders.hotspot.load(hotspotId);
  }

  @FieldResolver(() => AlertRule, { nullable: true, description: 'By which rule; null: it was deleted.' })
  rule(@Root() { ruleId }: AlertRow, @Ctx() { loaders }: Context) {
    return ruleId === null ? null : loaders.alertRule.load(ruleId);
  }

  @FieldResolver(() => GraphQLInstant, {
    nullable: true,
    description: 'When it ended, in the time of the stream; null: it has not, or tells of an end itself.',
  })
  async endedAt(@Root() { id, state }: AlertRow, @Ctx() { loaders }: Context) {
    return state === 'FIRING' ? ((await loaders.endOfAlert.load(id))?.at ?? null) : null;
  }

  @FieldResolver(() => [Post], {
    description: 'Posts that it rests on, the newest first; those that were deleted are gone.',
  })
  async evidence(
    @Root() { postIds }: AlertRow,
    @Arg('first', () => Int, { defaultValue: 5, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    const length = listLength('first', first);
    const posts = await Promise.all(postIds.slice(0, length).map((id) => loaders.post.load(id)));
    return posts.filter((post) => post !== null);
  }
}

@Resolver(() => Hotspot)
export class AlertsOfHotspotResolver {
  @FieldResolver(() => [Alert], { description: 'What was raised of it, the newest first.' })
  alerts(
    @Root() { id }: HotspotRow,
    @Arg('first', () => Int, { defaultValue: 5, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ): Promise<readonly AlertRow[]> {
    return loaders.alertsOfHotspot.load({ id, first: listLength('first', first) });
  }
}

const parseCursor = readCursor('alerts', TIME_AND_ID);

function alertPlace(cursor: string) {
  const [time, id] = parseCursor(cursor);
  return { at: new Date(Number(time)), id: id! };
}
