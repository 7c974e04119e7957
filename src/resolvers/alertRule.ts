// Rules of alerts: when somebody wants to hear of a hotspot, and where.
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import { previewRule } from '../alerts/previewRule.js';
import type { Quiet } from '../alerts/quietHours.js';
import { type RuleSettings, readRule } from '../alerts/rule.js';
import type { Context } from '../context.js';
import {
  type AlertRuleRow,
  alertRulesByIds,
  allAlertRules,
  deleteAlertRule,
  insertAlertRule,
  updateAlertRule,
} from '../db/alerts/alertRuleRow.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { type Change, Changes } from './changes.js';
import { Destination, shownDestination } from './destination.js';
import { Hotspot } from './hotspot.js';
import { uuidOf } from './ids.js';
import { Needs } from './needs.js';
import { GraphQLInstant } from './scalars.js';

const METRICS = {
  SCORE: 'SCORE',
  GROWTH: 'GROWTH',
  AUTHORS: 'AUTHORS',
  KEYWORD: 'KEYWORD',
  OPINION_SHIFT: 'OPINION_SHIFT',
} as const;
registerEnumType(METRICS, {
  name: 'AlertMetric',
  description: 'What of a hotspot a rule looks at.',
  valuesConfig: {
    SCORE: { description: 'How unusual it is: surprise, as in `HotspotWhy`. From 0.5.' },
    GROWTH: { description: 'Distinct authors in the window, in times what this hour usually brings. From 1.1.' },
    AUTHORS: { description: 'Distinct authors in the window. From 2.' },
    KEYWORD: { description: 'Distinct authors in the window that say one of the keywords. From 1.' },
    OPINION_SHIFT: {
      description:
        'Points by which opinion in the window is another than before, 0.05 to 2; of eight posts on each side at least.',
    },
  },
});
const DAYS = { MON: 'MON', TUE: 'TUE', WED: 'WED', THU: 'THU', FRI: 'FRI', SAT: 'SAT', SUN: 'SUN' } as const;
registerEnumType(DAYS, {
  name: 'Weekday',
  description: 'A day of the week.',
  valuesConfig: {
    MON: { description: 'Monday.' },
    TUE: { description: 'Tuesday.' },
    WED: { description: 'Wednesday.' },
    THU: { description: 'Thursday.' },
    FRI: { description: 'Friday.' },
    SAT: { description: 'Saturday.' },
    SUN: { description: 'Sunday.' },
  },
});

@ObjectType({ description: 'Hours in which alerts are held, to be delivered together at their end.' })
export class QuietHours {
  @Field(() => String, { description: 'When they begin, such as `22:00`.' })
  from!: string;

  @Field(() => String, { description: 'When they end; where that is not later, on the next day.' })
  to!: string;

  @Field(() => String, { description: 'Whose clock that is: IANA’s name, such as `Europe/Berlin`.' })
  timeZone!: string;

  @Field(() => [DAYS], { description: 'On which days they begin.' })
  days!: (keyof typeof DAYS)[];
}

@ObjectType({ description: 'When somebody wants to hear of a hotspot, and where.' })
export class AlertRule {
  @Field(() => ID, { description: 'Its id here.' })
  id!: string;

  @Field(() => String, { description: 'What it is called; there is one of a name.' })
  name!: string;

  @Field(() => Boolean, { description: 'Whether it is looked at.' })
  enabled!: boolean;

  @Field(() => METRICS, { description: 'What of a hotspot it looks at.' })
  metric!: keyof typeof METRICS;

  @Field(() => Float, {
    description: 'From which value on it fires, in the metric’s unit; it is over below half of it.',
  })
  threshold!: number;

  @Field(() => Int, { description: 'Posts of so many minutes are looked at.' })
  windowMinutes!: number;

  @Field(() => [String], { description: 'Only posts of these sources; none: of all.' })
  sources!: readonly string[];

  @Field(() => [String], { description: 'Only posts in these languages, `pt` with `pt-BR`; none: in all.' })
  languages!: readonly string[];

  @Field(() => [String], { description: 'Only posts that say one of these, in text or caption; none: all.' })
  keywords!: readonly string[];

  @Field(() => Int, { description: '1 to 10.' })
  severity!: number;

