// Errors that a client may see. Everything else is logged with an id and masked at the edge.

/** Stable `extensions.code` values of the API and the reasons of the command line. */
export type AppErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'TOO_MANY_ATTEMPTS'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'TOO_LARGE'
  | 'BAD_IMAGE'
  | 'MEDIA_REFUSED'
  | 'MEDIA_UNAVAILABLE'
  | 'BAD_MODEL'
  | 'DELIVERY_REFUSED'
  | 'DELIVERY_FAILED'
  | 'INFERENCE_UNAVAILABLE'
  | 'OUT_OF_MEMORY'
  | 'DATABASE_UNAVAILABLE'
  | 'RETRY_LATER'
  | 'SHUTTING_DOWN'
  | 'TOO_COSTLY'
  | 'TOO_MANY_REQUESTS'
  | 'TIMEOUT'
  | 'CONFIG';

/** What kind of thing went wrong: how soon and how often it is tried again depends on it (src/jobs/retryPolicy.ts). */
export const FAILURE_KINDS = [
  'NETWORK',
  'SERVER',
  'RATE_LIMIT',
  'DECODE',
  'REFUSED',
  'MEMORY',
  'CRASH',
  'UNAVAILABLE',
  'DISK',
  'DATABASE',
  'WORKER',
  'OTHER',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** The same request may succeed later. */
  readonly retryable?: boolean;
  /** Where the code alone does not tell. */
  readonly kind?: FailureKind;
  /** How long whoever asks again should wait (ms). */
  readonly retryAfterMs?: number;
}

/** An error whose message is safe and useful for whoever asked. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly retryable: boolean;
  readonly kind: FailureKind | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: AppErrorCode,
    message: string,
    { cause, retryable = false, kind, retryAfterMs }: AppErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = retryable;
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The error's own system code and those of its causes, from the outside in: `ENOSPC`, `57P01`, `P1001`. */
export function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (const { code } of causesOf(error)) if (typeof code === 'string') codes.push(code);
  return codes;
}

interface Cause {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
}

/** The error and its causes, from the outside in. Bounded: a cause may be the error itself. */
export function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let at = error; typeof at === 'object' && at !== null && causes.length < 8; at = (at as Cause).cause)
    causes.push(at as Cause);
  return causes;
}

/** Whether the system, or PostgreSQL (SQLSTATE 53100), said that there is no room left on a disk. */
export function isDiskFull(error: unknown): boolean {
  return codesOf(error).some((code) => ['ENOSPC', 'EDQUOT', '53100'].includes(code));
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
