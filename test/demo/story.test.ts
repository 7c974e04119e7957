import { describe, expect, it } from '@jest/globals';
import { tellStory } from '../../src/demo/story.js';

const HOUR = 3_600_000;

describe('tellStory', () => {
  const began = Date.UTC(2026, 10, 29, 12);
  const { simulation, moved, history } = tellStory(began);
  const times = simulation.posts.map(({ receivedAt }) => receivedAt + moved);

  it('knows a day from the start, and has days to go on with', () => {
    expect(history - times[0]!).toBeGreaterThan(24 * HOUR);
    expect(times.at(-1)! - began).toBeGreaterThan(44 * HOUR);
  });

  it('has something happen around the first hour that is played, and a merge and a split in those that are played in minutes', () => {
    const { events, relations } = simulation.truth;
    const startsAt = (id: string) => Date.parse(events.find((event) => event.id === id)!.start) + moved;
    expect(
      events.filter(({ start }) => {
        const at = Date.parse(start) + moved;
        return at > history - HOUR && at < history + HOUR;
      }).length,
    ).toBeGreaterThanOrEqual(2);
    for (const type of ['merge', 'split']) {
      const relation = relations.find((one) => one.type === type) as { into: string | string[] };
      for (const id of [relation.into].flat()) expect(startsAt(id)).toBeLessThan(began);
    }
  });
});
