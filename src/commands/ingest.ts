// hotlens ingest FILE...: posts from NDJSON and CSV files into the database.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { type Config, readConfig } from '../config.js';
import type { Database } from '../db/database.js';
import { AppError, messageOf } from '../errors.js';
import type { EnqueueWork } from '../ingest/enqueue.js';
import { type Report, reportSometimes } from '../ingest/importProgress.js';
import type { ImportSummary, IngestDeps } from '../ingest/ingestPosts.js';
import { printable } from './printable.js';
import { stopOnSignal } from './stopOnSignal.js';

/** The queue as this command needs it: to send, not to work. Closed before the database. */
export interface IngestQueue {
  readonly enqueue: EnqueueWork;
  /** Rejects with AppError RETRY_LATER where there is no room for more; without it there always is. */
  admit?(config: Config): Promise<void>;
  close(): Promise<void>;
}

interface IngestFlags {
  readonly images?: string;
  readonly source: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** The command, given how the queue is opened over a database. */
export function addIngest(openQueue: (db: Database) => Promise<IngestQueue>): (program: Command) => void {
  return (program) => {
    program
      .command('ingest')
      .description('brings posts from NDJSON or CSV files in; a file may be interrupted and given again')
      .argument('<file...>', 'NDJSON (one object a line) or CSV with a header')
      .option('--images <dir>', 'folder of the pictures that rows name by file (default: the folder of each file)')
      .option('--source <name>', 'source of rows that name none', 'import')
      .option('--data <dir>', 'data directory (default: HOTLENS_DATA, or .hotlens)')
      .option('--json', 'one object a file on standard output')
      .action(async (files: string[], flags: IngestFlags) => {
        const fine = await ingestFiles(files, flags, openQueue);
        if (!fine) process.exitCode = 1;
      });
  };
}

/** Resolves to whether every file was read to its end. Rejected rows are no failure: they are reported. */
async function ingestFiles(
  files: readonly string[],
  flags: IngestFlags,
  openQueue: (db: Database) => Promise<IngestQueue>,
): Promise<boolean> {
  await checkFlags(flags);
  const base = readConfig();
  const config = { ...base, dataDir: flags.data === undefined ? base.dataDir : path.resolve(flags.data) };
  const [{ openDatabase }, { openEvents }, { createLogger }, { openMediaStore }] = await Promise.all([
    import('../db/openDatabase.js'),
    import('../events.js'),
    import('../log.js'),
    import('../ingest/mediaStore.js'),
  ]);
  const db = await openDatabase(config);
  const stop = stopOnSignal('stopping after the posts under way');
  try {
    const queue = await openQueue(db);
    // On the embedded database nobody else is there to be told.
    const log = createLogger({ logLevel: 'warn' });
    const events = await openEvents({ databaseUrl: config.databaseUrl, listen: false, log });
    const tell: Report = (progress) => events.publish({ type: 'importProgress', ...progress });
    try {
      const { media: limits, retention } = config;
      const media = openMediaStore(config.dataDir, config.ingest);
      const deps = { db, media, limits, retention, enqueue: queue.enqueue, admit: async () => queue.admit?.(config) };
      let fine = true;
      for (const file of files) fine = (await ingestFile(file, { deps, flags, tell, signal: stop.signal })) && fine;
      return fine;
    } finally {
      await events.close();
      await queue.close();
    }
  } finally {
    stop.forget();
    await db.close();
  }
}

async function checkFlags({ images, source }: IngestFlags): Promise<void> {
  const isFolder =
    images === undefined ||
    (await stat(images)
      .then((found) => found.isDirectory())
      .catch(() => false));
  if (!isFolder) throw new AppError('CONFIG', `--images: there is no folder ${images}`);
  if (source.trim() === '' || source.length > 200) {
    throw new AppError('CONFIG', `--source: expected 1 to 200 characters, got ${JSON.stringify(source)}`);
  }
}

interface FileOptions {
  readonly deps: IngestDeps & { readonly limits: Config['media']; readonly admit: () => Promise<void> };
  readonly flags: IngestFlags;
  /** Tells those who watch imports at a server. */
  readonly tell: Report;
  readonly signal: AbortSignal;
}

/** Whether the file was read to its end; what the database or the signal ends is thrown. */
async function ingestFile(file: string, { deps, flags, tell, signal }: FileOptions): Promise<boolean> {
  const [{ openRows }, { ingestPosts }, { waitLonger }] = await Promise.all([
    import('../ingest/openRows.js'),
    import('../ingest/ingestPosts.js'),
    import('../ingest/waitLonger.js'),
  ]);
  const shown = printable(file);
  try {
    const { rows, bytes, bytesRead } = await openRows(file);
    const progress = await startProgress(bytes);
    try {
      const summary = await ingestPosts(deps, rows, {
        origin: path.basename(file),
        source: flags.source,
        imagesDir: flags.images ?? path.dirname(file),
        signal,
        admit: deps.admit,
        extent: { unit: 'BYTES', total: bytes, done: bytesRead },
        report: reportSometimes(tell),
        wait: waitLonger(
          (message, ms) => progress.line(`hotlens: ${printable(message)}; going on in ${Math.ceil(ms / 1000)} s`),
          signal,
        ),
        onProgress: ({ accepted, updated }) => progress.update(bytesRead(), accepted + updated),
        onRejected: ({ place, reason }) => progress.line(`${shown}:${place}: rejected: ${printable(reason)}`),
        onRefusedPicture: ({ place, position, reason }) =>
          progress.line(`${shown}:${place}: picture ${position + 1} refused: ${printable(reason)}`),
      });
      progress.stop();
      report(file, summary, flags);
      return true;
    } finally {
      progress.stop();
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'BAD_USER_INPUT') throw error;
    const message = messageOf(error).startsWith(`${file}: `) ? messageOf(error) : `${file}: ${messageOf(error)}`;
    if (flags.json) process.stdout.write(`${JSON.stringify({ file, error: message })}\n`);
    process.stderr.write(`hotlens: ${printable(message)}\n`);
    return false;
  }
}

function report(file: string, { rejections: _, ...summary }: ImportSummary, { json }: IngestFlags): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ file, ...summary })}\n`);
    return;
  }
  const { accepted, updated, rejected, deleted, refusedPictures, toFetch } = summary;
  const parts = [`${accepted} new`, `${updated} updated`, `${rejected} rejected`];
  if (deleted > 0) parts.push(`${deleted} deleted`);
  if (refusedPictures > 0) parts.push(`pictures refused: ${refusedPictures}`);
  if (toFetch > 0) parts.push(`pictures to fetch: ${toFetch}`);
  process.stdout.write(`${printable(file)}: ${parts.join(', ')}\n`);
}

interface Progress {
  update(bytesRead: number, posts: number): void;
  /** A line on standard error, above the bar. */
  line(text: string): void;
  /** Also a second time. */
  stop(): void;
}

/** A bar where standard error is a terminal, nothing elsewhere. */
async function startProgress(bytes: number): Promise<Progress> {
  const { stderr } = process;
  if (!stderr.isTTY)
    return { update: () => undefined, line: (text) => void stderr.write(`${text}\n`), stop: () => undefined };
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    stream: stderr,
    format: '{bar} {percentage}% | {posts} posts | {eta_formatted}',
    clearOnComplete: true,
  });
  bar.start(bytes, 0, { posts: 0 });
  return {
    update: (bytesRead, posts) => bar.update(bytesRead, { posts }),
    line: (text) => void stderr.write(`\r\u001b[K${text}\n`),
    stop: () => bar.stop(),
  };
}