  @Field(() => Int, {
    description:
      'So many minutes after an alert of a hotspot there is no other of it, or of what it was part of or became.',
  })
  cooldownMinutes!: number;

  @Field(() => QuietHours, { nullable: true, description: 'When alerts are held; null: never.' })
  quiet!: Quiet | null;

  @Field(() => Boolean, { description: 'Whether it is also told that an alert is over.' })
  tellsEnd!: boolean;

  @Field(() => GraphQLInstant, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => GraphQLInstant, { description: 'When it was last changed.' })
  updatedAt!: Date;
}

@InputType({ description: 'Hours in which alerts are held.' })
class QuietHoursInput {
  @Field(() => String, { description: 'When they begin, such as `22:00`.' })
  from!: string;

  @Field(() => String, { description: 'When they end; where that is not later, on the next day.' })
  to!: string;

  @Field(() => String, { description: 'Whose clock that is: IANA’s name, such as `Europe/Berlin`.' })
  timeZone!: string;

  @Field(() => [DAYS], { nullable: true, description: 'On which days they begin (default: every day).' })
  days?: (keyof typeof DAYS)[] | null;
}

@InputType({ description: 'A rule of alerts.' })
class AlertRuleInput {
  @Field(() => String, { description: 'What to call it: 1 to 100 characters.' })
  name!: string;

  @Field(() => Boolean, { defaultValue: true, description: 'Whether it is looked at.' })
  enabled!: boolean;

  @Field(() => METRICS, { description: 'What of a hotspot it looks at.' })
  metric!: keyof typeof METRICS;

  @Field(() => Float, { description: 'From which value on it fires, in the metric’s unit.' })
  threshold!: number;

  @Field(() => Int, { defaultValue: 60, description: 'Posts of so many minutes are looked at: 15 to 1440.' })
  windowMinutes!: number;

  @Field(() => [String], { defaultValue: [], description: 'Only posts of these sources, at most 50.' })
  sources!: string[];

  @Field(() => [String], { defaultValue: [], description: 'Only posts in these languages, at most 50.' })
  languages!: string[];

  @Field(() => [String], { defaultValue: [], description: 'Only posts that say one of these, at most 50.' })
  keywords!: string[];

  @Field(() => Int, { defaultValue: 5, description: '1 to 10.' })
  severity!: number;

  @Field(() => Int, { defaultValue: 1440, description: 'Minutes after an alert without another: 0 to 43200.' })
  cooldownMinutes!: number;

  @Field(() => QuietHoursInput, { nullable: true, description: 'When alerts are held.' })
  quiet?: QuietHoursInput | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether it is also told that an alert is over.' })
  tellsEnd!: boolean;

  @Field(() => [ID], { defaultValue: [], description: 'Destinations, at most 50.' })
  destinationIds!: string[];
}

@ObjectType({ description: 'An alert that a rule would have raised.' })
export class PreviewedAlert {
  @Field(() => GraphQLInstant, { description: 'When, in the time of the stream.' })
  at!: Date;

  @Field(() => Float, { description: 'What the metric’s value was.' })
  value!: number;

  @Field(() => String, { description: 'Why, in words.' })
  reason!: string;

  @Field(() => Int, { description: 'Posts of the window.' })
  posts!: number;

  @Field(() => Int, { description: 'Distinct authors of the window.' })
  authors!: number;

  readonly hotspotId!: string;
}

@ObjectType({ description: 'What a rule would have raised of what is known.' })
export class AlertRulePreview {
  @Field(() => GraphQLInstant, { description: 'From when on it was looked at, in the time of the stream.' })
  since!: Date;

  @Field(() => GraphQLInstant, { description: 'Until when.' })
  until!: Date;

  @Field(() => Int, { description: 'How many alerts it would have been.' })
  count!: number;

  @Field(() => [PreviewedAlert], { description: 'The newest of them, at most 100, the newest first.' })
  alerts!: readonly PreviewedAlert[];
}

interface OfRule {
  readonly id: string;
}

const CHANGE: Change<OfRule> = {
  by: 'ANALYST',
  target: ({ id }) => id.toLowerCase(),
  state: async (db, { id }) => (await alertRulesByIds(db, [uuidOf(id)]))[0] ?? null,
};
const MOST_PREVIEWED = 100;
const MOST_DAYS = 14;

