// One stream of events for many readers, each at its own pace.
//
// A reader that does not keep up must cost neither the others nor the process: its events wait in a queue of its own, and when that is full
// the reader is given up. (graphql-yoga's pub/sub throws at the 1025th event that waits, where nobody can catch it: the process ends.)
import { AppError } from './errors.js';

export interface FanOut<Event> {
  publish(event: Event): void;
  /**
   * Events from now on, until the iterator is returned. Once `maxWaiting` wait, the reader is given up: they are dropped, `onOverflow` is
   * called once, and the iterator throws AppError TOO_MANY_REQUESTS.
   */
  subscribe(onOverflow?: () => void): AsyncIterableIterator<Event>;
  /** Readers now. */
  readonly size: number;
}

interface Reader<Event> {
  take(event: Event): void;
}

/** `maxWaiting`: events that may wait for one reader. */
export function createFanOut<Event>({ maxWaiting }: { readonly maxWaiting: number }): FanOut<Event> {
  const readers = new Set<Reader<Event>>();

  function subscribe(onOverflow?: () => void): AsyncIterableIterator<Event> {
    let waiting: Event[] = [];
    /** Of `waiting`, how many were given out: shifting a long array for each would take ever longer. */
    let given = 0;
    let ended = false;
    let failure: AppError | undefined;
    let wake: (() => void) | undefined;
    const reader: Reader<Event> = {
      take(event) {
        if (waiting.length - given >= maxWaiting) {
          failure = new AppError('TOO_MANY_REQUESTS', `too slow: ${maxWaiting} events wait to be read`);
          end();
          onOverflow?.();
          return;
        }
        waiting.push(event);
        wake?.();
      },
    };
    readers.add(reader);

    function end(): void {
      ended = true;
      waiting = [];
      given = 0;
      readers.delete(reader);
      wake?.();
    }

    return {
      async next() {
        while (given === waiting.length && !ended) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (given < waiting.length) {
          const value = waiting[given++]!;
          if (given === waiting.length || given > 1024) {
            waiting = waiting.slice(given);
            given = 0;
          }
          return { done: false, value };
        }
        const reason = failure;
        failure = undefined;
        if (reason !== undefined) throw reason;
        return { done: true, value: undefined };
      },
      async return() {
        end();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  return {
    publish(event) {
      for (const reader of [...readers]) reader.take(event);
    },
    subscribe,
    get size() {
      return readers.size;
    },
  };
}
