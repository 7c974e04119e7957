// Parts that run apart meet in the database: the embedded one belongs to a single process.
import type { Config } from '../config.js';
import { AppError } from '../errors.js';

/** Throws AppError CONFIG where DATABASE_URL is not set. */
export function requireDatabaseUrl(config: Config): Config {
  if (config.databaseUrl !== undefined) return config;
  throw new AppError(
    'CONFIG',
    'DATABASE_URL is not set: the embedded database belongs to one process; run `hotlens start`, or set it to a PostgreSQL with pgvector',
  );
}
