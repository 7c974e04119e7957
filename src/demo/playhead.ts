// How far a play has come: its time runs faster than ours until it has caught up with the present, and with us from then on.

/** The demo's speed until somebody changes it. */
export const SPEED = 120;

export interface Playhead {
  /** The play's time (ms). It never goes back. */
  at(): number;
  readonly speed: number;
  readonly paused: boolean;
  /** Whether it has caught up with the present. */
  readonly live: boolean;
  set(change: { readonly speed?: number | undefined; readonly paused?: boolean | undefined }): void;
}

/** Begins at `from` (ms, not after `clock()`), at `speed` of its seconds a second. */
export function createPlayhead({
  from,
  speed,
  clock = Date.now,
}: {
  readonly from: number;
  readonly speed: number;
  readonly clock?: () => number;
}): Playhead {
  // As of the last change.
  let mark = { at: from, real: clock(), speed, paused: false };
  const at = () => {
    const now = clock();
    const gone = mark.paused ? 0 : (now - mark.real) * mark.speed;
    return Math.max(mark.at, Math.min(now, mark.at + gone));
  };
  return {
    at,
    get speed() {
      return mark.speed;
    },
    get paused() {
      return mark.paused;
    },
    get live() {
      return at() >= clock();
    },
    set(change) {
      mark = {
        at: at(),
        real: clock(),
        speed: change.speed ?? mark.speed,
        paused: change.paused ?? mark.paused,
      };
    },
  };
}
