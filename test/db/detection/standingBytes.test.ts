import { describe, expect, it } from '@jest/globals';
import { readStanding, writeStanding } from '../../../src/db/detection/standingBytes.js';

const standing = {
  density: 0.1 + 0.2,
  weights: Uint8Array.from([250, 0, 7]),
  neighbours: {
    kernels: Float32Array.from([0.75, 1 / 3]),
    times: Float64Array.from([1_772_409_600_123, -1]),
    captionSizes: Uint8Array.from([9, 255]),
    textSizes: Uint8Array.from([0, 3]),
    starts: Uint16Array.from([0, 2, 3]),
    shared: Uint8Array.from([0, 4, 255]),
    asked: new Map(),
  },
};
const none = {
  density: 1,
  weights: null,
  neighbours: {
    kernels: new Float32Array(0),
    times: new Float64Array(0),
    captionSizes: new Uint8Array(0),
    textSizes: new Uint8Array(0),
    starts: new Uint16Array(1),
    shared: new Uint8Array(0),
    asked: new Map(),
  },
};

describe('the bytes of a standing', () => {
  it('are read as they were written, to the last bit, wherever they begin', () => {
    for (const one of [standing, none]) {
      const bytes = writeStanding(one);
      const shifted = new Uint8Array(bytes.length + 3).subarray(3);
      shifted.set(bytes);
      expect(readStanding(shifted)).toEqual(one);
    }
  });

  it('are refused where they are of something else, or cut off', () => {
    const bytes = writeStanding(standing);
    expect(() => readStanding(bytes.subarray(0, bytes.length - 1))).toThrow('cut off');
    expect(() => readStanding(Buffer.from('something else, of some length'))).toThrow('another version');
    expect(() => readStanding(new Uint8Array(0))).toThrow('another version');
  });
});
