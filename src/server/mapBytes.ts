// A map as its bytes are sent. All numbers are little-endian; n pictures:
//
//     offset  length  what
//     0       4       "HLM1"
//     4       4       uint32  n
//     8       4       uint32  layout: places of another one are not comparable
//     12      4       uint32  length of the text at the end
//     16      4 n     float32 x of each picture
//     ...     4 n     float32 y
//     ...     4 n     uint32  number of each picture: `mapPictures(numbers:)` tells which it is
//     ...     2 n     uint16  its hotspot: 0 none, else the place in `hotspots`, from 1
//     ...             UTF-8 JSON: { "version", "since", "until", "hotspots": [ids] }
import { endianness } from 'node:os';
import type { ReadMap } from '../db/map/readMap.js';

const HEAD = 16;

export function mapBytes({ version, layout, since, until, numbers, xs, ys, hotspotOf, hotspots }: ReadMap): Buffer {
  const text = Buffer.from(JSON.stringify({ version, since, until, hotspots: hotspots.map(({ id }) => id) }));
  const head = Buffer.alloc(HEAD);
  head.write('HLM1', 'latin1');
  head.writeUInt32LE(xs.length, 4);
  head.writeUInt32LE(layout, 8);
  head.writeUInt32LE(text.length, 12);
  return Buffer.concat([
    head,
    littleEndian(xs),
    littleEndian(ys),
    littleEndian(numbers),
    littleEndian(hotspotOf),
    text,
  ]);
}

function littleEndian(values: Float32Array | Uint32Array | Uint16Array): Buffer {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (endianness() === 'LE') return bytes;
  const copy = Buffer.from(bytes);
  return values.BYTES_PER_ELEMENT === 2 ? copy.swap16() : copy.swap32();
}
