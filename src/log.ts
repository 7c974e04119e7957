// The log: structured lines (pino), on standard error, so that what a command prints stays alone on standard output.
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { scrub } from './access/scrub.js';
import type { Config } from './config.js';

/** A logger of the configured level. Values under these names are never written, and keys and passwords nowhere. */
export function createLogger(
  { logLevel }: Pick<Config, 'logLevel'>,
  to: DestinationStream = destination({ dest: 2, sync: false }),
): Logger {
  return pino(
    {
      name: 'hotlens',
      level: logLevel,
      redact: ['*.password', '*.databaseUrl', '*.connectionString', '*.authorization', '*.cookie'],
      // The last look at a line, whatever wrote it: a message of a library's may quote what it was given.
      hooks: { streamWrite: scrub },
    },
    to,
  );
}
