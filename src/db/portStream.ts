// A socket, as pg wants one, over a message port.
import { Duplex } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';

/** Carries the PostgreSQL wire protocol between pg in this thread and `serveWire` in the database's thread; null ends it. */
export class PortStream extends Duplex {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.on('message', (bytes: Uint8Array | null) => {
      if (this.destroyed) return;
      if (bytes === null) this.destroy();
      else this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    });
    // A port that closes without that goodbye says that the thread is dying, but not yet why: whoever started the thread
    // destroys this stream with the reason.
  }

  /** pg calls this where a socket would dial; the other end is there already. */
  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    this.#port.ref();
    return this;
  }

  unref(): this {
    this.#port.unref();
    return this;
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    // A copy of exactly these bytes, handed over whole: posting the chunk itself would clone all of the pool it lies in.
    const copy = new Uint8Array(chunk);
    this.#port.postMessage(copy, [copy.buffer]);
    done();
  }

  /** The client has said goodbye and reads no more. Without the end of the whole stream pg would wait for it for ever. */
  override _final(done: (error?: Error | null) => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#port.close();
    done(error);
  }
}
