// Cuts what a PostgreSQL client sends into pieces that may run without another connection's messages in between.
// Source: PostgreSQL documentation, "Frontend/Backend Protocol", message formats.

export type WirePiece =
  | { readonly type: 'sslRequest' }
  | {
      readonly type: 'messages';
      readonly bytes: Uint8Array;
      /** False after a Flush: the client wants the answers so far, and its request goes on. */
      readonly complete: boolean;
    };

const SSL_REQUEST = 80877103;
const CANCEL_REQUEST = 80877102;
const GSS_REQUEST = 80877104;
/** Messages after which the answer is due: Query, Sync, Flush, CopyDone, CopyFail. */
const ENDS = new Set(['Q', 'S', 'H', 'c', 'f'].map((type) => type.charCodeAt(0)));
const FLUSH = 'H'.charCodeAt(0);
const TERMINATE = 'X'.charCodeAt(0);

/** Keeps what is incomplete until the rest arrives. */
export class WireReader {
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Bytes from the start of the buffer that are whole messages of a piece not yet complete. */
  #scanned = 0;
  /** Bytes that must be there before looking again: a large parameter is not copied anew with each chunk. */
  #wanted = 5;
  #started = false;

  /** The pieces that `chunk` completes, in their order. Throws on what cannot be the protocol. */
  push(chunk: Uint8Array): WirePiece[] {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    const pieces: WirePiece[] = [];
    while (this.#length >= this.#wanted) {
      const piece = this.#next();
      if (piece === 'incomplete') break;
      if (piece !== undefined) pieces.push(piece);
    }
    return pieces;
  }

  /** One message further: a piece where it ends one, undefined where it does not. */
  #next(): WirePiece | undefined | 'incomplete' {
    const buffer = this.#joined();
    const at = this.#scanned;
    const type = this.#started ? buffer[at]! : undefined;
    // The first message has no type byte.
    const lengthAt = type === undefined ? at : at + 1;
    const length = buffer.readInt32BE(lengthAt);
    if (length < 4) throw new Error(`WireReader: expected a message length of 4 or more, got ${length}`);
    const end = lengthAt + length;
    if (buffer.length < end) {
      this.#wanted = end;
      return 'incomplete';
    }
    if (type === undefined) return this.#startup(buffer, end);
    this.#scanned = end;
    this.#wanted = end + 5;
    if (type === TERMINATE) {
      // Whatever came before it without a Sync was never asked to be answered.
      this.#cut(end);
      return undefined;
    }
    return ENDS.has(type) ? { type: 'messages', bytes: this.#cut(end), complete: type !== FLUSH } : undefined;
  }

  #startup(buffer: Buffer, end: number): WirePiece | undefined {
    const code = end >= 8 ? buffer.readInt32BE(4) : 0;
    const bytes = this.#cut(end);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { type: 'sslRequest' };
    // There is no other backend whose statement could be cancelled.
    if (code === CANCEL_REQUEST) return undefined;
    this.#started = true;
    return { type: 'messages', bytes, complete: true };
  }

  #cut(end: number): Uint8Array {
    const buffer = this.#joined();
    const rest = buffer.subarray(end);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    this.#scanned = 0;
    this.#wanted = 5;
    return buffer.subarray(0, end);
  }

  #joined(): Buffer {
    const [first, ...others] = this.#chunks;
    const buffer =
      first && others.length === 0
        ? Buffer.from(first.buffer, first.byteOffset, first.byteLength)
        : Buffer.concat(this.#chunks);
    this.#chunks = [buffer];
    return buffer;
  }
}
