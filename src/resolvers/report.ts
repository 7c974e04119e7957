// Reports: questions about hotspots that are answered at the times of a schedule, and the archive of what was answered.
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
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
import type { Context } from '../context.js';
import type { ReportFormat, ReportRunStatus } from '../db/generated/client.js';
import {
  insertReportRun,
  type ReportRunRow,
  reportRunById,
  reportRunsCount,
  reportRunsPage,
} from '../db/reports/reportRuns.js';
import {
  deleteReport,
  insertReport,
  type ReportRow,
  type ReportValues,
  reportById,
  reportsCount,
  reportsPage,
  updateReport,
} from '../db/reports/reports.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { reportOfRun } from '../reports/archive.js';
import { findReport } from '../reports/hotspotReport/findReport.js';
import { readQuestion, windowOf } from '../reports/hotspotReport/question.js';
import { tellReport } from '../reports/hotspotReport/tellReport.js';
import { newRun } from '../reports/makeRun.js';
import { checkSchedule, checkTimeZone, nextDue } from '../reports/schedule.js';
import { scheduleInWords } from '../reports/scheduleInWords.js';
import { type Change, Changes } from './changes.js';
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
import { GraphQLInstant, GraphQLJSON } from './scalars.js';

const FORMATS: Record<ReportFormat, ReportFormat> = { HTML: 'HTML', PDF: 'PDF', JSON: 'JSON' };
registerEnumType(FORMATS, {
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
const LASTS = { DAY: 'DAY', WEEK: 'WEEK' } as const;
registerEnumType(LASTS, {
  name: 'ReportLast',
  description: 'A time that ends when the report is due.',
  valuesConfig: { DAY: { description: '24 hours.' }, WEEK: { description: 'Seven times 24 hours.' } },
});
const GROUPINGS = { NONE: 'NONE', SOURCE: 'SOURCE', LANGUAGE: 'LANGUAGE' } as const;
registerEnumType(GROUPINGS, {
  name: 'ReportGrouping',
  description: 'What the posts of each hotspot are counted by, beside the whole.',
  valuesConfig: {
    NONE: { description: 'Nothing else.' },
    SOURCE: { description: 'Their sources.' },
    LANGUAGE: { description: 'Their languages.' },
  },
});

/** Longest name, and most reports. */
const MAX_NAME = 200;
const MAX_REPORTS = 1000;
const MAX_DESTINATIONS = 50;

@InputType({ description: 'Which posts a report is about; all that is given must hold.' })
export class ReportFilterInput {
  @Field(() => String, { nullable: true, description: 'Exactly this source.' })
  source?: string | null;

  @Field(() => String, { nullable: true, description: 'Exactly this author.' })
  author?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Found in the post or in a caption that is shown, as `posts` does.',
  })
  text?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'BCP 47 tag, as the sources tell it: `en` is English of any country.',
  })
  language?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Has (or has not) a picture.' })
  hasImage?: boolean | null;
}

@InputType({ description: 'What a report asks. Its window is compared with the one of the same length before.' })
export class ReportQuestionInput {
  @Field(() => ReportFilterInput, { nullable: true, description: 'Which posts; all where it is left out.' })
  filter?: ReportFilterInput | null;

  @Field(() => LASTS, { nullable: true, description: 'The day or week before it is due (default: DAY).' })
  last?: keyof typeof LASTS | null;

  @Field(() => GraphQLInstant, {
    nullable: true,
    description: 'With `until`, and in the place of `last`: a fixed window.',
  })
  since?: Date | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Its end, exclusive.' })
  until?: Date | null;

  @Field(() => GROUPINGS, { defaultValue: 'NONE', description: 'What posts are counted by, beside the whole.' })
  grouping!: keyof typeof GROUPINGS;
}

@InputType({ description: 'A report as it is to be.' })
export class ReportInput {
  @Field(() => String, { description: `What it is called: 1 to ${MAX_NAME} characters.` })
  name!: string;

  @Field(() => ReportQuestionInput, { description: 'What it asks.' })
  question!: ReportQuestionInput;

  @Field(() => String, {
    nullable: true,
    description:
      'When: minute, hour, day of the month, month and day of the week of cron, such as `0 7 * * *`; null: by hand only.',
  })
  cron?: string | null;

  @Field(() => String, {
    defaultValue: 'UTC',
    description: 'Of the schedule and of the times in the report, such as `Europe/Berlin`.',
  })
  timeZone!: string;

  @Field(() => [FORMATS], { defaultValue: ['HTML', 'PDF', 'JSON'], description: 'What it is written as.' })
  formats!: ReportFormat[];

  @Field(() => [ID], { defaultValue: [], description: `Destinations that it goes to, at most ${MAX_DESTINATIONS}.` })
  destinations!: string[];

  @Field(() => Boolean, { defaultValue: true, description: 'False: its schedule rests.' })
  enabled!: boolean;
}

