// Reports: questions about hotspots that are answered at the times of a schedule.
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { Context } from '../context.js';
import type { ReportFormat } from '../db/generated/client.js';
import { insertReportRun, type ReportRunRow, reportRunById } from '../db/reports/reportRuns.js';
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
import { findReport } from '../reports/hotspotReport/findReport.js';
import { windowOf } from '../reports/hotspotReport/question.js';
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
import { questionOf, ReportQuestionInput } from './reportQuestion.js';
import { REPORT_FORMATS, ReportRun } from './reportRun.js';
import { GraphQLInstant, GraphQLJSON } from './scalars.js';

/** Longest name, and most reports. */
const MAX_NAME = 200;
const MAX_REPORTS = 1000;
const MAX_DESTINATIONS = 50;

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

  @Field(() => [REPORT_FORMATS], { defaultValue: ['HTML', 'PDF', 'JSON'], description: 'What it is written as.' })
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

  @Field(() => [REPORT_FORMATS], { description: 'What it is written as.' })
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

const ReportConnection = connectionType('Report', Report);

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

function noReport(id: string): AppError {
  return new AppError('NOT_FOUND', `there is no report ${id}`);
}

const parseReport = readCursor('reports', TIME_AND_ID);

function reportPlace(cursor: string) {
  const [time, id] = parseReport(cursor);
  return { at: new Date(Number(time)), id: id! };
}
