// Errors that a client may see. Everything else is logged with an id and masked at the edge.

/** Stable `extensions.code` values of the API and the reasons of the command line. */
export type AppErrorCode =
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'BAD_IMAGE'
  | 'MEDIA_REFUSED'
  | 'MEDIA_UNAVAILABLE'
  | 'BAD_MODEL'
  | 'INFERENCE_UNAVAILABLE'
  | 'OUT_OF_MEMORY'
  | 'DATABASE_UNAVAILABLE'
  | 'SHUTTING_DOWN'
  | 'TOO_COSTLY'
  | 'TOO_MANY_REQUESTS'
  | 'TIMEOUT'
  | 'CONFIG';

/** An error whose message is safe and useful for whoever asked. `retryable`: the same request may succeed later. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly retryable: boolean;

  constructor(code: AppErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Why a file or folder could not be read or made, in plain words where the system's code is a common one. */
export function whyUnreadable(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'no such file',
    EISDIR: 'a folder, not a file',
    ENOTDIR: 'what should be its folder is a file',
    EEXIST: 'a file stands in its place',
    EACCES: 'no permission',
  };
  return reasons[(error as NodeJS.ErrnoException | null)?.code ?? ''] ?? messageOf(error);
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