@ObjectType({ description: 'A question about hotspots that is answered at the times of its schedule.' })
export class Report {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'What it is called.' })
  name!: string;

  @Field(() => GraphQLJSON, { description: 'What it asks: `filter`, `window` and `grouping`.' })
  question!: unknown;

  @Field(() => String, { nullable: true, description: 'Five fields of cron; null: by hand only.' })
  cron!: string | null;

  @Field(() => String, { description: 'Of the schedule and of the times in the report.' })
  timeZone!: string;

  @Field(() => [FORMATS], { description: 'What it is written as.' })
  formats!: readonly ReportFormat[];

  @Field(() => [ID], { description: 'Destinations that it goes to.' })
  destinations!: readonly string[];

  @Field(() => Boolean, { description: 'Whether its schedule holds.' })
  enabled!: boolean;

  @Field(() => GraphQLInstant, { nullable: true, description: 'When it is due next; null: not by itself.' })
  nextRunAt!: Date | null;

  @Field(() => GraphQLInstant, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => GraphQLInstant, { description: 'When it was last changed.' })
  updatedAt!: Date;
}

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

  @Field(() => [FORMATS], { description: 'What it is written as.' })
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

const ReportConnection = connectionType('Report', Report);
const ReportRunConnection = connectionType('ReportRun', ReportRun);

@ArgsType()
class ReportRunsArgs extends ForwardArgs {
  @Field(() => ID, { nullable: true, description: 'Only of this report.' })
  reportId?: string | null;
}

/** What the audit keeps of a report. */
const STATE: Change<{ readonly id: string }> = {
  by: 'ANALYST',
  target: ({ id }) => id,
  state: (db, { id }) => reportById(db, uuidOf(id)),
};

@Resolver(() => Report)
export class ReportResolver {
  @Query(() => ReportConnection, { description: 'Reports, the newest first.' })
  async reports(@Args(() => ForwardArgs) args: ForwardArgs, @Ctx() { services }: Context) {
    const { pool } = services.db;
    const page = pageRequest(args, reportPlace);
    return connection(await reportsPage(pool, page), {
      page,
      cursorOf: ({ createdAt, id }) => writeCursor('reports', createdAt.getTime(), id),
      count: () => reportsCount(pool),
    });
  }

  @Query(() => Report, { nullable: true, description: 'One report, or null where there is none.' })
  report(@Arg('id', () => ID, { description: 'As `reports` gives it.' }) id: string, @Ctx() { services }: Context) {
    return reportById(services.db.pool, uuidOf(id));
  }

  @FieldResolver(() => String, { description: 'When it is made, in words.' })
  schedule(@Root() { cron, timeZone }: ReportRow): string {
    return scheduleInWords(cron, timeZone);
  }

  @FieldResolver(() => ReportRun, { nullable: true, description: 'The newest that was made or is being made of it.' })
  newestRun(@Root() { id }: ReportRow, @Ctx() { loaders }: Context) {
    return loaders.newestRunOfReport.load(id);
  }

  @Query(() => GraphQLJSON, {
    description: 'The document that a report would have now (schema: docs/reports.md). Nothing is kept.',
  })
  async previewReport(
    @Arg('question', () => ReportQuestionInput, { description: 'What it asks.' }) given: ReportQuestionInput,
    @Arg('name', () => String, { defaultValue: 'Hotspots', description: 'What it would be called.' }) name: string,
    @Arg('timeZone', () => String, { defaultValue: 'UTC', description: 'Of its times.' }) timeZone: string,
    @Ctx() { services }: Context,
  ) {
    const { db, config, publicUrl } = services;
    const question = questionOf(given);
    checkTimeZone(timeZone);
    const window = windowOf(question, nowOf(services));
    const findings = await findReport({ pool: db.pool, config, question, window });
    const telling = { title: nameOf(name), timeZone, dueAt: null, missed: 0, baseUrl: publicUrl(), path: '/reports' };
    return tellReport(db.pool, findings, telling);
  }

  @Mutation(() => Report, { description: 'Makes a report, which is answered at the times of its schedule.' })
  @Changes<unknown, string>({ by: 'ANALYST', target: (_args, id) => id, told: (args) => args })
  async createReport(
    @Arg('input', () => ReportInput, { description: 'As it is to be.' }) input: ReportInput,
    @Ctx() { services }: Context,
  ): Promise<ReportRow> {
    const { pool } = services.db;
    const values = valuesOf(input);
    if ((await reportsCount(pool)) >= MAX_REPORTS)
      throw new AppError('BAD_USER_INPUT', `there are ${MAX_REPORTS} reports: delete those that nobody reads`);
    const id = await withTransaction(pool, (client) => insertReport(client, values));
    return (await reportById(pool, id))!;
  }

