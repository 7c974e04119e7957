// Spans by OpenTelemetry's SDK, in batches to a collector. Nothing is registered globally: two servers in one process have two of these.
// What the standard variables say of headers, timeouts, batches, sampling and resources, the packages read themselves.
import { setTimeout } from 'node:timers/promises';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import { scrub } from '../access/scrub.js';
import { messageOf } from '../errors.js';
import { VERSION } from '../version.js';
import { currentCause, withCause } from './cause.js';
import { placeIn, writeTraceparent } from './traceparent.js';
import type { SpanOptions, Tracer } from './tracer.js';

/** Longest that the last spans may take to be sent (ms). */
const CLOSE_MS = 3000;

const KINDS: Readonly<Record<NonNullable<SpanOptions['kind']>, SpanKind>> = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
};

/** Spans are kept in memory, 2048 at most, until the collector takes them; without it they are dropped, and nobody waits. */
export function otlpTracer({ url, log }: { readonly url: string; readonly log: Logger }): Tracer {
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'hotlens', 'service.version': VERSION }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(told(new OTLPTraceExporter({ url }), log))],
  });
  const otel = provider.getTracer('hotlens', VERSION);
  return {
    start(name, { kind = 'internal', attributes = {} } = {}) {
      const span = otel.startSpan(name, { kind: KINDS[kind], attributes }, parentOf(currentCause()?.traceparent));
      const { traceId, spanId, traceFlags } = span.spanContext();
      const traceparent = writeTraceparent({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
      return {
        run: (work) => withCause({ ...currentCause(), traceparent }, work),
        tell(known, more = {}) {
          span.updateName(known).setAttributes(more);
        },
        end(error) {
          if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: scrub(messageOf(error)) });
          span.end();
        },
      };
    },
    async close() {
      const sent = provider.shutdown().catch((error: unknown) => {
        log.warn({ reason: messageOf(error) }, 'the last traces could not be sent');
      });
      await Promise.race([sent, setTimeout(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

function parentOf(traceparent: string | undefined) {
  const place = placeIn(traceparent);
  if (place === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = place;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** The same exporter, that says in the log when the collector stops to take spans, and when it does again. */
function told(exporter: SpanExporter, log: Logger): SpanExporter {
  let away = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error !== undefined && !away)
          log.warn({ reason: scrub(messageOf(result.error)) }, 'traces cannot be sent: they are dropped');
        if (result.error === undefined && away) log.info('traces are sent again');
        away = result.error !== undefined;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
