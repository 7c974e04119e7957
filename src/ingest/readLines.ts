// Cuts bytes into lines, with bounded memory whatever is in them.

export type Line =
  | { readonly place: number; readonly bytes: Uint8Array }
  | { readonly place: number; readonly tooLong: number };

/** Longer lines are refused by themselves: what they hold is never held in memory at once. */
export const MAX_LINE_BYTES = 16 << 20;
const NEWLINE = 10;

/** Lines without their ends, places counted from 1; empty ones are only counted. A line over `longest` bytes comes without its bytes. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  longest: number = MAX_LINE_BYTES,
): AsyncGenerator<Line> {
  let place = 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  const line = (): Line => {
    const result: Line = length > longest ? { place, tooLong: length } : { place, bytes: join(parts) };
    place++;
    parts = [];
    length = 0;
    return result;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (;;) {
      // Line ends alone pack a thousand times: a gigabyte of them must not cost a billion awaits.
      while (length === 0 && chunk[from] === NEWLINE) {
        place++;
        from++;
      }
      const end = chunk.indexOf(NEWLINE, from);
      const part = chunk.subarray(from, end < 0 ? chunk.length : end);
      length += part.length;
      if (length <= longest) parts.push(part);
      else parts = [];
      if (end < 0) break;
      yield line();
      from = end + 1;
    }
  }
  if (length > 0) yield line();
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