  @Mutation(() => Report, { description: 'Changes a report; what was made of it stays as it was.' })
  @Changes(STATE)
  async updateReport(
    @Arg('id', () => ID, { description: 'The report.' }) id: string,
    @Arg('input', () => ReportInput, { description: 'As it is to be.' }) input: ReportInput,
    @Ctx() { services }: Context,
  ): Promise<ReportRow> {
    const { pool } = services.db;
    const [known, values] = [uuidOf(id), valuesOf(input)];
    await withTransaction(pool, async (client) => {
      const before = await reportById(client, known, { lock: true });
      if (before === null) throw noReport(known);
      // What is due already is made all the same, unless its schedule is another one now.
      const same =
        before.cron === values.cron && before.timeZone === values.timeZone && before.enabled === values.enabled;
      await updateReport(client, known, same ? { ...values, nextRunAt: before.nextRunAt } : values);
    });
    return (await reportById(pool, known))!;
  }

  @Mutation(() => ID, {
    description: 'Deletes a report; what was made of it stays in the archive. Answers with its id.',
  })
  @Changes(STATE)
  async deleteReport(
    @Arg('id', () => ID, { description: 'The report.' }) id: string,
    @Ctx() { services }: Context,
  ): Promise<string> {
    const known = uuidOf(id);
    await withTransaction(services.db.pool, async (client) => {
      if (!(await deleteReport(client, known))) throw noReport(known);
    });
    return known;
  }

  @Mutation(() => ReportRun, {
    description: 'Makes a report now, beside its schedule. Answers at once; `reportRun` tells when it is made.',
  })
  @Changes<{ readonly id: string }, string>({ by: 'ANALYST', target: ({ id }) => id, told: (_args, run) => ({ run }) })
  async runReport(
    @Arg('id', () => ID, { description: 'The report.' }) id: string,
    @Ctx() { services }: Context,
  ): Promise<ReportRunRow> {
    const { db, queue } = services;
    const known = uuidOf(id);
    const runId = await withTransaction(db.pool, async (client) => {
      const report = await reportById(client, known);
      if (report === null) throw noReport(known);
      const run = await insertReportRun(client, newRun(report, { dueAt: nowOf(services), missed: 0 }));
      if (run === null) throw new AppError('CONFLICT', 'the report is being made for this very moment');
      await queue.add('report', [{ data: { runId: run }, key: run }], client);
      return run;
    });
    queue.wake('report');
    return (await reportRunById(db.pool, runId))!;
  }
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

/** The present, or where the drawn city of a demo is. */
export function nowOf({ demo }: Context['services']): Date {
  return new Date(demo?.().playhead?.at() ?? Date.now());
}

function valuesOf(input: ReportInput): ReportValues {
  const { timeZone, enabled } = input;
  const cron = input.cron?.trim().replace(/\s+/g, ' ') || null;
  checkTimeZone(timeZone);
  if (cron !== null) checkSchedule({ cron, timeZone });
  const formats = [...new Set(input.formats)];
  if (formats.length === 0) throw new AppError('BAD_USER_INPUT', 'formats: expected one at least');
  const destinations = [...new Set(input.destinations.map(uuidOf))];
  if (destinations.length > MAX_DESTINATIONS)
    throw new AppError(
      'BAD_USER_INPUT',
      `destinations: expected at most ${MAX_DESTINATIONS}, got ${destinations.length}`,
    );
  return {
    name: nameOf(input.name),
    question: questionOf(input.question),
    cron,
    timeZone,
    formats,
    destinations,
    enabled,
    nextRunAt: cron === null || !enabled ? null : nextDue({ cron, timeZone }, new Date()),
  };
}

function nameOf(given: string): string {
  const name = plainText('name', given)!.trim();
  if (name.length === 0 || name.length > MAX_NAME)
    throw new AppError('BAD_USER_INPUT', `name: expected 1 to ${MAX_NAME} characters, got ${name.length}`);
  return name;
}

function questionOf({ filter, last, since, until, grouping }: ReportQuestionInput) {
  const given = Object.fromEntries(Object.entries(filter ?? {}).filter(([, value]) => value != null));
  if ((since == null) !== (until == null) || (since != null && last != null))
    throw new AppError('BAD_USER_INPUT', 'question: expected since and until together, or last');
  const window = since == null ? { last: last ?? 'DAY' } : { since, until };
  return readQuestion({ filter: given, window, grouping });
}

function noReport(id: string): AppError {
  return new AppError('NOT_FOUND', `there is no report ${id}`);
}

const parseReport = readCursor('reports', TIME_AND_ID);
const parseRun = readCursor('reportRuns', TIME_AND_ID);

function reportPlace(cursor: string) {
  const [time, id] = parseReport(cursor);
  return { at: new Date(Number(time)), id: id! };
}

function runPlace(cursor: string) {
  const [time, id] = parseRun(cursor);
  return { at: new Date(Number(time)), id: id! };
}
