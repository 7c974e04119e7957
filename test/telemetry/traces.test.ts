import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import sharp from 'sharp';
import { readConfig } from '../../src/config.js';
import type { Database } from '../../src/db/database.js';
import { currentCause, withCause } from '../../src/telemetry/cause.js';
import { createMetrics } from '../../src/telemetry/metrics.js';
import { openTracer } from '../../src/telemetry/openTracer.js';
import { NO_TRACES, type Tracer } from '../../src/telemetry/tracer.js';
import { send } from '../support/callers.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from '../support/traceCollector.js';
import { until } from '../support/until.js';

const INGEST = 'mutation Bring($rows: [JSON!]) { ingestPosts(rows: $rows) { accepted } }';
const silent = pino({ level: 'silent' });

/** A server and a worker that send their spans there. */
async function openTraced(db: Database, { url, background }: { url: string; background: string }) {
  const picture = await sharp({ create: { width: 8, height: 6, channels: 3, background } })
    .png()
    .toBuffer();
  const { tracesUrl } = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const tracer = await openTracer({ url: tracesUrl, log });
  const services = await openTestServices(db, {
    fetch: async () => picture,
    telemetry: { metrics: createMetrics(), tracer },
  });
  const server = await startTestServer(services);
  return { services, server, tracer, lines };
}

function post(server: TestServer, id: string, headers: Record<string, string> = {}) {
  const images = [{ url: `http://pictures.example.org/${id}.png` }];
  const rows = [{ source: 'traced', id, text: 'hello', postedAt: '2026-03-01T00:00:00Z', images }];
  return send(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: INGEST, variables: { rows } }),
  });
}

describeDatabases('traces', (open) => {
  let collector: TraceCollector;
  let services: TestServices;
  let server: TestServer;
  let tracer: Tracer;
  beforeAll(async () => {
    collector = await startTraceCollector();
    ({ services, server, tracer } = await openTraced(open(), { url: collector.url, background: 'olive' }));
    await services.startWorker();
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
    await tracer?.close();
    await collector?.close();
  });

  it("join a request, its operation, the jobs that it caused and what they asked of inference, below the client's own span", async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await post(server, '1', { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'x-request-id': 'traced-1' });
    await until('the vector', async () => {
      const { rows } = await open().pool.query(`SELECT FROM embeddings WHERE kind = 'CAPTION'`);
      return rows.length > 0;
    });
    const mine = () => collector.spans.filter((span) => span.traceId === traceId);
    await until('the last span', () => mine().some(({ name }) => name === 'job embed'));
    const named = (name: string) => mine().find((span) => span.name === name) as CollectedSpan;
    /** From the span up to the first of Hotlens. */
    const lineage = (name: string): string[] => {
      const names: string[] = [];
      for (let span: CollectedSpan | undefined = named(name); span !== undefined; ) {
        names.push(span.name);
        const { parentSpanId }: CollectedSpan = span;
        span = mine().find(({ spanId }) => spanId === parentSpanId);
      }
      return names;
    };
    const request = ['graphql mutation', 'POST /graphql'];
    expect(lineage('embed')).toEqual(['embed', 'job embed', 'job caption', 'job fetch', ...request]);
    expect(lineage('caption')).toEqual(['caption', 'job caption', 'job fetch', ...request]);
    expect(lineage('fetch')).toEqual(['fetch', 'job fetch', ...request]);
    expect(lineage('store')).toEqual(['store', 'job fetch', ...request]);
    expect(named('POST /graphql')).toMatchObject({
      parentSpanId: '00f067aa0ba902b7',
      kind: 2,
      service: 'hotlens',
      attributes: { 'http.response.status_code': 200, 'hotlens.request_id': 'traced-1' },
    });
    expect(named('graphql mutation').attributes).toEqual({
      'graphql.operation.type': 'mutation',
      'graphql.operation.name': 'Bring',
    });
    expect([...collector.paths]).toEqual(['/v1/traces']);
    // Addresses of pictures and what documents say stay here.
    expect(JSON.stringify(collector.spans)).not.toMatch(/pictures\.example|hello/);
  });
});

describeDatabases('a collector that is not there', (open) => {
  it.each([
    ['refuses', 'red', async () => startTraceCollector({ status: 503 })],
    [
      'is gone',
      'blue',
      async () => {
        const gone = await startTraceCollector();
        await gone.close();
        return gone;
      },
    ],
  ])(
    'harms nothing when it %s: posts come in, captions are made, the log says so once',
    async (what, background, start) => {
      // The exporter tries again for so long.
      process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '500';
      const collector = await start();
      const { services, server, tracer, lines } = await openTraced(open(), { url: collector.url, background });
      await services.startWorker();
      for (const id of ['1', '2'])
        expect((await post(server, `${what} ${id}`)).json.data).toEqual({ ingestPosts: { accepted: 1 } });
      await until('the caption', () => services.testInference.answered.size > 0);
      await server.close();
      await services.close();
      await tracer.close();
      expect(lines.filter((line) => line.includes('traces cannot be sent'))).toHaveLength(1);
      await collector.close();
      delete process.env.OTEL_EXPORTER_OTLP_TIMEOUT;
    },
  );
});

describe('without a collector', () => {
  it('no tracer is there: the same one that does nothing, and no trace parent in the cause', async () => {
    const { tracesUrl } = readConfig({});
    expect(await openTracer({ url: tracesUrl, log: silent })).toBe(NO_TRACES);
    const [one, other] = [NO_TRACES.start('a'), NO_TRACES.start('b')];
    expect(one).toBe(other);
    const cause = { requestId: 'r' };
    expect(withCause(cause, () => one.run(() => currentCause()))).toBe(cause);
  });

  it('is what OTEL_SDK_DISABLED asks for; a URL of the traces alone is taken as it is', () => {
    const endpoint = 'http://127.0.0.1:4318/';
    expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }).tracesUrl).toBe('http://127.0.0.1:4318/v1/traces');
    expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'TRUE' }).tracesUrl).toBeUndefined();
    const traces = 'https://collector.example.org/otlp';
    expect(
      readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces }).tracesUrl,
    ).toBe(traces);
    expect(() => readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toThrow('OTEL_EXPORTER_OTLP_ENDPOINT');
  });
});
