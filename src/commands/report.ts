// `hotlens report`: a hotspot report now, into files.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Config, readConfig } from '../config.js';
import type { ReportFormat } from '../db/generated/client.js';
import { AppError, whyUnreadable } from '../errors.js';
import { readDate } from '../ingest/readDate.js';
import type { ReportQuestion } from '../reports/hotspotReport/question.js';
import { printable } from './printable.js';

interface Flags {
  readonly since?: Date;
  readonly until?: Date;
  readonly format: readonly ReportFormat[];
  readonly out: string;
  readonly name: string;
  readonly timeZone: string;
  readonly source?: string;
  readonly author?: string;
  readonly text?: string;
  readonly language?: string;
  readonly by?: 'source' | 'language';
  readonly data?: string;
}

const DAY = 24 * 3_600_000;
const FORMATS: readonly ReportFormat[] = ['HTML', 'PDF', 'JSON'];

export function addReport(program: Command): void {
  program
    .command('report')
    .description('writes what is new, what grew and what cooled; a running server goes on')
    .option('--since <time>', 'where the window begins (default: a day before its end)', moment)
    .option('--until <time>', 'where it ends (default: now); it is compared with the window before', moment)
    .option('--format <list>', 'of html, pdf and json, separated by commas', formats, FORMATS)
    .option('--out <dir>', 'folder of the files', '.')
    .option('--name <name>', 'what it is called', 'Hotspots')
    .option('--time-zone <name>', 'of the times in it, such as Europe/Berlin', 'UTC')
    .option('--source <source>', 'only posts of this source')
    .option('--author <author>', 'only posts by this author')
    .option('--text <text>', 'only posts with this text, in them or in a caption')
    .option('--language <tag>', 'only posts in this language, as their sources tell it')
    .addOption(
      new Option('--by <what>', 'what else the posts of each hotspot are counted by').choices(['source', 'language']),
    )
    .option('--data <dir>', 'data directory (default: HOTLENS_DATA, or .hotlens)')
    .action(reportCommand);
}

async function reportCommand(flags: Flags): Promise<void> {
  const { data, name, timeZone, out } = flags;
  const [{ readQuestion }, { checkTimeZone }, { openReportDesk }, { renderReport }, { openMediaStore }] =
    await Promise.all([
      import('../reports/hotspotReport/question.js'),
      import('../reports/schedule.js'),
      import('../reports/reportDesk.js'),
      import('../reports/renderReport.js'),
      import('../ingest/mediaStore.js'),
    ]);
  const question = asUsage(() => {
    checkTimeZone(timeZone);
    return readQuestion(asked(flags));
  });
  const config = configOf(data);
  const folder = await folderAt(out);
  const desk = await openReportDesk(config);
  try {
    const report = await desk.report({ question, name, timeZone });
    const source = { media: openMediaStore(config.dataDir), config };
    const stem = path.join(folder, `hotlens-report-${minute(report.window.since)}-to-${minute(report.window.until)}`);
    for (const format of flags.format) {
      const file = `${stem}.${format.toLowerCase()}`;
      await write(file, await renderReport(report, format, source));
      process.stdout.write(`${file}\n`);
    }
    for (const said of report.summary) process.stderr.write(`${printable(said)}\n`);
    const newest = report.seen.posts === 0 ? await desk.newestPost() : null;
    if (newest !== null)
      process.stderr.write(`the newest post here is of ${newest.toISOString()}: --until takes a time\n`);
  } finally {
    await desk.close();
  }
}

function asked({ since, until = new Date(), source, author, text, language, by }: Flags): unknown {
  const filter = Object.entries({ source, author, text, language }).filter(([, value]) => value !== undefined);
  return {
    filter: Object.fromEntries(filter),
    window: { since: since ?? new Date(until.getTime() - DAY), until },
    grouping: (by?.toUpperCase() ?? 'NONE') as ReportQuestion['grouping'],
  };
}

/** What is wrong with the flags is wrong use. */
function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'BAD_USER_INPUT')
      throw new AppError('CONFIG', error.message, { cause: error });
    throw error;
  }
}

function configOf(data: string | undefined): Config {
  const config = readConfig();
  return data === undefined ? config : { ...config, dataDir: path.resolve(data) };
}

async function folderAt(out: string): Promise<string> {
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new AppError('CONFIG', `--out: ${out} cannot be made (${whyUnreadable(cause)})`, { cause });
  });
  return out;
}

/** Whole or not at all; one of the same name is replaced. */
async function write(file: string, bytes: Buffer): Promise<void> {
  const unfinished = `${file}.unfinished`;
  try {
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw new AppError('BAD_USER_INPUT', `${file}: cannot be written (${whyUnreadable(cause)})`, { cause });
  }
}

/** 2026-11-28T0700Z */
function minute(time: string): string {
  return `${time.slice(0, 16).replace(':', '')}Z`;
}

function moment(text: string): Date {
  const time = readDate(text);
  if (!time) throw new InvalidArgumentError('expected an ISO 8601 time such as 2026-05-01 or 2026-05-01T07:00Z');
  return time;
}

function formats(text: string): ReportFormat[] {
  const found = [...new Set(text.split(',').map((item) => item.trim().toUpperCase()))];
  const known = found.filter((item): item is ReportFormat => FORMATS.some((format) => format === item));
  if (known.length < found.length || known.length === 0)
    throw new InvalidArgumentError('expected html, pdf and json, or some of them, separated by commas');
  return known;
}
