import { describe, expect, it } from '@jest/globals';
import { createPlayhead } from '../../src/demo/playhead.js';

describe('createPlayhead', () => {
  const playedFrom = (from: number, speed: number) => {
    let now = 1_000_000;
    const head = createPlayhead({ from, speed, clock: () => now });
    return { head, pass: (ms: number) => (now += ms), now: () => now };
  };

  it('goes at its speed until it has caught up with the present, and with it from then on', () => {
    const { head, pass, now } = playedFrom(0, 60);
    pass(1000);
    expect(head).toMatchObject({ live: false });
    expect(head.at()).toBe(60_000);
    pass(100_000);
    expect(head.at()).toBe(now());
    expect(head.live).toBe(true);
    pass(5000);
    expect(head.at()).toBe(now());
  });

  it('stands still while it is paused, and goes on from there', () => {
    const { head, pass } = playedFrom(0, 10);
    pass(1000);
    head.set({ paused: true });
    pass(50_000);
    expect(head.at()).toBe(10_000);
    head.set({ paused: false });
    pass(1000);
    expect(head.at()).toBe(20_000);
  });

  it('changes its speed without a jump', () => {
    const { head, pass } = playedFrom(0, 10);
    pass(1000);
    head.set({ speed: 2 });
    expect(head.at()).toBe(10_000);
    pass(1000);
    expect(head).toMatchObject({ speed: 2, paused: false });
    expect(head.at()).toBe(12_000);
  });

  it('never goes back, also where the clock does', () => {
    const { head, pass } = playedFrom(500_000, 1);
    pass(1000);
    head.set({ speed: 1 });
    pass(-600_000);
    expect(head.at()).toBe(501_000);
  });
});
