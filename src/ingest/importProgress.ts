// How far an import has come, for those who watch it.

/** What is counted of a file, or of a list of posts. */
export interface Extent {
  readonly unit: 'BYTES' | 'ROWS';
  /** Null where nobody knows before the end. */
  readonly total: number | null;
  /** How much of it is read; left out: as many rows as are accounted for. */
  readonly done?: () => number;
}

export interface ImportProgress {
  readonly importId: string;
  readonly origin: string;
  readonly state: 'RUNNING' | 'COMPLETED' | 'FAILED';
  readonly accepted: number;
  readonly updated: number;
  readonly rejected: number;
  readonly deleted: number;
  /** Bytes or rows, and how many there will be. */
  readonly unit: 'BYTES' | 'ROWS' | null;
  readonly done: number | null;
  readonly total: number | null;
}

export type Report = (progress: ImportProgress) => Promise<void> | void;

/** Not oftener than anybody can read (ms). */
const PAUSE_MS = 250;

/** Passes the first report, the last one, and of those between four a second on; `now` in ms. */
export function reportSometimes(report: Report, now: () => number = () => performance.now()): Report {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    if (progress.state === 'RUNNING' && now() - last < PAUSE_MS) return undefined;
    last = now();
    return report(progress);
  };
}
