// Spans, for whoever follows one request through the processes. Without a collector nothing is loaded, made or kept.

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  readonly kind?: 'server' | 'consumer' | 'client' | 'internal';
  readonly attributes?: Attributes;
}

export interface Span {
  /** Runs `work`, and everything that it starts, below this span; jobs that it adds carry it. */
  run<T>(work: () => T): T;
  /** More is known of it by now. */
  tell(name: string, attributes?: Attributes): void;
  /** Ends it, with what went wrong where something did. */
  end(error?: unknown): void;
}

export interface Tracer {
  /** A span below that of the current cause (cause.ts), or the first one of a trace. */
  start(name: string, options?: SpanOptions): Span;
  /** Sends what is still to be sent, for a while. */
  close(): Promise<void>;
}

const NO_SPAN: Span = { run: (work) => work(), tell: () => undefined, end: () => undefined };

/** Writes nothing. */
export const NO_TRACES: Tracer = { start: () => NO_SPAN, close: async () => undefined };

/** The work as a span of its own. */
export async function inSpan<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    const result = await span.run(work);
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}
