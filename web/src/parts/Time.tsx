// A moment: how long ago, or when, in the viewer's zone; in UTC on hover.
import { useNow } from '../clock.js';

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

export interface TimeProps {
  readonly at: string;
  /** From now. `'past'`: of what has happened, which is not in the future, be it dated by the end of a step that is under way, or this machine's clock slow. */
  readonly ago?: boolean | 'past';
}

export function Time({ at, ago = false }: TimeProps) {
  const now = useNow();
  const date = new Date(at);
  const utc = `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return (
    <time dateTime={at} title={ago ? `${absolute.format(date)} (${utc})` : utc}>
      {ago ? since(ago === 'past' ? Math.min(+date, now) : +date, now) : absolute.format(date)}
    </time>
  );
}

function since(at: number, now: number): string {
  const ms = at - now;
  const [unit, length] = UNITS.find(([, each]) => Math.abs(ms) >= each) ?? ['minute', 60_000];
  return relative.format(Math.round(ms / length), unit);
}
