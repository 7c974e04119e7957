// Where `hotlens report` asks: the database, or the server that has the embedded one open.
import type { Config } from '../config.js';
import { type RunningServer, runningServer } from '../db/dataDirLock.js';
import { openDatabase } from '../db/openDatabase.js';
import { newestPostAt } from '../db/reports/newestPostAt.js';
import { AppError, type AppErrorCode, messageOf } from '../errors.js';
import { findReport } from './hotspotReport/findReport.js';
import type { HotspotReport } from './hotspotReport/hotspotReport.js';
import { type ReportQuestion, windowOf } from './hotspotReport/question.js';
import { tellReport } from './hotspotReport/tellReport.js';

export interface ReportRequest {
  readonly question: ReportQuestion;
  readonly name: string;
  readonly timeZone: string;
}

export interface ReportDesk {
  report(request: ReportRequest): Promise<HotspotReport>;
  /** Null: there are no posts. */
  newestPost(): Promise<Date | null>;
  close(): Promise<void>;
}

const DEADLINE_MS = 300_000;

/** Rejects with AppError CONFLICT where another process that is no server has the embedded database open. */
export async function openReportDesk(config: Config): Promise<ReportDesk> {
  const server = config.databaseUrl === undefined ? runningServer(config.dataDir) : undefined;
  return server === undefined ? await databaseDesk(config) : serverDesk(server);
}

async function databaseDesk(config: Config): Promise<ReportDesk> {
  const { pool, close } = await openDatabase(config);
  const baseUrl = config.publicUrl ?? `http://${config.host}:${config.port}`;
  return {
    async report({ question, name, timeZone }) {
      const window = windowOf(question, new Date());
      const findings = await findReport({ pool, config, question, window });
      return tellReport(pool, findings, { title: name, timeZone, dueAt: null, missed: 0, baseUrl, path: '/reports' });
    },
    newestPost: () => newestPostAt(pool),
    close,
  };
}

/** Asks as the owner of the data directory. */
function serverDesk({ url, ownerKey }: RunningServer): ReportDesk {
  async function ask<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ownerKey}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).catch((cause: unknown) => {
      throw new AppError('CONFLICT', `the server at ${url} does not answer: ${messageOf(cause)}`, { cause });
    });
    const { data, errors } = (await response.json()) as {
      readonly data?: Data;
      readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: AppErrorCode } }[];
    };
    const [error] = errors ?? [];
    if (error !== undefined) throw new AppError(error.extensions?.code ?? 'CONFLICT', error.message);
    return data!;
  }
  return {
    async report({ question: { filter, window, grouping }, name, timeZone }) {
      const { previewReport } = await ask<{ previewReport: HotspotReport }>(
        `query ($question: ReportQuestionInput!, $name: String!, $timeZone: String!) {
          previewReport(question: $question, name: $name, timeZone: $timeZone)
        }`,
        { question: { filter, ...window, grouping }, name, timeZone },
      );
      return previewReport;
    },
    async newestPost() {
      const { posts } = await ask<{ posts: { nodes: { postedAt: string }[] } }>(
        '{ posts(first: 1) { nodes { postedAt } } }',
      );
      return posts.nodes[0] === undefined ? null : new Date(posts.nodes[0].postedAt);
    },
    async close() {},
  };
}
