// A collector of OTLP over HTTP in JSON, as the specification has it: https://opentelemetry.io/docs/specs/otlp/#otlphttp
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** '' or undefined for the first of a trace. */
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code?: number; readonly message?: string };
  /** `service.name` of the resource. */
  readonly service: unknown;
}

export interface TraceCollector {
  readonly url: string;
  readonly spans: CollectedSpan[];
  /** Paths that were posted to. */
  readonly paths: Set<string>;
  close(): Promise<void>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface Posted {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, 'attributes' | 'service'> & { attributes: readonly Attribute[] })[];
    }[];
  }[];
}

/** `status`: what it answers; anything but 200 takes nothing. */
export async function startTraceCollector({ status = 200 } = {}): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const paths = new Set<string>();
  const http = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      paths.add(request.url ?? '');
      const body = Buffer.concat(parts);
      if (status === 200) {
        const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
        const { resourceSpans } = JSON.parse(text.toString()) as Posted;
        for (const { resource, scopeSpans } of resourceSpans)
          for (const span of scopeSpans.flatMap((scope) => scope.spans))
            spans.push({
              ...span,
              attributes: valuesOf(span.attributes),
              service: valuesOf(resource.attributes)['service.name'],
            });
      }
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    spans,
    paths,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
