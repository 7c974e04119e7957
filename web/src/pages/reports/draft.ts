// A report while it is being written: as a form has it, and as the server takes it.
import type {
  ReportFormat,
  ReportGrouping,
  ReportInput,
  ReportLast,
  ReportLineFragment,
} from '../../queries/documents.js';

/** How often, in words, and what else must be said of it. */
export const WHEN = {
  hand: { name: 'by hand', asks: null },
  hour: { name: 'every hour', asks: null },
  day: { name: 'every day', asks: 'time' },
  working: { name: 'every working day', asks: 'time' },
  monday: { name: 'every Monday', asks: 'time' },
  cron: { name: 'as cron has it', asks: 'cron' },
} as const;
export type When = keyof typeof WHEN;

export interface Draft {
  readonly name: string;
  readonly source: string;
  readonly author: string;
  readonly text: string;
  readonly language: string;
  readonly last: ReportLast;
  readonly grouping: ReportGrouping;
  readonly when: When;
  /** 07:00 */
  readonly at: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly formats: readonly ReportFormat[];
  readonly destinations: readonly string[];
}

interface Question {
  readonly filter?: Partial<Record<'source' | 'author' | 'text' | 'language', string>>;
  readonly window?: { readonly last?: ReportLast };
  readonly grouping?: ReportGrouping;
}

export function draftOf(report: ReportLineFragment | null): Draft {
  const question = (report?.question ?? {}) as Question;
  const { source = '', author = '', text = '', language = '' } = question.filter ?? {};
  return {
    name: report?.name ?? 'What happened',
    source,
    author,
    text,
    language,
    last: question.window?.last ?? 'DAY',
    grouping: question.grouping ?? 'NONE',
    ...scheduleOf(report === null ? '0 7 * * *' : report.cron),
    timeZone: report?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    formats: report?.formats ?? ['HTML', 'PDF', 'JSON'],
    destinations: report?.destinations ?? [],
  };
}

function scheduleOf(cron: string | null): Pick<Draft, 'when' | 'at' | 'cron'> {
  if (cron === null) return { when: 'hand', at: '07:00', cron: '0 7 * * *' };
  if (cron === '0 * * * *') return { when: 'hour', at: '07:00', cron };
  const [, minute, hour, days] = /^(\d{1,2}) (\d{1,2}) \* \* (\*|1-5|1)$/.exec(cron) ?? [];
  if (minute === undefined || hour === undefined) return { when: 'cron', at: '07:00', cron };
  const when = days === '*' ? 'day' : days === '1' ? 'monday' : 'working';
  return { when, at: `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`, cron };
}

export function questionOf({ source, author, text, language, last, grouping }: Draft): ReportInput['question'] {
  const given = Object.entries({ source, author, text, language }).filter(([, value]) => value.trim() !== '');
  return { filter: Object.fromEntries(given), last, grouping };
}

export function inputOf(draft: Draft): ReportInput {
  const { name, timeZone, formats, destinations } = draft;
  return {
    name,
    question: questionOf(draft),
    cron: cronOf(draft),
    timeZone: timeZone.trim(),
    formats: [...formats],
    destinations: [...destinations],
    enabled: true,
  };
}

function cronOf({ when, at, cron }: Draft): string | null {
  const [hour = 7, minute = 0] = at.split(':').map(Number);
  switch (when) {
    case 'hand':
      return null;
    case 'hour':
      return '0 * * * *';
    case 'day':
      return `${minute} ${hour} * * *`;
    case 'working':
      return `${minute} ${hour} * * 1-5`;
    case 'monday':
      return `${minute} ${hour} * * 1`;
    case 'cron':
      return cron;
  }
}
