// What a subscription yields, made of events.
import { type Context, renewContext } from '../context.js';

/**
 * `pick` of each event, where it gives something. Ends at once when it is returned, also while it waits for an event: an async generator
 * would only end at the next one, and subscriptions that were left would pile up until then.
 */
export function eventStream<Event, Result>(
  context: Context,
  events: AsyncIterableIterator<Event>,
  pick: (event: Event) => Promise<Result | null>,
): AsyncIterableIterator<Result> {
  return {
    async next() {
      for (;;) {
        const { done, value } = await events.next();
        if (done) return { done: true, value: undefined };
        renewContext(context);
        const result = await pick(value);
        if (result !== null) return { done: false, value: result };
      }
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
