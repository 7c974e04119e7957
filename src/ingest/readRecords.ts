// Cuts a CSV file into records without reading their fields, so that one that is broken or endless spoils no other.
// Quotes as in RFC 4180: a field may be quoted from its first byte on; within, a quote is doubled.
import { MAX_LINE_BYTES } from './readLines.js';

export type CsvRecord =
  /** `place`: the line on which it begins. `open`: the file ended within quotes. */
  | { readonly place: number; readonly bytes: Uint8Array; readonly open: boolean }
  | { readonly place: number; readonly tooLong: number };

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;

/** Records with their line ends cut off; ends are LF, CRLF or CR. `delimiter` is one ASCII character's code. */
export async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
  { delimiter, longest = MAX_LINE_BYTES }: { delimiter: number; longest?: number },
): AsyncGenerator<CsvRecord> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let line = 1;
  let place = 1;
  let quoted = false;
  let fieldStart = true;
  /** Whether the byte before closed a quoted part: a quote now is the second of a doubled one, and opens it again. */
  let closed = false;
  /** The byte before, where it was a CR that ended a record: an LF now belongs to it. */
  let afterReturn = false;

  const keep = (part: Uint8Array) => {
    length += part.length;
    if (length <= longest) parts.push(part);
    else parts = [];
  };
  const record = (): CsvRecord => {
    const result: CsvRecord =
      length > longest ? { place, tooLong: length } : { place, bytes: Buffer.concat(parts), open: quoted };
    parts = [];
    length = 0;
    place = line;
    fieldStart = true;
    quoted = false;
    closed = false;
    return result;
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      const endsReturn = afterReturn && byte === NEWLINE;
      afterReturn = byte === RETURN;
      if (endsReturn) {
        // The second half of a CRLF: counted already, and outside quotes part of no record.
        if (!quoted) from = at + 1;
        continue;
      }
      if (byte === NEWLINE || byte === RETURN) {
        line++;
        if (quoted) continue;
        keep(chunk.subarray(from, at));
        from = at + 1;
        yield record();
      } else if (byte === QUOTE) {
        const opens: boolean = !quoted && (fieldStart || closed);
        closed = quoted;
        quoted = opens;
        fieldStart = false;
      } else {
        closed = false;
        fieldStart = !quoted && byte === delimiter;
      }
    }
    keep(chunk.subarray(from));
  }
  if (length > 0) yield record();
}
