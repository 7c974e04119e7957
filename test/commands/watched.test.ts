// What others see of processes that share a PostgreSQL: a worker's metrics, and how an import of a command comes along.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { send } from '../support/callers.js';
import { describePostgres } from '../support/databases.js';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { until } from '../support/until.js';

describePostgres('processes of their own', (database) => {
  let folder: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-watched-'));
    env = { DATABASE_URL: database(), HOTLENS_DATA: folder };
  });
  afterAll(async () => {
    endAllHotlens();
    await rm(folder, { recursive: true, force: true });
  });

  it('tell subscribers of the API how `hotlens ingest` comes along, bytes of how many, to its end', async () => {
    const api = runHotlens(['api', '--port', '0'], env);
    const url = await api.url();
    const file = path.join(folder, 'many.ndjson');
    const rows = Array.from({ length: 2000 }, (_, i) => ({
      source: 'test',
      id: String(i),
      text: 'hello',
      postedAt: '2026-03-01T00:00:00Z',
    }));
    const text = [...rows.map((row) => JSON.stringify(row)), 'nonsense', ''].join('\n');
    await writeFile(file, text);
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const told: { state: string; done: number }[] = [];
    let begun = false;
    client.on('connected', () => {
      begun = true;
    });
    const failed = new Promise<never>((_resolve, reject) =>
      client.subscribe<{ importProgress: { state: string; done: number } }>(
        { query: 'subscription { importProgress { origin state accepted rejected unit done total } }' },
        { next: ({ data }) => void told.push(data!.importProgress), error: reject, complete: () => undefined },
      ),
    );
    await until('the connection', () => begun);
    const ingest = runHotlens(['ingest', file], env);
    expect(await Promise.race([ingest.ended, failed])).toBe(0);
    const last = await until('the end', () => told.find(({ state }) => state === 'COMPLETED'));
    expect(last).toEqual({
      origin: 'many.ndjson',
      state: 'COMPLETED',
      accepted: 2000,
      rejected: 1,
      unit: 'BYTES',
      done: text.length,
      total: text.length,
    });
    await client.dispose();
    api.child.kill('SIGTERM');
    expect(await api.ended).toBe(0);
  });

  it('tell the metrics of a worker at the port that is named, and end with it', async () => {
    const worker = runHotlens(['worker'], { ...env, HOTLENS_METRICS_PORT: '0' });
    const url = await until('the address', () => /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(worker.stderr())?.[0]);
    await until('the models', async () => (await send(url.replace('/metrics', '/readyz'))).status === 200);
    const { status, body } = await send(url);
    expect(status).toBe(200);
    expect(body).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
    expect(body).toMatch(/^hotlens_queue_jobs\{queue="caption",state="waiting"\} 0$/m);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  });

  it('refuse to tell them elsewhere than to this machine while there is no key', async () => {
    const worker = runHotlens(['worker'], { ...env, HOTLENS_METRICS_PORT: '0', HOTLENS_METRICS_HOST: '0.0.0.0' });
    expect(await worker.ended).toBe(2);
    expect(worker.stderr()).toContain('HOTLENS_METRICS_HOST is 0.0.0.0');
  });
});
