import { describe, expect, it } from '@jest/globals';
import { WireReader } from '../../src/db/wireReader.js';

/** One message: type, length (which counts itself), body. */
const message = (type: string, body = '') => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
};
const startup = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

const stream = Buffer.concat([
  sslRequest,
  startup,
  message('Q', 'select 1\0'),
  message('P', 'p'),
  message('B', 'b'.repeat(3000)),
  message('E'),
  message('S'),
  message('P', 'p'),
  message('D', 'd'),
  message('H'),
  message('S'),
  message('P', 'never answered'),
  message('X'),
]);

/** What the stream means: sizes add up the messages above. */
const expected = [
  ['sslRequest'],
  ['messages', 9, true],
  ['messages', 5 + 9, true],
  ['messages', 6 + 3005 + 5 + 5, true],
  ['messages', 6 + 6 + 5, false],
  ['messages', 5, true],
];

describe('WireReader', () => {
  it.each([1, 2, 3, 5, 7, 64, 1000, stream.length])(
    'cuts at the same places when %d bytes arrive at a time',
    (size) => {
      const reader = new WireReader();
      const pieces = [];
      for (let at = 0; at < stream.length; at += size) pieces.push(...reader.push(stream.subarray(at, at + size)));
      expect(
        pieces.map((piece) => ('bytes' in piece ? [piece.type, piece.bytes.length, piece.complete] : [piece.type])),
      ).toEqual(expected);
      const bytes = Buffer.concat(pieces.map((piece) => ('bytes' in piece ? piece.bytes : Buffer.alloc(0))));
      expect(bytes.equals(stream.subarray(8, 8 + bytes.length))).toBe(true);
    },
  );
});
