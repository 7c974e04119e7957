// Silences: a person does not want to hear of something for a while.
import { Arg, Ctx, Field, FieldResolver, ID, Int, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import { endSilence, insertSilence, type SilenceRow, silenceById, silencesNow } from '../db/alerts/silenceRow.js';
import { withTransaction } from '../db/withTransaction.js';
import { plainLine } from '../deliver/plainLine.js';
import { AppError } from '../errors.js';
import { AlertRule } from './alertRule.js';
import { Changes } from './changes.js';
import { Hotspot } from './hotspot.js';
import { hotspotIdOf, uuidOf } from './ids.js';
import { GraphQLInstant } from './scalars.js';

@ObjectType({
  description:
    'That nobody wants to hear of a rule, of a hotspot, or of the one by the other, for a while. Alerts are raised all the same, and not sent.',
})
export class Silence {
  @Field(() => ID, { description: 'Its id here.' })
  id!: string;

  @Field(() => GraphQLInstant, { description: 'Until when it holds.' })
  until!: Date;

  @Field(() => String, { description: 'Why, as whoever made it says; it may be empty.' })
  reason!: string;

  @Field(() => String, { description: 'Whose key made it.' })
  createdBy!: string;

  @Field(() => GraphQLInstant, { description: 'When it was made.' })
  createdAt!: Date;
}

interface Silencing {
  readonly ruleId?: string | null;
  readonly hotspotId?: string | null;
}

/** A year: what is never to be heard of is muted, or its rule is put out. */
const MOST_MINUTES = 525_600;

@Resolver(() => Silence)
export class SilenceResolver {
  @Query(() => [Silence], { description: 'Silences that hold now, the last to end first.' })
  silences(@Ctx() { services }: Context): Promise<SilenceRow[]> {
    return silencesNow(services.db.pool);
  }

  @FieldResolver(() => AlertRule, { nullable: true, description: 'Of which rule; null: of every rule.' })
  rule(@Root() { ruleId }: SilenceRow, @Ctx() { loaders }: Context) {
    return ruleId === null ? null : loaders.alertRule.load(ruleId);
  }

  @FieldResolver(() => Hotspot, { nullable: true, description: 'Of which hotspot; null: of every hotspot.' })
  hotspot(@Root() { hotspotId }: SilenceRow, @Ctx() { loaders }: Context) {
    return hotspotId === null ? null : loaders.hotspot.load(hotspotId);
  }

  @Mutation(() => Silence, { description: 'Silences a rule, a hotspot, or the one by the other, from now on.' })
  @Changes<Silencing, SilenceRow>({
    by: 'ANALYST',
    target: ({ hotspotId, ruleId }) => hotspotId ?? ruleId,
    told: (_args, row) => row,
  })
  async silence(
    @Arg('ruleId', () => ID, { nullable: true, description: 'Of which rule.' }) rule: string | null,
    @Arg('hotspotId', () => ID, { nullable: true, description: 'Of which hotspot.' }) hotspot: string | null,
    @Arg('minutes', () => Int, { defaultValue: 1440, description: `For how long: 1 to ${MOST_MINUTES}.` })
    minutes: number,
    @Arg('reason', () => String, { defaultValue: '', description: 'Why: at most 200 characters.' }) why: string,
    @Ctx() { services, loaders, caller }: Context,
  ): Promise<SilenceRow> {
    const ruleId = rule == null ? null : uuidOf(rule);
    const hotspotId = hotspot == null ? null : hotspotIdOf(hotspot);
    if (ruleId === null && hotspotId === null) throw new AppError('BAD_USER_INPUT', 'give a rule, a hotspot, or both');
    if (minutes < 1 || minutes > MOST_MINUTES)
      throw new AppError('BAD_USER_INPUT', `minutes: expected 1 to ${MOST_MINUTES}, got ${minutes}`);
    const reason = plainLine(why, 200);
    if (ruleId !== null && (await loaders.alertRule.load(ruleId)) === null)
      throw new AppError('NOT_FOUND', `there is no rule ${ruleId}`);
    if (hotspotId !== null && (await loaders.hotspot.load(hotspotId)) === null)
      throw new AppError('NOT_FOUND', `there is no hotspot ${hotspotId}`);
    const until = new Date(Date.now() + minutes * 60_000);
    return withTransaction(services.db.pool, (client) =>
      insertSilence(client, { ruleId, hotspotId, until, reason, createdBy: caller.name }),
    );
  }

  @Mutation(() => Silence, { description: 'Lets a silence be over.' })
  @Changes<{ readonly id: string }>({
    by: 'ANALYST',
    target: ({ id }) => id.toLowerCase(),
    state: (db, { id }) => silenceById(db, uuidOf(id)),
  })
  async endSilence(
    @Arg('id', () => ID, { description: 'The silence’s id.' }) id: string,
    @Ctx() { services }: Context,
  ): Promise<SilenceRow> {
    const uuid = uuidOf(id);
    return withTransaction(services.db.pool, async (client) => {
      const row = await endSilence(client, uuid);
      if (row === null) throw new AppError('NOT_FOUND', `there is no silence ${uuid} that holds`);
      return row;
    });
  }
}
