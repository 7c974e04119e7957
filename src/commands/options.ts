// Options and parsers of their values shared by commands. A value that does not fit is the user's error: exit status 2.
import { type Command, InvalidArgumentError } from 'commander';

/** A whole number from `low`. */
export function wholeNumber(low: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || value < low)
      throw new InvalidArgumentError(`expected a whole number of at least ${low}`);
    return value;
  };
}

/** Any finite number. */
export function finiteNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

/** One id, or several separated by commas; an option given again adds to them. */
export function tokenIds(text: string, earlier: readonly number[] = []): number[] {
  return [...earlier, ...text.split(',').map((item) => wholeNumber(0)(item.trim()))];
}

export const DEVICES = ['auto', 'cpu', 'cuda', 'webgpu'] as const;

/** Adds `--threads`, in the place of HOTLENS_THREADS. */
export function addThreads(command: Command): Command {
  return command.option('--threads <n>', 'of onnxruntime; 0: one per core (default: HOTLENS_THREADS)', wholeNumber(0));
}

const UNITS = { s: 1e3, m: 60e3, h: 3600e3, d: 24 * 3600e3 } as const;

/** A span such as 30s, 15m, 24h or 7d, above 0, in milliseconds. */
export function duration(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text.trim()) ?? [];
  const span = unit === undefined ? 0 : Number(count) * UNITS[unit as keyof typeof UNITS];
  if (!(span > 0)) throw new InvalidArgumentError('expected a span such as 30s, 15m, 24h or 7d');
  return span;
}
