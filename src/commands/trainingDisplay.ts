// What hotlens train shows while it works, on stderr: a bar on a terminal, elsewhere a line now and then.
import { SingleBar } from 'cli-progress';
import type { Progress } from '../training/trainLoop.js';

export interface TrainingDisplay {
  readonly step: (progress: Progress) => void;
  readonly features: (done: number, count: number) => void;
  readonly scored: (done: number, count: number) => void;
  /** Ends the bar; the next count begins another. */
  readonly stop: () => void;
}

/** Seconds between two lines where there is no terminal. */
const QUIET_SECONDS = 15;
/** Scores that are shown; the log has all. */
const SHOWN = ['CIDEr', 'facts'];

/** One count under way: of steps, or of pictures. Scores come in between steps, whose count goes on after them. */
interface Count {
  readonly total: number;
  /** Where it stood when this process began with it, and when that was. */
  readonly from: number;
  readonly since: number;
}

export function trainingDisplay(): TrainingDisplay {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: '{bar} {value}/{total} {what}{more} | {left} left',
        stream: process.stderr,
        stopOnComplete: false,
        hideCursor: true,
      })
    : undefined;
  const counts = new Map<string, Count>();
  let active: string | undefined;
  let said = 0;

  function show(what: string, now: { value: number; total: number; more?: string }): void {
    const { value, total, more = '' } = now;
    let count = counts.get(what);
    if (count?.total !== total || value <= count.from) {
      // A run that goes on counts from where it was: what was done before says nothing about the speed.
      count = { total, from: value, since: Date.now() };
      counts.set(what, count);
      active = undefined;
    }
    const done = value - count.from;
    const left =
      value === total
        ? '0s'
        : done === 0
          ? '-'
          : duration(((Date.now() - count.since) / 1000 / done) * (total - value));
    if (active !== what) {
      bar?.stop();
      bar?.start(total, value, { what, more, left });
      active = what;
      said = 0;
    }
    bar?.update(value, { what, more, left });
    if (bar !== undefined || (Date.now() - said < 1000 * QUIET_SECONDS && value !== total)) return;
    said = Date.now();
    process.stderr.write(`${what} ${value}/${total}${more}${value === total ? '' : `, ${left} left`}\n`);
  }

  return {
    step: ({ step, steps, figures, scores }) => {
      const known = Object.entries(scores ?? {}).filter(([name]) => SHOWN.includes(name));
      const more = [`loss ${figures.loss!.toFixed(4)}`, ...known.map(([name, value]) => `${name} ${value.toFixed(1)}`)];
      show('steps', { value: step, total: steps, more: ` | ${more.join(', ')}` });
    },
    features: (done, total) => show('pictures seen', { value: done, total }),
    scored: (done, total) => show('pictures scored', { value: done, total }),
    stop: () => {
      bar?.stop();
      counts.clear();
      active = undefined;
    },
  };
}

/** 75 -> '1m15s'. */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours > 0) return `${hours}h${String(minutes).padStart(2, '0')}m`;
  return minutes > 0 ? `${minutes}m${String(rest).padStart(2, '0')}s` : `${rest}s`;
}
