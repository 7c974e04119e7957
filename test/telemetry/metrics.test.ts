import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import WebSocket from 'ws';
import { queueBacklog } from '../../src/db/queueBacklog.js';
import { QUEUES } from '../../src/jobs/queue.js';
import { startMetricsServer } from '../../src/server/metricsServer.js';
import { createMetrics } from '../../src/telemetry/metrics.js';
import { quietTelemetry } from '../../src/telemetry/telemetry.js';
import { bearer, makeKey, send } from '../support/callers.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

/** The value of one series in Prometheus' text, as it is written there. */
function sample(text: string, series: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describeDatabases('metrics', (open) => {
  let services: TestServices;
  let server: TestServer;
  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });
  const scrape = async () => (await send(`${server.url}/metrics`)).body;

  it('count what comes in and waits, and then what was done with it', async () => {
    const picture = await sharp({ create: { width: 8, height: 6, channels: 3, background: 'navy' } })
      .png()
      .toBuffer();
    const rows = ['1', '2', 'bad'].map((id) => ({
      source: 'test',
      id,
      text: 'hello',
      postedAt: id === 'bad' ? 'never' : '2026-03-01T00:00:00Z',
      images: [{ base64: picture.toString('base64') }],
    }));
    const mutation = 'mutation ($rows: [JSON!]) { ingestPosts(rows: $rows) { accepted } }';
    await server.data(mutation, { rows });
    const waiting = await scrape();
    expect(sample(waiting, 'hotlens_posts_total{outcome="accepted"}')).toBe(2);
    expect(sample(waiting, 'hotlens_posts_total{outcome="rejected"}')).toBe(1);
    // Both posts show one picture.
    expect(sample(waiting, 'hotlens_queue_jobs{queue="caption",state="waiting"}')).toBe(1);
    expect(sample(waiting, 'hotlens_queue_oldest_waiting_seconds{queue="caption"}')).toBeGreaterThan(0);
    expect(sample(waiting, 'hotlens_queue_oldest_waiting_seconds{queue="fetch"}')).toBe(0);
    expect(sample(waiting, 'hotlens_graphql_operation_duration_seconds_count{kind="mutation",outcome="ok"}')).toBe(1);

    await services.startWorker();
    const done = await until('the caption', async () => {
      const text = await scrape();
      return sample(text, 'hotlens_job_duration_seconds_count{queue="embed",outcome="ok"}') === 1 ? text : null;
    });
    expect(sample(done, 'hotlens_captions_total')).toBe(1);
    expect(sample(done, 'hotlens_stage_duration_seconds_count{stage="caption",outcome="ok"}')).toBe(1);
    expect(sample(done, 'hotlens_stage_duration_seconds_count{stage="embed",outcome="ok"}')).toBeGreaterThan(0);
  });

  it('count failures by their kind, and those after which nothing is tried again', async () => {
    const before = await scrape();
    const series = 'hotlens_job_failures_total{queue="fetch",kind="REFUSED"}';
    // There from the start: a series that begins with its first failure has no rate at it.
    expect(sample(before, series)).toBe(0);
    const rows = [
      { source: 'test', id: '9', postedAt: '2026-03-01T00:00:00Z', images: [{ url: 'http://pictures.example.org/9' }] },
    ];
    await server.data('mutation ($rows: [JSON!]) { ingestPosts(rows: $rows) { accepted } }', { rows });
    const after = await until('the failure', async () => {
      const text = await scrape();
      return sample(text, series) === 1 ? text : null;
    });
    expect(sample(after, 'hotlens_jobs_given_up_total{queue="fetch",kind="REFUSED"}')).toBe(1);
    expect(sample(after, 'hotlens_stage_duration_seconds_count{stage="fetch",outcome="error"}')).toBe(1);
  });

  it('know the WebSockets that are open now', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await new Promise((resolve) => socket.once('open', resolve));
    expect(sample(await scrape(), 'hotlens_websocket_connections')).toBe(1);
    socket.close();
    await until('the end', async () => sample(await scrape(), 'hotlens_websocket_connections') === 0);
  });

  it('hold nothing of what clients say: paths, operations and ids make no series', async () => {
    await send(`${server.url}/secret-path-of-somebody`);
    await server.ask('query SecretName { nothing }');
    await server.ask('query SecretName { posts { totalCount } }');
    const text = await scrape();
    expect(text).not.toMatch(/secret/i);
    expect(sample(text, 'hotlens_http_request_duration_seconds_count{route="other",status="4xx"}')).toBeGreaterThan(0);
    expect(
      sample(text, 'hotlens_graphql_operation_duration_seconds_count{kind="invalid",outcome="error"}'),
    ).toBeGreaterThan(0);
  });

  it('are for whoever may read, as everything else is, once there are keys; refusals are counted', async () => {
    const { key } = await makeKey(open(), 'VIEWER');
    const refused = async () => {
      const { body } = await send(`${server.url}/metrics`, { headers: bearer(key) });
      return sample(body, 'hotlens_key_refusals_total');
    };
    await until('the key holds', async () => (await send(`${server.url}/metrics`)).status === 401);
    expect(await refused()).toBe(0);
    const wrong = await send(`${server.url}/metrics`, {
      headers: bearer(`${key.slice(0, -1)}${key.endsWith('x') ? 'y' : 'x'}`),
    });
    expect(wrong).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await refused()).toBe(1);
    const worker = await startMetricsServer({ host: '127.0.0.1', port: 0, services, notReady: async () => [] });
    expect(await send(worker.url)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await send(worker.url, { headers: bearer(key) })).toMatchObject({ status: 200 });
    await worker.close();
    await open().pool.query('DELETE FROM api_keys');
  });

  it('of a worker of its own are told to this machine alone while there is no key', async () => {
    const options = { services, port: 0, notReady: async () => ['the models are being loaded'] };
    await expect(startMetricsServer({ ...options, host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('HOTLENS_METRICS_HOST is 0.0.0.0'),
    });
    const worker = await startMetricsServer({ ...options, host: '127.0.0.1' });
    const foreign = await send(worker.url, { headers: { host: 'rebound.example.org' } });
    expect(foreign).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    const told = await until('the last key is gone', async () => {
      const answer = await send(worker.url);
      return answer.status === 200 ? answer : null;
    });
    expect(told.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    // As `queue.counts` has it, once what was asked for the tests before is a second old.
    const { waiting } = (await queueBacklog(open().pool, QUEUES)).find(({ name }) => name === 'caption')!;
    await until('the count of what waits', async () => {
      const { body } = await send(worker.url);
      return sample(body, 'hotlens_queue_jobs{queue="caption",state="waiting"}') === waiting;
    });
    expect(await send(worker.url.replace('/metrics', '/readyz'))).toMatchObject({ status: 503 });
    expect(await send(worker.url.replace('/metrics', '/graphql'))).toMatchObject({ status: 404 });
    await worker.close();
  });
});

describe('a registry', () => {
  it('is of one server: what another counts is not in it', async () => {
    const [one, other] = [quietTelemetry().metrics, quietTelemetry().metrics];
    one.count('hotlens_captions_total', {}, 3);
    expect(sample((await one.scrape()).text, 'hotlens_captions_total')).toBe(3);
    expect(sample((await other.scrape()).text, 'hotlens_captions_total')).toBe(0);
  });

  it('is told on the page, every metric of it and no other', async () => {
    const page = await readFile('docs/metrics-and-traces.md', 'utf8');
    const told = [...page.matchAll(/^\| `([a-z0-9_]+)`/gm)].map(([, name]) => name!);
    expect(told.sort()).toEqual([...createMetrics({ ofProcess: true }).names()].sort());
  });
});
