// What a client learns of an error: ours by code and message, anything else by an id that is in the log.
import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { isDatabaseAway } from '../db/databaseAway.js';
import { AppError } from '../errors.js';
import { DATABASE_RETRY_MS } from '../retryLater.js';
import { currentCause, loggedCause } from '../telemetry/cause.js';

/** Codes of errors that say what is wrong with the document, its variables or the request, and nothing of the server. */
const CLIENT_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_FOUND',
]);

/** How GraphQL.js says that the value of an argument can't be what its type says. */
const BAD_ARGUMENT = /^Argument "\w+" (?:has invalid value|of (?:required|non-null) type) /;

/**
 * Formats for Apollo: `extensions.code` is an AppErrorCode, one of GraphQL's own, or INTERNAL with `extensions.id`. `retryAfterMs`: when to ask
 * again. `requestId`: of the request that is being answered.
 */
export function formatError(log: Logger): Format {
  const masked = maskError(log);
  return (formatted, error) => {
    const told = masked(formatted, error);
    const { requestId } = currentCause() ?? {};
    return requestId === undefined ? told : { ...told, extensions: { ...told.extensions, requestId } };
  };
}

type Format = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

function maskError(log: Logger): Format {
  return ({ locations, path, message, extensions }, error) => {
    const place = { ...(locations ? { locations } : {}), ...(path ? { path } : {}) };
    const cause = rootOf(error);
    if (cause instanceof AppError) {
      const { code, retryAfterMs } = cause;
      return {
        message: cause.message,
        ...place,
        extensions: { code, ...(retryAfterMs !== undefined && { retryAfterMs }) },
      };
    }
    // What a resolver throws keeps its own class; a GraphQLError at the root is GraphQL's or Apollo's word about the request.
    if (cause instanceof GraphQLError && CLIENT_CODES.has(extensions?.code)) {
      return { message, ...place, extensions: { code: extensions?.code } };
    }
    // Found only when a field is executed: a variable that may be null stands in a list whose members may not.
    if (cause instanceof GraphQLError && BAD_ARGUMENT.test(message)) {
      return { message, ...place, extensions: { code: 'BAD_USER_INPUT' } };
    }
    if (isDatabaseAway(cause)) {
      log.warn({ err: cause, path, ...loggedCause(currentCause()) }, 'the database is away');
      const extensions = { code: 'DATABASE_UNAVAILABLE', retryAfterMs: DATABASE_RETRY_MS };
      return { message: 'the database does not answer: try again later', ...place, extensions };
    }
    const id = randomUUID();
    log.error({ err: cause, errorId: id, path, ...loggedCause(currentCause()) }, 'internal error');
    return { message: `Internal error ${id}`, ...place, extensions: { code: 'INTERNAL', id } };
  };
}

/** What was thrown first: GraphQL wraps it once for its place, and Apollo again for its code. */
function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? rootOf(error.originalError) : error;
}
