// NumPy files of float32 rows: written as the rows come, read whole. Source: NumPy's format description (numpy/lib/format.py).
import { open, readFile } from 'node:fs/promises';
import { AppError, whyUnreadable } from './errors.js';
import type { Matrix } from './matrix.js';

export interface NpyWriter {
  /** Adds one row. Throws where it has another width. */
  write(row: Float32Array): Promise<void>;
  /** Writes the number of rows into the header, and closes the file. */
  close(): Promise<void>;
}

/** Header of a matrix [rows, width], little-endian float32 in C order: 128 bytes, whatever the shape. */
const HEADER_BYTES = 128;

/** Opens a file for rows of `width` numbers; what was in it is gone. */
export async function openNpyWriter(file: string, width: number): Promise<NpyWriter> {
  const handle = await open(file, 'w');
  let rows = 0;
  await handle.write(header(rows, width), 0, HEADER_BYTES, 0);
  return {
    async write(row) {
      if (row.length !== width) throw new Error(`npyWriter: expected rows of ${width} numbers, got ${row.length}`);
      await handle.write(
        new Uint8Array(row.buffer, row.byteOffset, row.byteLength),
        0,
        row.byteLength,
        HEADER_BYTES + rows * row.byteLength,
      );
      rows += 1;
    },
    async close() {
      await handle.write(header(rows, width), 0, HEADER_BYTES, 0);
      await handle.close();
    },
  };
}

function header(rows: number, width: number): Buffer {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  const head = Buffer.alloc(HEADER_BYTES, ' ');
  head.write('\x93NUMPY\x01\x00', 0, 'latin1');
  head.writeUInt16LE(HEADER_BYTES - 10, 8);
  head.write(dictionary, 10, 'latin1');
  head.write('\n', HEADER_BYTES - 1, 'latin1');
  return head;
}

/** Reads a matrix of float32, or of float64, which is rounded. Throws AppError BAD_USER_INPUT for anything else. */
export async function readNpy(file: string): Promise<Matrix> {
  const refuse = (reason: string) => new AppError('BAD_USER_INPUT', `${file}: ${reason}`);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw refuse(whyUnreadable(error));
  });
  if (bytes.subarray(0, 6).toString('latin1') !== '\x93NUMPY') throw refuse('not a NumPy file (.npy)');
  // Version 1 has a length of two bytes, 2 and 3 one of four.
  const start = bytes[6] === 1 ? 10 : 12;
  if (bytes.length < start) throw refuse('cut off within its header');
  const end = start + (bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  if (bytes.length < end) throw refuse('cut off within its header');
  const header = bytes.subarray(start, end).toString('latin1');
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1]?.match(/\d+/g)?.map(Number) ?? [];
  const columnwise = /'fortran_order':\s*True/.test(header);
  const size = { '<f4': 4, '<f8': 8 }[type ?? ''];
  if (size === undefined)
    throw refuse(`holds ${type ?? 'unknown numbers'}; expected little-endian float32 (<f4) or float64 (<f8)`);
  if (shape.length !== 2)
    throw refuse(`holds an array of ${shape.length} dimensions; expected a matrix, a row a point`);
  const [rows, columns] = shape as [number, number];
  const data = bytes.subarray(end);
  if (data.length !== rows * columns * size)
    throw refuse(`has ${data.length} bytes of numbers, where [${rows}, ${columns}] needs ${rows * columns * size}`);
  const stored = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
  const numbers = size === 4 ? new Float32Array(stored) : Float32Array.from(new Float64Array(stored));
  return { rows, columns, values: columnwise ? transposed(numbers, rows, columns) : numbers };
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(values, (_, i) => values[(i % columns) * rows + Math.floor(i / columns)]!);
}