@Resolver(() => AlertRule)
export class AlertRuleResolver {
  @Query(() => [AlertRule], { description: 'All rules of alerts, by name.' })
  alertRules(@Ctx() { services }: Context): Promise<AlertRuleRow[]> {
    return allAlertRules(services.db.pool);
  }

  @Query(() => AlertRulePreview, {
    nullable: true,
    description:
      'What a rule would have raised in the last days, as the stored points tell; null before detection began.',
  })
  async previewAlertRule(
    @Arg('rule', () => AlertRuleInput, { description: 'The rule, which need not be there.' }) given: AlertRuleInput,
    @Arg('days', () => Int, { defaultValue: 7, description: `Of how many days: 1 to ${MOST_DAYS}.` }) days: number,
    @Ctx() { services }: Context,
  ): Promise<AlertRulePreview | null> {
    if (days < 1 || days > MOST_DAYS)
      throw new AppError('BAD_USER_INPUT', `days: expected 1 to ${MOST_DAYS}, got ${days}`);
    const preview = await previewRule(services.db.pool, settingsOf(given), days);
    if (preview === null) return null;
    const { since, until, alerts } = preview;
    return { since, until, count: alerts.length, alerts: alerts.slice(-MOST_PREVIEWED).reverse() };
  }

  @FieldResolver(() => [Destination], { description: 'Where its alerts go; those that are gone are left out.' })
  @Needs('ANALYST')
  async destinations(@Root() { destinationIds }: AlertRuleRow, @Ctx() { loaders }: Context): Promise<Destination[]> {
    const rows = await Promise.all(destinationIds.map((id) => loaders.destination.load(id)));
    return rows.flatMap((row) => (row === null ? [] : [shownDestination(row)]));
  }

  @Mutation(() => AlertRule, {
    description: 'Makes a rule of alerts. `previewAlertRule` shows what it would have raised.',
  })
  @Changes<unknown, AlertRuleRow>({ by: 'ANALYST', target: (_args, made) => made?.id, told: (_args, made) => made })
  async createAlertRule(
    @Arg('rule', () => AlertRuleInput, { description: 'The rule.' }) given: AlertRuleInput,
    @Ctx() { services }: Context,
  ): Promise<AlertRuleRow> {
    const rule = settingsOf(given);
    return withTransaction(services.db.pool, (client) => insertAlertRule(client, rule));
  }

  @Mutation(() => AlertRule, {
    description: 'Puts a rule in the place of one that is there. What it has raised stays.',
  })
  @Changes<OfRule>(CHANGE)
  async updateAlertRule(
    @Arg('id', () => ID, { description: 'The rule’s id.' }) id: string,
    @Arg('rule', () => AlertRuleInput, { description: 'All of it anew.' }) given: AlertRuleInput,
    @Ctx() { services }: Context,
  ): Promise<AlertRuleRow> {
    const uuid = uuidOf(id);
    const rule = settingsOf(given);
    return withTransaction(services.db.pool, async (client) => {
      const row = await updateAlertRule(client, uuid, rule);
      if (row === null) throw new AppError('NOT_FOUND', `there is no rule ${uuid}`);
      return row;
    });
  }

  @Mutation(() => Boolean, {
    description: 'Deletes a rule with its silences; its alerts stay. Answers whether there was one.',
  })
  @Changes<OfRule>(CHANGE)
  async deleteAlertRule(
    @Arg('id', () => ID, { description: 'The rule’s id.' }) id: string,
    @Ctx() { services }: Context,
  ): Promise<boolean> {
    return withTransaction(services.db.pool, (client) => deleteAlertRule(client, uuidOf(id)));
  }
}

@Resolver(() => PreviewedAlert)
export class PreviewedAlertResolver {
  @FieldResolver(() => Hotspot, { nullable: true, description: 'Of which hotspot.' })
  hotspot(@Root() { hotspotId }: PreviewedAlert, @Ctx() { loaders }: Context) {
    return loaders.hotspot.load(hotspotId);
  }
}

function settingsOf({ quiet, ...rule }: AlertRuleInput): RuleSettings {
  const days = Object.values(DAYS);
  return readRule({ ...rule, quiet: quiet == null ? null : { ...quiet, days: quiet.days ?? days } });
}
