// The archive of reports: what was made, when, and how far the rest is.
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import type { Context } from '../context.js';
import type { ReportFormat, ReportRunStatus } from '../db/generated/client.js';
import { type ReportRunRow, reportRunById, reportRunsCount, reportRunsPage } from '../db/reports/reportRuns.js';
import { reportOfRun } from '../reports/archive.js';
import {
  connection,
  connectionType,
  ForwardArgs,
  pageRequest,
  readCursor,
  TIME_AND_ID,
  writeCursor,
} from './connection.js';
import { uuidOf } from './ids.js';
import { GraphQLInstant, GraphQLJSON } from './scalars.js';

export const REPORT_FORMATS: Record<ReportFormat, ReportFormat> = { HTML: 'HTML', PDF: 'PDF', JSON: 'JSON' };
registerEnumType(REPORT_FORMATS, {
  name: 'ReportFormat',
  description: 'What a report is written as.',
  valuesConfig: {
    HTML: { description: 'One page that needs nothing else.' },
    PDF: { description: 'For print.' },
    JSON: { description: 'For programs: all that the others say, and more.' },
  },
});
const STATUSES: Record<ReportRunStatus, ReportRunStatus> = {
  WAITING: 'WAITING',
  COMPLETED: 'COMPLETED',
  FAILED: 'FAILED',
};
registerEnumType(STATUSES, {
  name: 'ReportRunStatus',
  description: 'How far a report is.',
  valuesConfig: {
    WAITING: { description: 'A worker will make it.' },
    COMPLETED: { description: 'It is made.' },
    FAILED: { description: 'It could not be made; `error` says why.' },
  },
});

@ObjectType({ description: 'A report as it was made.' })
export class ReportRun {
  @Field(() => ID, { description: 'Its id; its files are `/reports/ID.html`, `.pdf` and `.json`.' })
  id!: string;

  @Field(() => ID, { nullable: true, description: 'Of what report; null: that was deleted.' })
  reportId!: string | null;

  @Field(() => String, { description: 'What the report was called.' })
  name!: string;

  @Field(() => STATUSES, { description: 'How far it is.' })
  status!: ReportRunStatus;

  @Field(() => [REPORT_FORMATS], { description: 'What it is written as.' })
  formats!: readonly ReportFormat[];

  @Field(() => GraphQLInstant, { description: 'When it was to be made.' })
  dueAt!: Date;

  @Field(() => Int, { description: 'Earlier times of the schedule that it stands for too, because nothing ran then.' })
  missed!: number;

  @Field(() => GraphQLInstant, { description: 'Its window begins, inclusive.' })
  since!: Date;

  @Field(() => GraphQLInstant, { description: 'Its window ends, exclusive.' })
  until!: Date;

  @Field(() => String, { nullable: true, description: 'Why it could not be made.' })
  error!: string | null;

  @Field(() => GraphQLInstant, { description: 'When it was queued.' })
  createdAt!: Date;

  @Field(() => GraphQLInstant, { nullable: true, description: 'When it was made, or given up.' })
  finishedAt!: Date | null;
}

const ReportRunConnection = connectionType('ReportRun', ReportRun);

@ArgsType()
class ReportRunsArgs extends ForwardArgs {
  @Field(() => ID, { nullable: true, description: 'Only of this report.' })
  reportId?: string | null;
}

@Resolver(() => ReportRun)
export class ReportRunResolver {
  @Query(() => ReportRunConnection, { description: 'The archive: reports that were made, the newest first.' })
  async reportRuns(@Args(() => ReportRunsArgs) args: ReportRunsArgs, @Ctx() { services }: Context) {
    const { pool } = services.db;
    const page = pageRequest(args, runPlace);
    const reportId = args.reportId == null ? undefined : uuidOf(args.reportId);
    return connection(await reportRunsPage(pool, { ...page, reportId }), {
      page,
      cursorOf: ({ createdAt, id }) => writeCursor('reportRuns', createdAt.getTime(), id),
      count: () => reportRunsCount(pool, reportId),
    });
  }

  @Query(() => ReportRun, { nullable: true, description: 'One report that was made, or null where there is none.' })
  reportRun(
    @Arg('id', () => ID, { description: 'As `reportRuns` gives it.' }) id: string,
    @Ctx() { services }: Context,
  ) {
    return reportRunById(services.db.pool, uuidOf(id));
  }

  @FieldResolver(() => GraphQLJSON, {
    nullable: true,
    description: 'The document, in words and pictures that are still there; null while it is not made.',
  })
  document(@Root() run: ReportRunRow, @Ctx() { services }: Context) {
    if (run.findings === null) return null;
    return reportOfRun({ pool: services.db.pool, baseUrl: services.publicUrl() }, run);
  }
}

const parseRun = readCursor('reportRuns', TIME_AND_ID);

function runPlace(cursor: string) {
  const [time, id] = parseRun(cursor);
  return { at: new Date(Number(time)), id: id! };
}
