// The log: structured lines (pino), on standard error, so that what a command prints stays alone on standard output.
import { destination, type Logger, pino } from 'pino';
import type { Config } from './config.js';

/** A logger of the configured level. Values under these names are never written, wherever they come from. */
export function createLogger({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  return pino(
    {
      name: 'hotlens',
      level: logLevel,
      redact: ['*.password', '*.databaseUrl', '*.connectionString', '*.authorization', '*.cookie'],
    },
    destination({ dest: 2, sync: false }),
  );
}
