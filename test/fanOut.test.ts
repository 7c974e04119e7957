import { describe, expect, it } from '@jest/globals';
import { createFanOut } from '../src/fanOut.js';

const collect = async <T>(events: AsyncIterable<T>, into: T[]) => {
  for await (const event of events) into.push(event);
};

describe('createFanOut', () => {
  it('gives every reader every event from its beginning on, in order', async () => {
    const events = createFanOut<number>({ maxWaiting: 5000 });
    const [early, late] = [events.subscribe(), events.subscribe()];
    const seen: number[] = [];
    const reading = collect(early, seen);
    for (let i = 0; i < 4000; i++) events.publish(i);
    expect((await late.next()).value).toBe(0);
    expect((await late.next()).value).toBe(1);
    const after = events.subscribe();
    events.publish(4000);
    expect((await after.next()).value).toBe(4000);
    for (let i = 2; i <= 4000; i++) expect((await late.next()).value).toBe(i);
    await early.return!();
    await reading;
    expect(seen).toEqual(Array.from({ length: 4001 }, (_, i) => i));
  });

  it('gives up a reader that does not keep up, once, and no other', async () => {
    const events = createFanOut<number>({ maxWaiting: 3 });
    let overflows = 0;
    const slow = events.subscribe(() => {
      overflows++;
    });
    const quick = events.subscribe();
    for (let i = 0; i < 10_000; i++) {
      events.publish(i);
      expect((await quick.next()).value).toBe(i);
    }
    expect(overflows).toBe(1);
    await expect(slow.next()).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      message: 'too slow: 3 events wait to be read',
    });
    expect(await slow.next()).toEqual({ done: true, value: undefined });
    expect(events.size).toBe(1);
  });

  it('ends a reader at once, also while it waits', async () => {
    const events = createFanOut<number>({ maxWaiting: 3 });
    const reader = events.subscribe();
    const waiting = reader.next();
    expect(events.size).toBe(1);
    await reader.return!();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(events.size).toBe(0);
  });
});
