// W3C Trace Context, the header and what jobs carry: https://www.w3.org/TR/trace-context/
export interface SpanPlace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** The header's value. */
export function writeTraceparent({ traceId, spanId, sampled }: SpanPlace): string {
  return `00-${traceId}-${spanId}-0${sampled ? 1 : 0}`;
}

/** Where a span is; undefined for what says none. */
export function placeIn(traceparent: string | undefined): SpanPlace | undefined {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}

/** What a request's header adds to its cause: nothing where it is missing or none. */
export function readTraceparent(header: string | readonly string[] | undefined): { traceparent?: string } {
  const place = typeof header === 'string' ? placeIn(header) : undefined;
  return place === undefined ? {} : { traceparent: writeTraceparent(place) };
}
