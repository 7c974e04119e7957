// Whose turn it is to use the model. One piece of work runs at a time; what somebody waits for goes before what is queued, but not
// so that queued work would never come to its turn.

/** Whether somebody waits for it now, or it is work from a queue. */
export type Rank = 'interactive' | 'backlog';

export interface Turns {
  /** Runs `work` when nothing else runs and nothing goes before it; settles as it does. Work of one rank runs in the order of asking. */
  take<T>(rank: Rank, work: () => Promise<T>): Promise<T>;
}

/**
 * Pieces of interactive work in a row, at most, while queued work waits: however many people ask, a quarter of the turns stays with the
 * queue, and whoever asks waits a third longer at worst.
 */
const IN_A_ROW = 3;

/** Turns that nobody has taken yet. */
export function createTurns(): Turns {
  const waiting: Record<Rank, (() => Promise<void>)[]> = { interactive: [], backlog: [] };
  let running = false;
  let inARow = 0;

  function next(): void {
    if (running) return;
    const queued = waiting.backlog.length > 0;
    const rank = waiting.interactive.length > 0 && !(queued && inARow >= IN_A_ROW) ? 'interactive' : 'backlog';
    const run = waiting[rank].shift();
    if (run === undefined) return;
    inARow = rank === 'interactive' && queued ? inARow + 1 : 0;
    running = true;
    void run().then(() => {
      running = false;
      next();
    });
  }

  return {
    take(rank, work) {
      return new Promise((resolve, reject) => {
        waiting[rank].push(async () => {
          try {
            resolve(await work());
          } catch (error) {
            reject(error);
          }
        });
        next();
      });
    },
  };
}
