// NumPy files of float32 rows, written as the rows come. Source: NumPy's format description, version 1.0 (numpy/lib/format.py).
import { open } from 'node:fs/promises';

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
