// Who changed what, when, for admins.
import { Args, ArgsType, Ctx, Field, ID, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { Context } from '../context.js';
import { type AuditEventRow, auditEventsCount, auditEventsPage } from '../db/access/auditEvents.js';
import {
  connection,
  connectionType,
  ForwardArgs,
  pageRequest,
  readCursor,
  TIME_AND_ID,
  writeCursor,
} from './connection.js';
import { plainText, uuidOf } from './ids.js';
import { Needs } from './needs.js';
import { GraphQLInstant, GraphQLJSON } from './scalars.js';

const OUTCOMES = { DONE: 'DONE', FAILED: 'FAILED', DENIED: 'DENIED' } as const;
registerEnumType(OUTCOMES, {
  name: 'AuditOutcome',
  description: 'What became of a mutation.',
  valuesConfig: {
    DONE: { description: 'It was carried out.' },
    FAILED: { description: 'It was refused for what it asked, or went wrong; `reason` says why.' },
    DENIED: { description: 'The role did not suffice.' },
  },
});

@ObjectType({ description: 'A mutation that somebody made, or tried to make.' })
@Needs('ADMIN')
export class AuditEvent {
  @Field(() => ID, { description: 'Its id here.' })
  id!: string;

  @Field(() => GraphQLInstant, { description: 'When.' })
  at!: Date;

  @Field(() => String, { description: "The key's name; `local` or `command line` without one." })
  actor!: string;

  @Field(() => ID, { nullable: true, description: "The key's id; null without one." })
  keyId!: string | null;

  @Field(() => String, { description: 'The name of the mutation.' })
  action!: string;

  @Field(() => String, { nullable: true, description: 'Id of what it was about, where that is one thing.' })
  target!: string | null;

  @Field(() => GraphQLJSON, { nullable: true, description: 'What was there; long values are cut, secrets left out.' })
  before!: unknown;

  @Field(() => GraphQLJSON, { nullable: true, description: 'What is there now, or what was done.' })
  after!: unknown;

  @Field(() => OUTCOMES, { description: 'What became of it.' })
  outcome!: AuditEventRow['outcome'];

  @Field(() => String, { nullable: true, description: 'Why it was not carried out.' })
  reason!: string | null;

  @Field(() => String, { description: 'Of the request: as in X-Request-Id and in the log.' })
  requestId!: string;
}

const AuditEventConnection = connectionType('AuditEvent', AuditEvent);

@ArgsType()
class AuditEventsArgs extends ForwardArgs {
  @Field(() => GraphQLInstant, { nullable: true, description: 'Not before.' })
  since?: Date | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Before.' })
  until?: Date | null;

  @Field(() => ID, { nullable: true, description: 'Only by this key.' })
  keyId?: string | null;

  @Field(() => String, { nullable: true, description: 'Only by keys of this name, or `local`.' })
  actor?: string | null;

  @Field(() => String, { nullable: true, description: 'Only this mutation.' })
  action?: string | null;

  @Field(() => String, { nullable: true, description: 'Only about this.' })
  target?: string | null;

  @Field(() => OUTCOMES, { nullable: true, description: 'Only with this outcome.' })
  outcome?: AuditEventRow['outcome'] | null;
}

@Resolver(() => AuditEvent)
export class AuditEventResolver {
  @Query(() => AuditEventConnection, { description: 'Who changed what, the newest first.' })
  @Needs('ADMIN')
  async auditEvents(@Args(() => AuditEventsArgs) args: AuditEventsArgs, @Ctx() { services }: Context) {
    const { pool } = services.db;
    const page = pageRequest(args, eventPlace);
    const filter = {
      since: args.since ?? undefined,
      until: args.until ?? undefined,
      keyId: args.keyId == null ? undefined : uuidOf(args.keyId),
      actor: plainText('actor', args.actor),
      action: plainText('action', args.action),
      target: plainText('target', args.target),
      outcome: args.outcome ?? undefined,
    };
    return connection(await auditEventsPage(pool, { ...page, filter }), {
      page,
      cursorOf: (row) => writeCursor('auditEvents', row.at.getTime(), row.id),
      count: () => auditEventsCount(pool, filter),
    });
  }
}

const parseCursor = readCursor('auditEvents', TIME_AND_ID);

function eventPlace(cursor: string) {
  const [time, id] = parseCursor(cursor);
  return { at: new Date(Number(time)), id: id! };
}
