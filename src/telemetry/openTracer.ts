// Traces where a collector is named; where none is, OpenTelemetry is not even loaded.
import type { Logger } from 'pino';
import { NO_TRACES, type Tracer } from './tracer.js';

/** `url`: where spans are posted to, as OTLP over HTTP; undefined: nowhere. */
export async function openTracer({
  url,
  log,
}: {
  readonly url: string | undefined;
  readonly log: Logger;
}): Promise<Tracer> {
  if (url === undefined) return NO_TRACES;
  const { otlpTracer } = await import('./otlpTracer.js');
  return otlpTracer({ url, log });
}
