// How much memory captioners are said to need. What they do need is measured: bench/fullSize.js, bench/results.md.
import { describe, expect, it } from '@jest/globals';
import { readCheckpoint } from '../../src/inference/captioner.js';
import { checkMemory, importedNeed, memoryNeed } from '../../src/inference/memoryNeed.js';

const MODEL = 'models/blip2-scenes';

describe('memoryNeed', () => {
  it('is less, the fewer bits there are, and least of what was imported', async () => {
    const checkpoint = await readCheckpoint(MODEL);
    const needs = [
      memoryNeed(checkpoint, undefined),
      memoryNeed(checkpoint, 'int8'),
      importedNeed(checkpoint, 'int8'),
      importedNeed(checkpoint, 'int4'),
    ];
    expect(needs).toEqual([...needs].sort((a, b) => b - a));
    // Four bytes a number, and a sixth more; of the language model and the Q-Former in 4 bits 0.625 with their scales.
    expect((needs[0]! - 400e6) / 4_526_400).toBeCloseTo(4.6, 5);
    expect((needs[3]! - 400e6) / 4_526_400).toBeGreaterThan(0.625);
    expect((needs[3]! - 400e6) / 4_526_400).toBeLessThan(1.2);
  });

  it('refuses what does not fit, with what would', async () => {
    const checkpoint = await readCheckpoint(MODEL);
    const check = (available: number, quantize?: 'int8' | 'int4') => () =>
      checkMemory(MODEL, checkpoint, { quantize, available });
    expect(check(500e6)).not.toThrow();
    expect(check(415e6)).toThrow(
      `${MODEL} needs about 421 MB of memory, 415 MB are available; hotlens model import ${MODEL} --out DIR --quantize int8 makes one that needs`,
    );
    expect(check(100e6)).toThrow(/^models\/blip2-scenes needs about 421 MB of memory, 100 MB are available$/);
    expect(check(100e6, 'int4')).toThrow(/available$/);
  });
});
